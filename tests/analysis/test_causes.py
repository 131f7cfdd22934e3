"""Causes of a whole run: which attempt is asked, what stands behind it, what needs none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.analysis import JudgedCell, judge_run
from crossload.runner.causes.values import RemedyState
from crossload.runner.ledger import RunSnapshot
from crossload.runner.records import Attempt, AttemptOutcome, JobReport, ProbeError, SaveOutcome
from crossload.runner.words import CheckStatus, EnvironmentState, JobStatus, Strategy, Verdict
from tests.analysis.examples import CELL, loaded, problem
from tests.analysis.test_judge_run import OWN, THIRD, run_of

KERAS = {CELL.saver: "2.10.0", CELL.loader: "3.1.1"}


def refused(message: str, strategy: Strategy = Strategy.PLAIN, kind: str = "ValueError") -> Attempt:
    report = JobReport(JobStatus.REFUSED, ProbeError(kind, message))
    return Attempt(strategy, AttemptOutcome(report))


def judged(*attempts: Attempt, snapshot: RunSnapshot | None = None) -> JudgedCell:
    """The cell with these attempts: saved with Keras 2.10, loaded with 3.1."""
    run = snapshot or run_of(CELL, OWN, own=(loaded(),), other=attempts)
    environments = tuple(
        replace(one, versions=(("keras", KERAS[one.id]),)) if one.id in KERAS else one
        for one in run.environments
    )
    cells = judge_run(replace(run, environments=environments))
    return next(one for one in cells if one.cell == CELL)


def cause_of(one: JudgedCell) -> str:
    return "" if one.cause is None else one.cause.id


def test_what_is_the_same_needs_no_cause() -> None:
    cell = judged(loaded())
    assert (cell.verdict, cell.cause, cell.remedies) == (Verdict.SAME, None, ())


def test_the_plain_error_is_recognised_and_its_remedies_are_looked_up() -> None:
    cell = judged(
        refused("Could not locate function 'mse'. Make sure custom classes are decorated"),
        loaded(Strategy.NO_COMPILE),
    )
    assert cell.verdict is Verdict.ASSISTED
    assert cause_of(cell) == "loss-by-text-in-hdf5"
    assert [(one.id, str(one.state)) for one in cell.remedies][:2] == [
        ("load-without-compiling", "worked"),
        ("load-by-translation", "not-tried"),
    ]


def test_what_stands_behind_a_cause_is_named() -> None:
    cell = judged(
        refused("Could not locate function 'mse'. Make sure custom classes are decorated"),
        refused(
            "Unrecognized keyword arguments passed to LSTM: {'time_major': False}",
            Strategy.NO_COMPILE,
        ),
    )
    assert cause_of(cell) == "loss-by-text-in-hdf5"
    assert cell.behind is not None
    assert cell.behind.id == "time-major-gone"
    ids = [one.id for one in cell.remedies]
    assert {"load-without-compiling", "edit-config"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_what_worked_stands_first_and_what_did_not_help_last() -> None:
    refusal = "Could not locate function 'mse'. Make sure custom classes are decorated"
    cell = judged(
        refused(refusal),
        refused(refusal, Strategy.NO_COMPILE),
        loaded(Strategy.TRANSLATED),
    )
    first, *others, last = cell.remedies
    assert (first.id, first.state) == ("load-by-translation", RemedyState.WORKED)
    assert (last.id, last.state) == ("load-without-compiling", RemedyState.DID_NOT_HELP)
    ended = {RemedyState.WORKED, RemedyState.DID_NOT_HELP}
    assert others
    assert not ended & {one.state for one in others}


def test_an_unknown_error_has_no_cause() -> None:
    cell = judged(refused("the moon is full"))
    assert (cell.verdict, cell.cause, cell.behind, cell.remedies) == (Verdict.FAILS, None, None, ())


def test_what_a_partial_cell_lost_is_explained() -> None:
    cell = judged(loaded(optimizer=CheckStatus.DISAGREES))
    assert cell.verdict is Verdict.PARTIAL
    assert cause_of(cell) == "hdf5-optimizer-state-not-restored-by-keras-3"


def test_a_save_that_failed_is_explained_by_its_own_error() -> None:
    error = ProbeError(
        "RuntimeError", "Unable to create attribute (object header message is too large)"
    )
    run = run_of(CELL, OWN)
    save = SaveOutcome(JobReport(JobStatus.REFUSED, error))
    cell = judged(snapshot=replace(run, saves=dict.fromkeys(run.saves, save)))
    assert (cell.verdict, cause_of(cell)) == (Verdict.UNSAVED, "hdf5-attribute-limit")


@pytest.mark.parametrize("state", [EnvironmentState.UNAVAILABLE, EnvironmentState.IMPOSSIBLE])
def test_an_environment_that_cannot_be_used_has_its_own_cause(state: EnvironmentState) -> None:
    run = run_of(THIRD)
    environments = tuple(
        replace(one, problem=problem(state, "no wheel")) if one.problem else one
        for one in run.environments
    )
    (cell,) = judge_run(replace(run, environments=environments))
    assert cause_of(cell) == "no-package-for-python"
    assert [one.id for one in cell.remedies] == ["fix-the-environment"]


def test_the_cause_is_what_stopped_the_plain_load_where_help_gives_different_outputs() -> None:
    cell = judged(
        refused("Unrecognized keyword arguments passed to LSTM: {'time_major': False}"),
        loaded(Strategy.NO_COMPILE, outputs=0.5),
    )
    assert cell.verdict is Verdict.FAILS
    assert cause_of(cell) == "time-major-gone"
