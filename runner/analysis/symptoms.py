"""What there is to recognise a cell's cause by, taken from its verdict and what was measured.

Owns the choice of the attempt (or the save, or the environment) that a cause is looked for in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crossload.runner.altering import altered
from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult
from crossload.runner.causes import EnvironmentFacts, Step, Symptoms
from crossload.runner.models.traits import ModelTraits
from crossload.runner.records import Attempt, EnvironmentProblem, JobReport, ProbeError, SaveOutcome
from crossload.runner.words import CheckStatus, JobStatus, Strategy, Verdict

_UNTOLD = frozenset({CheckStatus.AGREES, CheckStatus.NOT_APPLICABLE})


@dataclass(frozen=True)
class Measured:
    """What was measured for one cell, as far as a cause needs it; `holds` is as in `Symptoms`."""

    saver: EnvironmentFacts
    loader: EnvironmentFacts
    model: ModelTraits
    save: SaveOutcome | None = None
    attempts: Sequence[Attempt] = ()
    problem: EnvironmentProblem | None = None
    holds: str = ""


def symptoms_of(judged: JudgedCell, measured: Measured) -> Symptoms | None:
    """The symptoms in which to look for the cause; None where there is nothing to look in."""
    if not judged.verdict.needs_cause:
        return None
    base = Symptoms(
        step=Step.LOAD,
        verdict=judged.verdict,
        format=judged.cell.format,
        saver=measured.saver,
        loader=measured.loader,
        helped=tuple(one.strategy for one in judged.tried if one.result is TryResult.AGREES),
        lost=judged.lost,
        own=judged.baseline,
        holds=measured.holds,
        code_python=measured.model.writes_code,
        adopted=measured.model.adopted,
    )
    if judged.verdict.lacks_environment:
        return None if measured.problem is None else _of_environment(base, measured.problem)
    if judged.verdict is Verdict.UNSAVED:
        return None if measured.save is None else _unsaved(base, measured, measured.save.report)
    return symptoms_of_attempt(base, judged.tried[0], measured)


def symptoms_behind(
    judged: JudgedCell, measured: Measured, first: Symptoms, strategy: Strategy
) -> Symptoms | None:
    """The symptoms of an attempt that gets past the first obstacle and fails all the same."""
    tried = next((one for one in judged.tried if one.strategy is strategy), None)
    if tried is None or tried.result is TryResult.AGREES:
        return None
    behind = symptoms_of_attempt(first, tried, measured)
    if tried.result is TryResult.DIFFERS:
        return altered(behind, verdict=Verdict.DIFFERS)
    return behind


def held_by(model: ModelTraits, save: SaveOutcome | None) -> str:
    """What the saved model consists of: as its saver said, or as far as its traits say it.

    Of a case, whose probe describes no model, it is what the scripts call.
    """
    said = "" if save is None else save.holds
    traits = (
        ("layer Lambda", model.code and not said),
        ("custom=true", model.custom and not said),
        ("written by Keras 1", model.keras_1),
    )
    lines = (line for line, holds in traits if holds)
    return "\n".join(filter(None, (said, *lines, model.calls)))


def symptoms_of_attempt(base: Symptoms, tried: Tried, measured: Measured) -> Symptoms:
    """The symptoms of one attempt of a cell; `base` has what is the same for all of them."""
    attempt = next((one for one in measured.attempts if one.strategy is tried.strategy), None)
    if attempt is None:
        return altered(base, strategy=tried.strategy, error=tried.error)
    outcome = attempt.outcome
    return _of_report(
        base,
        outcome.report,
        tried.error,
        strategy=tried.strategy,
        details={one.check: one.detail for one in outcome.checks if one.status not in _UNTOLD},
    )


def symptom_kind(tried: Tried) -> tuple[object, ...]:
    """What attempts have in common whose symptoms are the same; see `symptoms_of_attempt`."""
    outcome = tried.attempt.outcome
    report = outcome.report
    return (
        *(tried.strategy, tried.result, tried.lost, tried.error, report.status, report.error),
        *(report.detail, report.output_tail, report.warnings),
        *((one.check, one.detail) for one in outcome.checks if one.status not in _UNTOLD),
    )


def _unsaved(base: Symptoms, measured: Measured, report: JobReport) -> Symptoms:
    """What a saver reported; for a file that existed before, what loading it gave."""
    told = _of_report(base, report)
    if measured.model.adopted:
        return altered(told, verdict=Verdict.FAILS, strategy=Strategy.PLAIN)
    return altered(told, step=Step.SAVE)


def _of_report(
    base: Symptoms, report: JobReport, error: ProbeError | None = None, **more: Any
) -> Symptoms:
    """How a job ended; `more` are further fields, as one copy for each attempt is enough."""
    return altered(
        base,
        status=report.status,
        error=error or report.error,
        ended="" if report.status is JobStatus.DONE else report.detail,
        output=report.output_tail,
        warning="\n".join(report.warnings),
        **more,
    )


def _of_environment(base: Symptoms, problem: EnvironmentProblem) -> Symptoms:
    return altered(
        base,
        step=Step.ENVIRONMENT,
        environment=problem.cause,
        error=ProbeError(str(problem.cause), f"{problem.message}\n{problem.log_tail}"),
    )
