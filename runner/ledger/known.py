"""What a rerun asks the ledger before it starts: which attempts are known, and did they agree.

Owns the small shape of that answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossload.runner.records import CheckOutcome
from crossload.runner.words import JobStatus, Strategy


@dataclass(frozen=True)
class KnownAttempt:
    """As much of an attempt as it takes to decide whether another strategy must be tried.

    `outputs` is that check, None where the attempt did not get that far.
    """

    strategy: Strategy
    status: JobStatus
    outputs: CheckOutcome | None
