"""What changed since another run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.reports.as_html import as_html
from crossload.reports.as_json import as_json, read_json
from crossload.reports.as_markdown import as_markdown
from crossload.reports.changes import changed_line, changes, compared
from crossload.reports.document import CellRow, ChangeKind, ChangeRow, Report
from crossload.runner.causes.values import Cause, Family
from crossload.runner.words import Format, Verdict

ONE = Cause("one", Family.FORMAT, "one cause")
OTHER = Cause("other", Family.FORMAT, "another cause")


def of(report: Report, *cells: CellRow) -> Report:
    return replace(report, cells=cells, models=("m",), formats=(Format.H5,))


def cell(verdict: Verdict, cause: Cause | None = None) -> CellRow:
    return CellRow("a/m.h5/b", "a", "m", Format.H5, "b", verdict, cause=cause)


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        pytest.param(cell(Verdict.SAME), cell(Verdict.FAILS), ChangeKind.NEW, id="worse"),
        pytest.param(cell(Verdict.FAILS), cell(Verdict.SAME), ChangeKind.FIXED, id="better"),
        pytest.param(
            cell(Verdict.FAILS, ONE), cell(Verdict.FAILS, OTHER), ChangeKind.OTHER_CAUSE, id="cause"
        ),
        pytest.param(
            cell(Verdict.NOT_RUN), cell(Verdict.SAME), ChangeKind.APPEARED, id="measured-now"
        ),
        pytest.param(
            cell(Verdict.SAME), cell(Verdict.UNAVAILABLE), ChangeKind.VANISHED, id="not-measured"
        ),
        pytest.param(cell(Verdict.FAILS, ONE), cell(Verdict.FAILS, ONE), None, id="the-same"),
        pytest.param(cell(Verdict.UNSAVED), cell(Verdict.NOT_RUN), None, id="never-measured"),
    ],
)
def test_a_cell_changes(
    report: Report, before: CellRow, now: CellRow, kind: ChangeKind | None
) -> None:
    found = changes(of(report, now), of(report, before))
    assert [one.kind for one in found] == ([] if kind is None else [kind])


def test_every_output_shows_them(report: Report) -> None:
    now, before = of(report, cell(Verdict.FAILS)), of(report, cell(Verdict.SAME))
    shown = compared(now, before, "run 3")
    line = "Since run 3: 1 new, 0 fixed, 0 other cause, 0 appeared, 0 vanished."
    assert changed_line(shown) == line
    assert changed_line(report) == ""
    assert shown.changes == (ChangeRow(ChangeKind.NEW, "a/m.h5/b", "as it is", "fails"),)
    assert "| new | `a/m.h5/b` | as it is | fails |" in as_markdown(shown)
    assert line in as_html(shown)
    assert read_json(as_json(shown)) == shown
