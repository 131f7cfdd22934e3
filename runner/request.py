"""What is asked of a run, and the limits and tolerances that follow from it.

Owns `RunRequest`. `runner.workflow` carries it out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from crossload.runner.config.model import Matrix
from crossload.runner.environments.building import BuildOptions, BuildResult
from crossload.runner.environments.model import Environment
from crossload.runner.environments.project import Project
from crossload.runner.plan import Plan
from crossload.runner.probing.executor import Executor
from crossload.runner.probing.settings import never
from crossload.runner.records import Limits, Tolerances
from crossload.runner.words import RunKind

_MEMORY_PER_MODEL, _SCRATCH_PER_MODEL = 8, 4
_MOST_SECONDS = 600  # more than the matrix allows; a second for each megabyte


class Cluster(Protocol):
    """Other machines that build and measure in place of this one."""

    def build_all(
        self,
        environments: Sequence[Environment],
        project: Project,
        options: BuildOptions | None = None,
    ) -> Generator[BuildResult, None, None]:
        """As `runner.environments.building.build_all`."""

    def executor(self, limits: Limits, *, sandboxed: bool) -> Executor:
        """What starts workers there."""


@dataclass(frozen=True)
class RunRequest:
    """What to run, where, and how much at a time.

    `is_over` is asked before each save or load; once it is true, none is begun. `keep_bytes` is how
    much of the plan's environments may be on the disk at a time; None for all of them. With a
    `cluster`, nothing is built or measured on this machine.
    """

    project: Project
    matrix: Matrix
    plan: Plan
    command: str
    jobs: int
    sandboxed: bool = True
    kind: RunKind = RunKind.RUN
    is_over: Callable[[], bool] = never
    keep_bytes: int | None = None
    cluster: Cluster | None = None


def limits_of(request: RunRequest) -> Limits:
    """The matrix's limits, with room for subjects that are bigger than any reference model.

    A loader holds a model's file, its numbers, those of the optimizer and another model rebuilt
    beside it; a worker's folder the file and two copies of it. Time is for computing with it, too.
    """
    limits = request.matrix.limits.to_limits()
    biggest = max((one.bytes for one in request.plan.subjects), default=0) // 1_000_000
    return replace(
        limits,
        cpu_seconds=limits.cpu_seconds + min(biggest, _MOST_SECONDS),
        wall_seconds=limits.wall_seconds + min(biggest, _MOST_SECONDS),
        memory_mb=limits.memory_mb + _MEMORY_PER_MODEL * biggest,
        scratch_mb=limits.scratch_mb + _SCRATCH_PER_MODEL * biggest,
    )


def tolerances_of(request: RunRequest) -> Tolerances:
    """The tolerances of the matrix; those that it does not have are the defaults."""
    given = request.matrix.tolerances
    return given.to_tolerances()


def time_limit(minutes: float | None) -> Callable[[], bool]:
    """Whether that many minutes have passed since this call; None is no limit."""
    if minutes is None:
        return never
    end = time.monotonic() + 60 * minutes
    return lambda: time.monotonic() >= end
