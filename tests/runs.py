"""Values of a small run: two built environments, a plan over them, and what was measured."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crossload.runner.config.model import EnvironmentSpec, Matrix, Profile
from crossload.runner.environments.model import BuiltEnvironment, Environment, Interpreter
from crossload.runner.plan import Plan, Selection, make_plan
from crossload.runner.records import (
    AttemptOutcome,
    CheckOutcome,
    EnvironmentProblem,
    JobReport,
    SaveOutcome,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    JobStatus,
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
