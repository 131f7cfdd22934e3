"""Claims in every report: page, Markdown, JSON and terminal; friendly and hostile."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from crossload.reports.as_html import as_html
from crossload.reports.as_json import as_json, read_json
from crossload.reports.as_markdown import as_markdown
from crossload.reports.claims import counted, errors_line, evidence
from crossload.reports.document import ClaimRow, ErrorCount, Report
from crossload.reports.gather import gather_judged
from crossload.reports.terminal import TerminalReport
from crossload.runner.analysis.claims import ClaimStatus
from crossload.runner.cases.claim_model import Claim, Condition, Expected, Extent, Where
from crossload.runner.words import Format
from tests.reports.samples import HOSTILE, hostile_run, sample_run

SOURCE = "An article"
NO_CELL = Claim("none", "It fails on Theano.", SOURCE, expected=Expected.FAILS)
CLAIMS = (
    replace(NO_CELL, where=Where(models=("dense",), loader=(Condition("backend", "theano"),))),
    Claim(
        "border",
        "HDF5 of Keras 3 fails.",
        SOURCE,
        expected=Expected.FAILS,
        exceptions=("ValueError",),
        where=Where(("dense",), (Format.H5,), (Condition("tensorflow", ">=2"),)),
    ),
    Claim(
        "may", "It may fail.", "Another", expected=Expected.FAILS, extent=Extent.SOME,
        where=Where(("dense",)),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def claimed() -> Report:
    sample = sample_run(6, ("dense",))
    return gather_judged(sample.snapshot, sample.judged, CLAIMS)


def test_rows_come_by_source_and_what_was_not_measured_last(claimed: Report) -> None:
    assert [(row.id, row.status) for row in claimed.claims] == [
        ("border", ClaimStatus.HOLDS_FOR_SOME),
        ("none", ClaimStatus.NOT_MEASURED),
        ("may", ClaimStatus.HOLDS),
    ]


def test_a_row_shows_what_is_expected_and_what_was_found(claimed: Report) -> None:
    row = claimed.claims[0]
    assert row.expected == "a plain load fails with ValueError, in every cell"
    assert evidence(row) == "true in 8 of 25 cells; 5 cells not measured"
    assert errors_line(row) == "ValueError (8)"
    assert row.holds_for
    assert row.against_it[0] == "tf2.4-py3.8/dense.h5/tf2.4-py3.8"


def test_totals_are_put_in_words(claimed: Report) -> None:
    assert counted(claimed.claims) == "1 holds, 1 holds for some, 1 was not measured"
    assert counted(()) == ""


def test_a_run_without_claims_does_not_mention_them(report: Report) -> None:
    assert report.claims == ()
    assert 'id="claims"' not in as_html(report)
    assert "## Claims" not in as_markdown(report)
    assert "Claims" not in drawn(report)


def test_the_page_has_a_fold_for_each_source_and_links_to_cells(claimed: Report) -> None:
    page = as_html(claimed)
    assert page.count('class="claim-group card"') == 2
    assert page.count('<li class="claim" id="claim-') == 3
    assert 'href="#claims"' in page
    assert 'against: <a href="#tf2.4-py3.8/dense.h5/tf2.4-py3.8">' in page
    assert "<code>ValueError</code> in 8: <span" in page


def test_cells_left_out_of_the_report_are_not_links(claimed: Report) -> None:
    page = as_html(replace(claimed, cells=claimed.cells[:1]))
    assert "not: <a" not in page


def test_markdown_lists_them(claimed: Report) -> None:
    text = as_markdown(claimed)
    assert "## Claims\n\n1 holds, 1 holds for some, 1 was not measured.\n\n### An article" in text
    assert "- ◐ holds-for-some: HDF5 of Keras 3 fails.\n" in text


def test_the_terminal_has_one_line(claimed: Report) -> None:
    assert "\nClaims: 1 holds, 1 holds for some, 1 was not measured\n" in drawn(claimed)


def test_json_brings_them_back(claimed: Report) -> None:
    assert read_json(as_json(claimed)).claims == claimed.claims


def test_an_older_report_has_none(report: Report) -> None:
    text = as_json(report).replace('"claims": [],\n', "")
    assert '"claims"' not in text
    assert read_json(text) == report


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    sample = hostile_run()
    one = Claim(text, text, text, case="", expected=Expected.FAILS, where=Where(), message=text)
    report = gather_judged(sample.snapshot, sample.judged, [one])
    assert len(report.claims) == 1
    page = as_html(report)
    assert page.count("<script") == 2
    assert "<img" not in page
    as_markdown(report).encode("utf-8")
    as_json(report).encode("utf-8")
    assert drawn(report)


def test_without_a_measured_cell_the_reason_is_given() -> None:
    row = ClaimRow("a", "b", "c", "", ClaimStatus.HOLDS, errors=(ErrorCount("ValueError", 2),))
    assert errors_line(row) == "ValueError (2)"
    assert evidence(row) == "this run has no cell that tests it"
    assert evidence(replace(row, unmeasurable="nobody counts")) == "nobody counts"


def drawn(report: Report) -> str:
    file = io.StringIO()
    TerminalReport(report, Console(file=file, width=120)).draw()
    return file.getvalue()
