"""What travels between the machine that runs a plan and a machine that measures.

Owns these plain values, which both sides pickle. No path is among them: each machine has folders
of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from crossload.runner.artifacts.store import Artifact
from crossload.runner.cluster.store import SharedStore
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.model import BuiltEnvironment
from crossload.runner.probing.executor import JobEnd
from crossload.runner.probing.protocol import Job, LoadJob
from crossload.runner.records import EnvironmentProblem, Limits


@dataclass(frozen=True)
class Membership:
    """The run that a machine works for: its name, and the store of its artifacts."""

    run: str
    store: SharedStore


@dataclass(frozen=True)
class Version:
    """What must be equal for results to be comparable: crossload, and the probes' digest."""

    crossload: str
    probes: str

    def __str__(self) -> str:
        return f"crossload {self.crossload} (probes {self.probes[:8]})"


@dataclass(frozen=True)
class BuildOrder:
    """An environment to be built from its lock; `digest` is what it must come to.

    `python` is the full version, for messages; `knowledge` the text of the file of releases that
    stands beside the matrix, if there is one.
    """

    id: str
    spec: EnvironmentSpec
    digest: str
    python: str
    lock: str
    knowledge: str | None


@dataclass(frozen=True)
class Refusal:
    """Why a machine cannot have an environment that another one may have."""

    problem: EnvironmentProblem


Built = BuiltEnvironment | EnvironmentProblem | Refusal


@dataclass(frozen=True)
class StartOrder:
    """A worker to be started; `number` names it on its machine from then on."""

    number: int
    build: BuildOrder
    limits: Limits
    sandboxed: bool
    seconds: float


@dataclass(frozen=True)
class Done:
    """How a job ended, and what its machine still knows of it.

    `artifact` is in the store by now; `unfit` says what is wrong with what was saved. `waited` is
    the longest that a request of that machine to the store has taken so far, in seconds.
    """

    end: JobEnd
    output: str
    rss_mb: float | None
    artifact: Artifact | None = None
    unfit: str = ""
    waited: float = 0.0


def needs(job: Job) -> tuple[str, ...]:
    """The digests of the artifacts that a job reads."""
    found = [job.artifact] if isinstance(job, LoadJob) else []
    bundle = None if job.material is None else job.material.bundle
    if bundle is not None:
        found.append(bundle.artifact)
        if bundle.conversion is not None:
            found.append(bundle.conversion.source)
    return tuple(found)
