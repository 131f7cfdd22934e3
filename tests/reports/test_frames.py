"""The frames: columns, orders, and the worst of several verdicts."""

from __future__ import annotations

import pytest

from crossload.reports.document import Report
from crossload.reports.frames import (
    CELL_COLUMNS,
    cell_frame,
    grid,
    pair_summaries,
    summary,
    verdict_counts,
)
from crossload.reports.gather import gather_judged
from crossload.runner.records import Cell
from crossload.runner.words import Format, Verdict
from tests.reports.samples import environment, judged_cell, run_of


def pair_of(*verdicts: Verdict) -> Report:
    """One saver and one loader with a model per verdict."""
    saver, loader = environment(2), environment(5)
    judged = [
        judged_cell(Cell(saver.id, f"m{number}", Format.H5, loader.id), verdict)
        for number, verdict in enumerate(verdicts)
    ]
    run = run_of([saver, loader], judged)
    return gather_judged(run.snapshot, run.judged)


def test_there_is_one_row_per_cell_with_the_named_columns(report: Report) -> None:
    frame = cell_frame(report)
    assert tuple(frame.columns) == CELL_COLUMNS
    assert list(frame["cell"]) == [row.id for row in report.cells]
    assert frame["difference"].dtype == "float64"


def test_verdicts_are_ordered_worst_last(report: Report) -> None:
    frame = cell_frame(report)
    assert list(frame["verdict"].cat.categories) == [str(one) for one in Verdict]
    assert frame["verdict"].cat.ordered


def test_axes_keep_the_order_of_the_matrix(report: Report) -> None:
    table = grid(cell_frame(report), "dense", Format.H5)
    assert list(table.index) == [one.id for one in report.environments]
    assert list(table.columns) == [one.id for one in report.environments]
    assert table.loc["tf2.10-py3.10", "tf2.16-py3.12"] == "assisted"


def test_a_pair_that_is_not_planned_is_a_hole() -> None:
    one, two = environment(2), environment(3)
    judged = [
        judged_cell(Cell(one.id, "m", Format.H5, one.id), Verdict.SAME),
        judged_cell(Cell(one.id, "m", Format.H5, two.id), Verdict.SAME),
        judged_cell(Cell(two.id, "m", Format.H5, two.id), Verdict.SAME),
    ]
    run = run_of([one, two], judged)
    frame = cell_frame(gather_judged(run.snapshot, run.judged))
    table = grid(frame, "m", Format.H5)
    assert table.isna().to_numpy().tolist() == [[False, False], [True, False]]
    assert len(summary(frame)) == 3


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        pytest.param([Verdict.SAME, Verdict.SAME], Verdict.SAME, id="all-same"),
        pytest.param([Verdict.ASSISTED, Verdict.DIFFERS], Verdict.DIFFERS, id="worse-wins"),
        pytest.param([Verdict.SAME, Verdict.UNSAVED], Verdict.SAME, id="unmeasured-is-not-worse"),
        pytest.param([Verdict.NOT_RUN, Verdict.FAILS], Verdict.FAILS, id="one-measured"),
        pytest.param(
            [Verdict.UNSAVED, Verdict.UNSAVED, Verdict.NOT_RUN], Verdict.UNSAVED, id="commonest"
        ),
    ],
)
def test_the_worst_of_a_pair(verdicts: list[Verdict], worst: Verdict) -> None:
    [pair] = pair_summaries(cell_frame(pair_of(*verdicts)))
    assert pair.worst is worst
    assert pair.total == len(verdicts)


def test_counts_of_a_pair_are_in_order_and_leave_out_what_does_not_occur() -> None:
    frame = cell_frame(pair_of(Verdict.FAILS, Verdict.SAME, Verdict.FAILS, Verdict.UNSAVED))
    [pair] = pair_summaries(frame)
    assert pair.counts == ((Verdict.SAME, 1), (Verdict.FAILS, 2), (Verdict.UNSAVED, 1))
    assert pair.measured == 3
    assert dict(verdict_counts(frame))[Verdict.FAILS] == 2
    assert dict(verdict_counts(frame))[Verdict.CRASHES] == 0
