"""How much of a plan was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.reports.as_html import as_html
from crossload.reports.coverage import coverage
from crossload.reports.document import Report
from crossload.reports.links import filter_link
from crossload.reports.shown import shown
from crossload.runner.words import Verdict


def test_every_planned_cell_is_counted_once(report: Report) -> None:
    planned, *parts = coverage(report, filter_link)
    assert (planned.name, planned.count, planned.percent) == ("planned", 1008, 100)
    assert sum(one.count for one in parts) == 1008
    assert [(one.name, one.link) for one in parts] == [
        ("measured", ""),
        ("cannot be saved", "#?verdict=unsaved"),
        ("no environment", "#environments"),
    ]


def test_damaged_files_are_apart(report: Report) -> None:
    cells = [replace(row, damaged=row.verdict is Verdict.FAILS) for row in report.cells]
    rows = {
        one.name: one.count for one in coverage(replace(report, cells=tuple(cells)), filter_link)
    }
    assert rows["damaged files"] == sum(row.verdict is Verdict.FAILS for row in report.cells)


def test_an_environment_that_cannot_be_used_costs_the_page_no_cell(report: Report) -> None:
    broken = report.environments[0]
    drawn = shown(report)
    assert broken.problem
    assert broken not in drawn.environments
    assert len(drawn.environments) == len(report.environments) - 1
    gone = [row for row in report.cells if row not in drawn.cells]
    assert gone == [row for row in report.cells if broken.id in {row.saver, row.loader}]


def test_the_page_says_on_one_line_why_an_environment_cannot_be_used(report: Report) -> None:
    page = as_html(report)
    broken = report.environments[0].id
    assert page.count(f"<b>{broken}</b> cannot be used: ") == 1
    assert f'<option value="{broken}">' not in page
    assert f'value="{broken}"' not in page


@pytest.mark.parametrize(
    ("measured", "days"),
    [
        (None, ""),
        (("2025-03-01", "2025-03-01"), "2025-03-01"),
        (("2025-03-01", "2025-04-02"), "2025-03-01 to 2025-04-02"),
    ],
)
def test_an_environment_says_when_it_was_measured(
    report: Report, measured: tuple[str, str] | None, days: str
) -> None:
    dated = replace(report.environments[1], measured=measured)
    assert dated.days == days
    page = as_html(replace(report, environments=(report.environments[0], dated)))
    assert f"<td>{days or '–'}</td></tr>" in page  # noqa: RUF001 -- the page's own dash
