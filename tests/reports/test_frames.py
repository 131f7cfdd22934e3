"""The frames: columns, orders, and the worst of several verdicts."""

from __future__ import annotations

from crossload.reports.columns import CELL_COLUMNS
from crossload.reports.document import Report
from crossload.reports.frames import cell_frame, grid
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
