"""The chart over the releases: what is counted for each, and where it is drawn."""

from __future__ import annotations

from crossload.reports.document import Report
from crossload.reports.gather import gather_judged
from crossload.reports.places import places
from crossload.reports.tallies import tallies
from crossload.reports.trend import Trend, TrendPoint, trend
from crossload.runner.records import Cell
from crossload.runner.words import Format, Verdict
from tests.reports.samples import environment, judged_cell, run_of

OLD, MIDDLE, NEW = environment(3), environment(4), environment(5)  # the newest has Keras 3
FORMATS = [(Format.H5, ".h5"), (Format.KERAS, ".keras"), (Format.SAVEDMODEL, "SavedModel")]


def trend_of(cells: list[tuple[str, str, str, Verdict]]) -> Trend | None:
    """The chart of H5 files, given as (model, saver, loader, verdict)."""
    judged = [
        judged_cell(Cell(saver, model, Format.H5, loader), verdict)
        for model, saver, loader, verdict in cells
    ]
    run = run_of([OLD, MIDDLE, NEW], judged)
    report: Report = gather_judged(run.snapshot, run.judged)
    return trend(places(report), tallies(report.cells), FORMATS)


def chart() -> Trend:
    found = trend_of(
        [
            ("a", OLD.id, OLD.id, Verdict.SAME),
            ("a", OLD.id, MIDDLE.id, Verdict.SAME),
            ("b", OLD.id, MIDDLE.id, Verdict.PARTIAL),
            ("a", OLD.id, NEW.id, Verdict.SAME),
            ("b", OLD.id, NEW.id, Verdict.TRANSLATED),
            ("a", MIDDLE.id, NEW.id, Verdict.FAILS),
            ("b", MIDDLE.id, NEW.id, Verdict.DIFFERS),
            ("a", NEW.id, MIDDLE.id, Verdict.FAILS),  # a newer file counts nowhere
            ("a", NEW.id, NEW.id, Verdict.FAILS),  # nor does an own file
        ]
    )
    assert found is not None
    return found


def test_a_release_is_measured_by_the_files_of_all_older_ones() -> None:
    assert [(row.name, row.points) for row in chart().rows] == [
        ("TF 2.16", (TrendPoint(plain=25, whole=50, measured=4),)),
        ("TF 2.15", (TrendPoint(plain=100, whole=100, measured=2),)),
    ]


def test_a_format_without_an_older_file_has_no_line() -> None:
    assert [line.name for line in chart().lines] == [".h5"]


def test_lines_run_from_the_oldest_to_the_newest_within_the_drawing() -> None:
    found = chart()
    (line,) = found.lines
    assert [name for _, name in found.columns] == ["2.15", "2.16"]
    assert [x for x, _ in line.marks] == [x for x, _ in found.columns]
    heights = {share: y for y, share in found.heights}
    assert [y for _, y in line.marks] == [heights[100], heights[25]]
    assert line.whole.split()[-1] == f"{line.marks[-1][0]},{heights[50]}"
    assert found.edge is not None
    assert line.marks[0][0] < found.edge < line.marks[1][0]


def test_one_release_is_no_trend() -> None:
    assert trend_of([("a", OLD.id, MIDDLE.id, Verdict.SAME)]) is None


def test_names_of_lines_that_end_together_are_kept_apart() -> None:
    judged = [
        judged_cell(Cell(saver.id, "a", format_, loader.id), Verdict.SAME)
        for format_ in (Format.H5, Format.SAVEDMODEL)
        for saver, loader in ((OLD, MIDDLE), (OLD, NEW))
    ]
    run = run_of([OLD, MIDDLE, NEW], judged)
    report = gather_judged(run.snapshot, run.judged)
    found = trend(places(report), tallies(report.cells), FORMATS)
    assert found is not None
    first, second = found.lines
    assert first.marks[-1] == second.marks[-1]
    assert second.label - first.label == 16
