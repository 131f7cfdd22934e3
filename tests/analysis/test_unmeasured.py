"""Cells without a measured load: nothing saved or tried, or an unusable environment."""

from __future__ import annotations

from crossload.runner.analysis import Evidence, judge_cell
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    JobReport,
    ProbeError,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.words import (
    EnvironmentState,
    JobStatus,
    Strategy,
    Verdict,
)
from tests.analysis.examples import CELL, ERROR, SAVED, failed, judged, loaded, problem


def test_a_refused_save_is_unsaved() -> None:
    assert judged(save=SaveOutcome(JobReport(JobStatus.REFUSED, ERROR))).verdict is Verdict.UNSAVED


def test_a_refused_save_keeps_its_error() -> None:
    assert judged(save=SaveOutcome(JobReport(JobStatus.REFUSED, ERROR))).error == ERROR


def test_a_crashed_save_is_unsaved_and_says_so() -> None:
    cell = judged(save=SaveOutcome(JobReport(JobStatus.CRASHED, detail="signal 6")))
    assert (cell.verdict, cell.detail) == (Verdict.UNSAVED, "saving crashed (signal 6)")


def test_a_save_out_of_time_is_unsaved_and_says_so() -> None:
    cell = judged(save=SaveOutcome(JobReport(JobStatus.TIMED_OUT, detail="60 s of CPU time")))
    assert cell.detail == "saving did not finish in time (60 s of CPU time)"


def test_no_save_yet_is_not_run() -> None:
    assert judged(save=None).verdict is Verdict.NOT_RUN


def test_no_attempt_yet_is_not_run() -> None:
    assert judged().verdict is Verdict.NOT_RUN


def test_no_plain_attempt_yet_is_not_run() -> None:
    assert judged(loaded(Strategy.NO_COMPILE)).verdict is Verdict.NOT_RUN


def test_a_saver_that_is_unavailable_is_named() -> None:
    broken = problem(EnvironmentState.UNAVAILABLE, "there is no Python 3.9 here\nmore")
    cell = judge_cell(CELL, Evidence(saver_problem=broken), Tolerances())
    assert (cell.verdict, cell.detail) == (
        Verdict.UNAVAILABLE,
        "the saver tf2.10-py3.9 is unavailable: there is no Python 3.9 here",
    )


def test_a_loader_that_cannot_exist_is_named() -> None:
    broken = problem(EnvironmentState.IMPOSSIBLE, "no wheel")
    cell = judge_cell(CELL, Evidence(SAVED, loader_problem=broken), Tolerances())
    assert (cell.verdict, cell.detail) == (
        Verdict.IMPOSSIBLE,
        "the loader tf2.15-py3.11 cannot exist: no wheel",
    )


def test_both_sides_are_named_and_the_impossible_one_decides() -> None:
    evidence = Evidence(
        saver_problem=problem(EnvironmentState.UNAVAILABLE, "x"),
        loader_problem=problem(EnvironmentState.IMPOSSIBLE, "y"),
    )
    cell = judge_cell(CELL, evidence, Tolerances())
    assert (cell.verdict, cell.detail) == (
        Verdict.IMPOSSIBLE,
        "the saver tf2.10-py3.9 is unavailable: x; the loader tf2.15-py3.11 cannot exist: y",
    )


def test_an_environment_is_named_once_in_its_own_cell() -> None:
    broken = problem(EnvironmentState.UNAVAILABLE, "x")
    own = CELL._replace(loader=CELL.saver)
    cell = judge_cell(own, Evidence(saver_problem=broken, loader_problem=broken), Tolerances())
    assert cell.detail == "the saver tf2.10-py3.9 is unavailable: x"


def test_what_was_measured_stays_when_the_environment_is_gone() -> None:
    broken = problem(EnvironmentState.UNAVAILABLE, "x")
    evidence = Evidence(SAVED, (loaded(),), (loaded(),), loader_problem=broken)
    assert judge_cell(CELL, evidence, Tolerances()).verdict is Verdict.SAME


def idle(strategy: Strategy) -> Attempt:
    error = ProbeError("crossload.NotApplicable", "the file's name already says what it holds")
    return Attempt(strategy, AttemptOutcome(JobReport(JobStatus.REFUSED, error)))


def test_a_strategy_that_does_not_apply_was_not_tried() -> None:
    cell = judged(failed(), idle(Strategy.RENAMED), loaded(Strategy.UNSAFE))
    assert [one.strategy for one in cell.tried] == [Strategy.PLAIN, Strategy.UNSAFE]


def test_a_plain_load_that_does_not_apply_fails() -> None:
    assert judged(idle(Strategy.PLAIN)).verdict is Verdict.FAILS
