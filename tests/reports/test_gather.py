"""From a snapshot and its judgement to the document, and the findings in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from crossload.reports.cleaning import clean_end, clean_line
from crossload.reports.document import AdviceRow, Report, Summary, with_kept
from crossload.reports.findings import find
from crossload.reports.gather import gather, gather_judged
from crossload.reports.headline import headline, lead, notes
from crossload.reports.summary import summarize
from crossload.runner.analysis.judged import TryResult
from crossload.runner.causes.values import Cause, Family
from crossload.runner.records import Attempt, Cell, ProbeError
from crossload.runner.words import EnvironmentState, Format, Strategy, Usability, Verdict
from tests.reports.samples import environment, judged_cell, run_of, sample_run


def test_cells_are_sorted_by_model_format_saver_loader(report: Report) -> None:
    axis = report.axis
    keys = [
        (
            report.models.index(row.model),
            report.formats.index(row.format),
            axis.index(row.saver),
            axis.index(row.loader),
        )
        for row in report.cells
    ]
    assert keys == sorted(keys)


def test_a_snapshot_is_judged_on_the_way() -> None:
    sample = sample_run(3, ("dense",))
    report = gather(sample.snapshot)
    assert len(report.cells) == len(sample.judged)
    row = next(one for one in report.cells if one.id == "tf2.4-py3.8/dense.h5/tf2.10-py3.10")
    assert row.verdict is Verdict.SAME
    assert report.environments[0].state is EnvironmentState.UNAVAILABLE


def test_an_attempt_has_what_was_measured_and_what_was_judged(report: Report) -> None:
    row = next(one for one in report.cells if one.verdict is Verdict.ASSISTED)
    plain, rebuilt = row.attempts
    assert (plain.strategy, plain.result) == (Strategy.PLAIN, "refused")
    assert plain.error is not None
    assert rebuilt.concessions == ("no-compile",)
    assert (rebuilt.seconds, rebuilt.load_seconds) == (0.134, 0.014)
    assert [one.check for one in rebuilt.checks] == ["structure", "weights", "outputs", "compile"]


def test_advice_that_an_attempt_proved_is_verified(report: Report) -> None:
    row = next(one for one in report.cells if one.verdict is Verdict.ASSISTED)
    assert [one.verified for one in row.advice] == [False, True]
    assert row.advice[1] == AdviceRow(
        "build the same model in code, then load only the weights from the file",
        verified=True,
    )
    assert next(one for one in report.cells if one.verdict is Verdict.SAME).advice == ()


def test_cells_with_the_same_error_are_one_finding() -> None:
    saver, loader = environment(2), environment(5)
    judged = [
        judged_cell(
            Cell(saver.id, model, Format.H5, loader.id),
            Verdict.FAILS,
            ProbeError("ValueError", f"cannot read '/scratch/{number}/model.h5' at 0x7f{number}"),
        )
        for number, model in enumerate(("dense", "lstm", "conv-bn"))
    ]
    judged.append(judged_cell(Cell(saver.id, "other", Format.H5, loader.id), Verdict.DIFFERS))
    run = run_of([saver, loader], judged)
    differs, fails = find(gather_judged(run.snapshot, run.judged))
    assert differs.what == "other as h5: 1 cell"
    assert fails.what == "dense, lstm and conv-bn as h5: 3 cells"
    assert fails.where == "saved by tf2.10-py3.10, loaded by tf2.16-py3.12"
    assert fails.error == "ValueError: cannot read '/scratch/0/model.h5' at 0x7f0"


DAMAGE = Cause("truncated", Family.DAMAGED_FILE, "the file is cut off", ())
TOO_NEW = Cause("unknown-class", Family.LAYER_OR_ARGUMENT, "the class does not exist there", ())


@pytest.mark.parametrize(
    ("own", "others", "damaged"),
    [
        pytest.param((Verdict.FAILS, DAMAGE), (Verdict.FAILS, TOO_NEW), True, id="its saver fails"),
        pytest.param((Verdict.FAILS, DAMAGE), (Verdict.SAME, None), True, id="a loader bears it"),
        pytest.param((Verdict.SAME, None), (Verdict.FAILS, DAMAGE), False, id="its saver reads it"),
        pytest.param(None, (Verdict.FAILS, DAMAGE), True, id="its saver was not asked"),
    ],
)
def test_a_file_is_damaged_where_its_saver_says_so(
    own: tuple[Verdict, Cause | None] | None,
    others: tuple[Verdict, Cause | None],
    *,
    damaged: bool,
) -> None:
    saver, loader = environment(2), environment(5)
    results = {loader: others} if own is None else {saver: own, loader: others}
    judged = [
        replace(judged_cell(Cell(saver.id, "dense", Format.H5, one.id), verdict), cause=cause)
        for one, (verdict, cause) in results.items()
    ]
    run = run_of([saver, loader], judged)
    rows = gather_judged(run.snapshot, run.judged).cells
    assert [row.damaged for row in rows] == [damaged] * len(results)


def test_hostile_text_is_cleaned_and_capped(hostile_report: Report) -> None:
    for row in hostile_report.cells:
        assert len(row.model) <= 200
        assert len(row.error.message if row.error else "") <= 4000
    texts = "".join(row.model + row.detail for row in hostile_report.cells)
    assert not {"\x00", "\x1b", "\u202e", "\u2028", "\ud800"} & set(texts)
    problem = hostile_report.environments[0].problem
    assert problem is not None
    assert len(problem.log_tail) < 4100


def test_the_headline_names_silent_differences() -> None:
    numbers = (12, 4, 3, 2, 1, 1, 3)
    every = Summary(tuple(zip(Usability, numbers, strict=True)), losing=2, ended=1, damaged=5)
    assert headline(every) == (
        "Of 26 loads, 12 work as they are (2 of them lose something), 4 with one line, "
        "3 are translated by crossload, 2 need your model's code, 1 gives predictions only, "
        "1 is silently different and 3 do not work at all."
    )
    assert notes(every) == (
        "1 plain load crashed or hung.",
        "5 loads of damaged files are counted apart.",
    )
    assert headline(Summary(((Usability.AS_IT_IS, 1200),))) == "All 1,200 loads work as they are."
    assert headline(Summary()) == "Nothing was measured."


def test_every_attempt_that_crashed_or_hung_is_counted(report: Report) -> None:
    row = next(one for one in report.cells if one.verdict is Verdict.ASSISTED)
    plain, helped = row.attempts
    ends = [
        (TryResult.CRASHED, TryResult.OUT_OF_MEMORY),
        (TryResult.TIMED_OUT, TryResult.AGREES),
        (TryResult.REFUSED, TryResult.CRASHED),
        (TryResult.DIFFERS, TryResult.BAD_ANSWER),
        (TryResult.OUT_OF_MEMORY, TryResult.TIMED_OUT),
    ]
    rows = [
        replace(row, attempts=(replace(plain, result=one), replace(helped, result=other)))
        for one, other in ends
    ]
    found = summarize([*rows, replace(rows[0], verdict=Verdict.UNSAVED)])
    assert (found.ended, found.ended_helped) == (3, 3)


@pytest.mark.parametrize(
    ("plain", "helped", "said"),
    [
        (0, 0, ()),
        (5, 9, ("14 attempts crashed or hung: 5 plain loads and 9 with help.",)),
        (1, 1200, ("1,201 attempts crashed or hung: 1 plain load and 1,200 with help.",)),
        (2, 0, ("2 plain loads crashed or hung.",)),
        (0, 1, ("1 attempt with help crashed or hung.",)),
    ],
)
def test_attempts_that_ended_their_process_are_one_number(
    plain: int, helped: int, said: tuple[str, ...]
) -> None:
    assert notes(Summary(ended=plain, ended_helped=helped)) == said


def test_the_lead_says_how_much_when_and_with_what(report: Report) -> None:
    assert lead(report) == (
        "5 of 6 environments saved and loaded 7 reference models in 4 formats: 1,008 cells, "
        "measured on 21 November 2026, 03:04 UTC."
    )
    first, *others = report.environments
    older = replace(first, measured=("2026-10-30", "2026-10-31"))
    days = lead(replace(report, environments=(older, *others)))
    assert days.endswith("measured between 30 October 2026 and 31 October 2026.")
    some = replace(report, environments=report.environments[1:], models=("dense",))
    assert lead(some).startswith("5 environments saved and loaded 1 reference model in 4 formats")
    case = replace(report.cells[0], model="ours", format=Format.SCRIPT)
    more = replace(report, models=(*report.models, "ours"), cells=(*report.cells, case))
    assert "7 reference models in 4 formats and 1 scripted case: 1,009 cells" in lead(more)
    unmeasured = tuple(replace(row, verdict=Verdict.NOT_RUN) for row in report.cells)
    assert lead(replace(report, cells=unmeasured)) == (
        "5 of 6 environments and 7 reference models in 4 formats: 1,008 cells, "
        "none of them measured."
    )


def test_one_line_and_the_end_of_a_log() -> None:
    assert clean_line("\n\n  first \nsecond") == "first"
    assert clean_line("") == ""
    assert clean_end("abcdef", 3) == "[3 before] … def"
    assert clean_end("abc", 3) == "abc"


def test_an_environment_has_the_days_of_its_own_results() -> None:
    sample = sample_run(3, ("dense",))
    days = (date(2025, 3, 1), date(2025, 4, 2))
    cells = [
        one
        for one, tried in sample.snapshot.attempts.items()
        if one.loader == "tf2.4-py3.8" and tried
    ]
    attempts = {
        cell: tuple(_measured_on(one, day) for one in sample.snapshot.attempts[cell])
        for cell, day in zip(cells, days, strict=False)
    }
    report = gather(replace(sample.snapshot, saves={}, attempts=attempts))
    assert {one.id: one.measured for one in report.environments} == {
        "tf1.15-py3.7": None,
        "tf2.4-py3.8": ("2025-03-01", "2025-04-02"),
        "tf2.10-py3.10": None,
    }


def _measured_on(attempt: Attempt, day: date) -> Attempt:
    outcome = attempt.outcome
    return replace(attempt, outcome=replace(outcome, report=replace(outcome.report, measured=day)))


def test_a_cell_has_the_digest_of_its_file() -> None:
    sample = sample_run(3, ("dense",))
    saves = {
        file: replace(save, payload_sha256=f"digest of {file.saver}")
        for file, save in sample.snapshot.saves.items()
    }
    report = gather(replace(sample.snapshot, saves=saves))
    row = next(one for one in report.cells if one.id == "tf2.4-py3.8/dense.h5/tf2.10-py3.10")
    assert row.sha256 == "digest of tf2.4-py3.8"


def test_a_way_that_keeps_more_says_so() -> None:
    assert with_kept("load it so", "") == "load it so"
    assert AdviceRow("load it so", keeps="the metrics").said == "load it so; this keeps the metrics"
