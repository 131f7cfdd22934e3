"""What a caller hands to `run_probes`, and what it must be able to answer and to take.

Owns these shapes: the tasks, the lookup of what is known, the sink, the listener, the summary.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from crossload.runner.records import (
    Attempt,
    AttemptKey,
    AttemptOutcome,
    Cell,
    EnvironmentProblem,
    LoadKey,
    ProbeDigests,
    SaveKey,
    SaveOutcome,
)
from crossload.runner.sandbox.target import ProbeTarget
from crossload.runner.words import JobStatus


@dataclass(frozen=True)
class LoadTask:
    """A cell to be settled: what `save` gives is to be loaded in the task's environment."""

    cell: Cell
    save: SaveKey
    probe: ProbeDigests

    def key(self, artifact: str, loader: str) -> LoadKey:
        """The key of loading an artifact of `save` in a loader (a digest)."""
        return LoadKey(artifact, loader, self.probe, self.save.options)


@dataclass(frozen=True)
class ProbeTask:
    """Everything wanted of one environment; what is known already may be among it."""

    target: ProbeTarget
    saves: tuple[SaveKey, ...] = ()
    loads: tuple[LoadTask, ...] = ()


class Known(Protocol):
    """What earlier runs found out."""

    def saved(self, key: SaveKey) -> SaveOutcome | None:
        """Return the recorded outcome of a save, or None."""

    def recall(self, keys: Collection[LoadKey]) -> None:
        """Look up what is recorded of loads whose artifact has only now become known."""

    def attempts(self, key: LoadKey) -> Sequence[Attempt]:
        """Return the recorded attempts at loading an artifact in a loader."""


class ProbeSink(Protocol):
    """Takes each result as it ends; what it has taken is expected to survive anything."""

    def saved(self, key: SaveKey, outcome: SaveOutcome) -> None:
        """Take the outcome of a save."""

    def attempted(self, key: AttemptKey, outcome: AttemptOutcome) -> None:
        """Take the outcome of one attempt at loading."""

    def unusable(self, environment: str, problem: EnvironmentProblem) -> None:
        """Take the news that an environment's worker does not come up (`environment`: its id)."""


class ProbeListener(Protocol):
    """Hears what goes on; environments and cells by their readable ids."""

    def worker_starting(self, environment: str) -> None:
        """Say that a worker is being started."""

    def worker_ready(self, environment: str, seconds: float) -> None:
        """Say that a worker has imported its framework."""

    def worker_failed(self, environment: str, message: str) -> None:
        """Say that a worker did not come up; it may be tried again."""

    def job_started(self, environment: str, job: str) -> None:
        """Say that a job was handed out, e.g. "save dense.h5" or "plain tf2.4/dense.h5/tf2.6"."""

    def job_ended(self, environment: str, job: str, status: JobStatus) -> None:
        """Say that a job has ended and is recorded."""

    def remaining(self, saves: int, loads: int) -> None:
        """Say how many saves and cells are not settled yet."""


class SilentListener:
    """Ignores everything."""

    def worker_starting(self, environment: str) -> None:
        """Ignore it."""

    def worker_ready(self, environment: str, seconds: float) -> None:
        """Ignore it."""

    def worker_failed(self, environment: str, message: str) -> None:
        """Ignore it."""

    def job_started(self, environment: str, job: str) -> None:
        """Ignore it."""

    def job_ended(self, environment: str, job: str, status: JobStatus) -> None:
        """Ignore it."""

    def remaining(self, saves: int, loads: int) -> None:
        """Ignore it."""


@dataclass(frozen=True)
class ProbeSummary:
    """What one call of `run_probes` did.

    `unsettled` counts saves and cells that stay not-run because an environment was given up,
    `is_cut_short` is true if the time was over before all was done.
    """

    saves: int = 0
    attempts: int = 0
    workers_started: int = 0
    unsettled: int = 0
    given_up: tuple[str, ...] = ()
    is_cut_short: bool = False
