"""From which verdict on a gate says no.

Owns the order of verdicts as a gate reads it, and which of them may be named for it. What a verdict
follows from is `judge`'s; whom the gate is for is its caller's.
"""

from __future__ import annotations

from crossload.runner.words import Verdict

THRESHOLDS = (Verdict.PARTIAL, Verdict.ASSISTED, Verdict.DIFFERS, Verdict.FAILS)
DEFAULT_THRESHOLD = Verdict.ASSISTED
_ORDER = tuple(Verdict)


def is_worse(verdict: Verdict, than: Verdict) -> bool:
    """Whether one verdict is worse than another: `fails` than `assisted`."""
    return _ORDER.index(verdict) > _ORDER.index(than)
