"""Attempts and cells for the tests of analysis, each ordinary but for what a test says."""

from __future__ import annotations

from collections.abc import Mapping

from crossload.runner.analysis import Evidence, JudgedCell, judge_cell
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    Cell,
    CheckOutcome,
    EnvironmentProblem,
    JobReport,
    ProbeError,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
)

NO_COMPILE = Strategy.NO_COMPILE
REBUILD = Strategy.REBUILD_WEIGHTS
SERVING = Strategy.SERVING
DISAGREES = CheckStatus.DISAGREES
CELL = Cell("tf2.10-py3.9", "dense", Format.H5, "tf2.15-py3.11")
ERROR = ProbeError("ValueError", "Unknown layer: 'Mine'\nsecond line")
SAVED = SaveOutcome(JobReport(JobStatus.DONE), artifact="a" * 64, noise=0.0)


def checks(outputs: float | None, others: Mapping[str, CheckStatus]) -> tuple[CheckOutcome, ...]:
    """All checks: outputs measured at this difference, the others agreeing unless said."""
    return tuple(
        CheckOutcome(check, CheckStatus.MEASURED, outputs)
        if check is Check.OUTPUTS
        else CheckOutcome(check, others.get(check.value, CheckStatus.AGREES))
        for check in Check
    )


def loaded(
    strategy: Strategy = Strategy.PLAIN,
    outputs: float | None = 3e-8,
    concessions: tuple[str, ...] = (),
    **others: CheckStatus,
) -> Attempt:
    """An attempt that loaded."""
    report = JobReport(JobStatus.DONE)
    return Attempt(strategy, AttemptOutcome(report, checks(outputs, others), concessions))


def loaded_but(check: str, status: CheckStatus) -> Attempt:
    """A plain load in which everything agrees except one check, named."""
    report = JobReport(JobStatus.DONE)
    return Attempt(Strategy.PLAIN, AttemptOutcome(report, checks(3e-8, {check: status})))


def failed(
    strategy: Strategy = Strategy.PLAIN, status: JobStatus = JobStatus.REFUSED, detail: str = ""
) -> Attempt:
    """An attempt that did not load."""
    error = ERROR if status is JobStatus.REFUSED else None
    return Attempt(strategy, AttemptOutcome(JobReport(status, error, detail)))


def unproved(strategy: Strategy = Strategy.PLAIN) -> Attempt:
    """An attempt that loaded a file whose outputs nobody knows."""
    error = ProbeError("crossload.NothingToCompare", "it loads, but there are no outputs")
    return Attempt(strategy, AttemptOutcome(JobReport(JobStatus.REFUSED, error)))


def judged(*attempts: Attempt, save: SaveOutcome | None = SAVED) -> JudgedCell:
    """The cell judged by these attempts, its saver's own reload being `same`."""
    return judge_cell(CELL, Evidence(save, attempts, own_reload=(loaded(),)), Tolerances())


def problem(state: EnvironmentState, message: str) -> EnvironmentProblem:
    """Why an environment cannot be used."""
    return EnvironmentProblem(state, EnvironmentCause.NO_WHEEL, message)
