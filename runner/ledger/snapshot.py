"""What the ledger hands out: one run and everything measured for it, as frozen values.

Owns the shapes that analysis and reports read. `runner.ledger.schema` says how they are stored,
`runner.analysis` what they mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from crossload.runner.records import (
    Attempt,
    Cell,
    EnvironmentRecord,
    Limits,
    SaveOutcome,
    SubjectRecord,
    Tolerances,
)
from crossload.runner.words import Format, RunKind, Word


class RunState(Word):
    """How far a run got; `running` in a ledger may also mean that its process was killed."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True)
class RunStart:
    """What is known of a run when it begins; `started` is an aware UTC time, a label only.

    `subjects` are the user's models among its models, in the order of the plan.
    """

    command: str
    profile: str
    started: datetime
    host: str
    pid: int
    crossload: str  # version
    tolerances: Tolerances
    limits: Limits
    kind: RunKind = RunKind.RUN
    subjects: tuple[SubjectRecord, ...] = ()


@dataclass(frozen=True)
class RunFacts:
    """One run as the ledger knows it; ordered by `id`, never by its times."""

    id: int
    start: RunStart
    state: RunState
    finished: datetime | None = None


class SavedFile(NamedTuple):
    """Saver x model x format, by environment id: what one save was asked to write.

    A tuple for the same reason as `Cell`.
    """

    saver: str
    model: str
    format: Format

    @classmethod
    def of(cls, cell: Cell) -> SavedFile:
        return cls(cell.saver, cell.model, cell.format)


@dataclass(frozen=True)
class RunSnapshot:
    """One run, whole.

    Every cell of `cells` belongs to the plan, measured or not. `saves` has no entry for a save
    that was not tried (yet), `attempts` none for a cell that was not tried; attempts are in the
    order of `Strategy`.
    """

    run: RunFacts
    environments: tuple[EnvironmentRecord, ...]
    cells: tuple[Cell, ...]
    saves: Mapping[SavedFile, SaveOutcome]
    attempts: Mapping[Cell, tuple[Attempt, ...]]

    def environment(self, environment_id: str) -> EnvironmentRecord | None:
        """The environment of that id, or None where the run recorded none."""
        return next((one for one in self.environments if one.id == environment_id), None)
