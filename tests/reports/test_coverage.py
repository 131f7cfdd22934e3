"""How much of a plan was measured."""

from __future__ import annotations

from dataclasses import replace

from crossload.reports.coverage import coverage
from crossload.reports.document import Report
from crossload.reports.page_model import filter_link
from crossload.runner.causes.values import Cause, Family
from crossload.runner.words import Verdict


def test_every_planned_cell_is_counted_once(report: Report) -> None:
    planned, *parts = coverage(report, filter_link)
    assert (planned.name, planned.count, planned.percent) == ("planned", 1008, 100)
    assert sum(one.count for one in parts) == 1008
    assert [(one.name, one.link) for one in parts] == [
        ("measured", ""),
        ("cannot be saved", "#?verdict=unsaved"),
        ("no environment", "#?verdict=unavailable"),
    ]


def test_damaged_files_are_apart(report: Report) -> None:
    damage = Cause("truncated", Family.DAMAGED_FILE, "the file is cut off", ())
    cells = [
        replace(row, cause=damage) if row.verdict is Verdict.FAILS else row for row in report.cells
    ]
    rows = {
        one.name: one.count for one in coverage(replace(report, cells=tuple(cells)), filter_link)
    }
    assert rows["damaged files"] == sum(row.verdict is Verdict.FAILS for row in report.cells)
