"""Values of a small run: two built environments, a plan over them, and what was measured."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crossload.runner.analysis.judged import Tried, TryResult
from crossload.runner.config.model import EnvironmentSpec, Matrix, Profile
from crossload.runner.environments.model import BuiltEnvironment, Environment, Interpreter
from crossload.runner.plan import Plan, Selection, make_plan
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    CheckOutcome,
    EnvironmentProblem,
    JobReport,
    ProbeError,
    SaveOutcome,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    JobStatus,
    Strategy,
)

ARTIFACT = "a" * 64
MISSING = EnvironmentProblem(
    EnvironmentState.UNAVAILABLE,
    EnvironmentCause.MISSING_INTERPRETER,
    "python 3.7 was not found on this machine",
    "install it",
)
SAVED = SaveOutcome(
    JobReport(JobStatus.DONE),
    artifact=ARTIFACT,
    payload_sha256="b" * 64,
    payload_bytes=10,
    payload_name="model.h5",
    noise=0.0,
)
LOADED = AttemptOutcome(
    JobReport(JobStatus.DONE), (CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 0.0),)
)


_STATUSES = {
    TryResult.AGREES: JobStatus.DONE,
    TryResult.DIFFERS: JobStatus.DONE,
    TryResult.CRASHED: JobStatus.CRASHED,
    TryResult.TIMED_OUT: JobStatus.TIMED_OUT,
    TryResult.OUT_OF_MEMORY: JobStatus.OUT_OF_MEMORY,
    TryResult.BAD_ANSWER: JobStatus.BAD_ANSWER,
}


def attempted(
    strategy: Strategy,
    result: TryResult,
    error: ProbeError | None = None,
    lost: tuple[Check, ...] = (),
    concessions: tuple[str, ...] = (),
    recipe: str = "",
) -> Tried:
    """An attempt that was judged so, with nothing measured but its outputs."""
    status = _STATUSES.get(result, JobStatus.REFUSED)
    checks = LOADED.checks if status is JobStatus.DONE else ()
    outcome = AttemptOutcome(JobReport(status, error), checks, concessions, recipe)
    return Tried(Attempt(strategy, outcome), result, lost=lost)


def environment(name: str) -> Environment:
    major, minor, micro = sys.version_info[:3]
    python = f"{major}.{minor}"
    spec = EnvironmentSpec(name=name, tensorflow="2.15.1", python=python)
    path = Path(sys.executable)
    interpreter = Interpreter((major, minor, micro), path, Path(sys.base_prefix))
    return Environment(f"{name}-py{python}", spec, python, interpreter)


def build(one: Environment, digest: str = "") -> BuiltEnvironment:
    """A built environment; its digest is that of its name unless told otherwise."""
    return BuiltEnvironment(
        environment=one,
        digest=digest or f"digest of {one.spec.name}",
        prefix=Path(sys.prefix),
        python=Path(sys.executable),
        base_prefix=Path(sys.base_prefix),
        versions=(("tensorflow", "2.15.1"), ("keras", "2.15.0")),
        import_seconds=2.5,
    )


A, B, C = environment("a"), environment("b"), environment("c")


def matrix() -> Matrix:
    return Matrix(environments=(A.spec, B.spec, C.spec))


def plan(environments: Sequence[Environment] = (A, B), models: Sequence[str] = ("dense",)) -> Plan:
    """Every pair of the environments, in one format."""
    profile = Profile.model_validate({"models": list(models), "formats": ["h5"]})
    return make_plan("quick", profile, environments, Selection())


def spoilt(outcome: SaveOutcome, status: JobStatus) -> SaveOutcome:
    """The same save, had it ended so."""
    report = replace(outcome.report, status=status)
    return replace(outcome, report=report, artifact=None, payload_name="", noise=None)
