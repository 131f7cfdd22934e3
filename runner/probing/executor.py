"""Where workers run: the seam between the schedule and this machine, or a cluster of others.

Owns the shapes that both have in common. `local` is the one for this machine; the schedule knows
no other difference between them than how many hosts there are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crossload.runner.artifacts.store import Artifact
from crossload.runner.probing.deaths import Death
from crossload.runner.probing.protocol import Answer, Job
from crossload.runner.sandbox.target import ProbeTarget


class WorkerStartError(Exception):
    """A worker did not come up; `log_tail` is what it and its sandbox said."""

    def __init__(self, message: str, log_tail: str = "") -> None:
        super().__init__(message)
        self.log_tail = log_tail


class WorkerGoneError(Exception):
    """A job was offered to a worker that has ended meanwhile; nothing happened to the job."""


@dataclass(frozen=True)
class JobEnd:
    """How a job ended: an answer, or a death.

    `seconds` is measured from outside; `lost` says that the worker is gone. `certain` is False if
    the job before may be to blame: the worker ended before it took this one up, or wrote something
    that is no answer to it, and not in its first job.
    """

    job: Job
    answer: Answer | None
    death: Death | None
    seconds: float
    lost: bool = False
    certain: bool = True

    @property
    def may_pass(self) -> bool:
        """Whether it died of something that may not be the job's own fault."""
        return self.death is not None and self.death.may_pass


class HostLostError(Exception):
    """The host of a worker is gone; what its job would have come to is not known."""


@dataclass(eq=False)
class Host:
    """A machine, or a part of one: how much may run on it at a time, and what is built there.

    `free` of its `jobs` are not in use now. `built` are the environments (by id) that need not be
    built first; None if that holds for all of them.
    """

    name: str
    jobs: int
    budget_mb: float
    built: set[str] | None = None
    free: int = field(init=False)

    def __post_init__(self) -> None:
        self.free = self.jobs

    def has(self, environment: str) -> bool:
        return self.built is None or environment in self.built


class Hand(Protocol):
    """A worker as the schedule uses it, wherever it runs; one job at a time."""

    rss_mb: float | None

    @property
    def busy(self) -> bool: ...

    async def start(self, seconds: float) -> object:
        """Come up within `seconds`.

        Raises:
            WorkerStartError: it does not.
            HostLostError: its host is gone.
        """

    def submit(self, job: Job) -> asyncio.Future[JobEnd]:
        """Hand over a job at once; the future raises nothing but `HostLostError`.

        Raises:
            WorkerGoneError: the worker has ended.
        """

    def check(self) -> None:
        """Watch its limits, if nobody else does."""

    def measure(self) -> float:
        """Its memory in megabytes."""

    def kill(self) -> None:
        """End it at once, without waiting for that."""

    async def stop(self) -> None:
        """End it when it is idle."""

    async def gone(self) -> None:
        """Wait until nothing of it is left."""

    def output(self, job_id: str) -> str:
        """The tail of what an ended job printed."""

    def collect(self, job_id: str, payload: str, max_bytes: int) -> Artifact:
        """Bring what a job saved into this machine's store; may be called from another thread.

        Raises:
            BadBundleError: what it saved is not fit to be kept.
            StorageError: it cannot be stored.
        """

    def discard(self, job_id: str) -> None:
        """Remove an ended job's files; called after `collect`, from the same thread."""

    def clear(self) -> None:
        """Remove all of its files; called once it is gone, from the same thread."""


class Executor(Protocol):
    """Starts workers on its hosts; so many artifacts may be collected at a time."""

    collecting: int

    @property
    def hosts(self) -> Sequence[Host]:
        """Those that are there now, the same objects for as long as they are."""

    def open(self, changed: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
        """Get ready, in the running event loop.

        Args:
            changed: is called in that loop when hosts came or went.
            failed: is called in that loop with what ends the run.

        Raises:
            StorageError: scratch cannot be written.
        """

    def hand(self, host: Host, target: ProbeTarget, slot: int, start: int) -> Hand:
        """A worker that is not started yet, the `start`-th in its slot."""

    def close(self) -> None:
        """Clear up; no worker is left."""
