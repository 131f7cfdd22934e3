"""What a rerun asks the ledger before it starts: which attempts are known, and did they agree.

Owns the two small shapes of that question and its answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossload.runner.records import AttemptKey, CheckOutcome
from crossload.runner.words import JobStatus, Strategy


@dataclass(frozen=True)
class LoadKey:
    """An `AttemptKey` without its strategy: one artifact in one loader."""

    artifact: str
    loader: str  # environment digest
    probe: str
    options: str

    @classmethod
    def of(cls, key: AttemptKey) -> LoadKey:
        return cls(key.artifact, key.loader, key.probe, key.options)


@dataclass(frozen=True)
class KnownAttempt:
    """As much of an attempt as it takes to decide whether another strategy must be tried.

    `outputs` is that check, None where the attempt did not get that far.
    """

    strategy: Strategy
    status: JobStatus
    outputs: CheckOutcome | None
