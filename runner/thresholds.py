"""From which verdict on a gate fails.

Owns which verdicts may be named for it, and the default. Their order is that of `Verdict`; what a
verdict follows from is decided in `judge`.
"""

from __future__ import annotations

from crossload.runner.words import Verdict

THRESHOLDS = (
    Verdict.PARTIAL,
    Verdict.ASSISTED,
    Verdict.TRANSLATED,
    Verdict.REBUILT,
    Verdict.PREDICTS,
    Verdict.DIFFERS,
    Verdict.FAILS,
)
DEFAULT_THRESHOLD = Verdict.ASSISTED
