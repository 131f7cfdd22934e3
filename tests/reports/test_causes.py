"""Causes in the reports: the document, the sums, and what each format says of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from crossload.reports.as_csv import as_csv
from crossload.reports.as_html import as_html
from crossload.reports.as_json import as_json, read_json
from crossload.reports.as_markdown import as_markdown
from crossload.reports.causes import cause_summaries, explained_line
from crossload.reports.document import Report
from crossload.reports.explain_lookup import Found, Source
from crossload.reports.explain_text import explain_lines
from crossload.reports.findings import find
from crossload.reports.gather import gather_judged
from crossload.reports.links import cell_link
from crossload.reports.page_data import data_block
from crossload.runner.analysis import JudgedCell
from crossload.runner.causes import Cause, CellRemedy, Family, RemedyState
from crossload.runner.causes.values import Proof
from crossload.runner.records import ProbeError
from crossload.runner.words import Format, Verdict
from tests.reports.browser import Browser
from tests.reports.samples import sample_run

ADDRESS = "https://example.invalid/issues/1"


def caused(one: JudgedCell) -> JudgedCell:
    """The sample's failing HDF5 and .keras cells with one cause, its layer named by the model."""
    if one.verdict is not Verdict.FAILS or one.cell.format is Format.SAVEDMODEL:
        return one
    sentence = f"this version's layer of {one.cell.model} <b>does not know</b> x"
    states = RemedyState.DID_NOT_HELP, RemedyState.WORKED, RemedyState.CANNOT_BE_TRIED
    remedies = tuple(
        CellRemedy(f"way-{number}", f"go the way {number}", "go()", state, Proof("tf2.18-py3.12"))
        for number, state in enumerate(states, 1)
    )
    cause = Cause("argument-unknown", Family.LAYER_OR_ARGUMENT, sentence, (ADDRESS,))
    return replace(one, cause=cause, behind=cause, remedies=remedies)


@pytest.fixture(scope="module")
def caused_report() -> Report:
    sample = sample_run(8, broken=False)
    return gather_judged(sample.snapshot, tuple(caused(one) for one in sample.judged))


def test_the_document_keeps_causes_and_remedies(caused_report: Report) -> None:
    row = next(one for one in caused_report.cells if one.cause)
    assert row.cause is not None
    assert row.behind == row.cause
    assert row.cause.references == (ADDRESS,)
    states = [RemedyState.DID_NOT_HELP, RemedyState.WORKED, RemedyState.CANNOT_BE_TRIED]
    assert [one.state for one in row.remedies] == states
    assert read_json(as_json(caused_report)) == caused_report


def test_causes_are_summed_up(caused_report: Report) -> None:
    (one,) = cause_summaries(caused_report.cells)
    cells = [row for row in caused_report.cells if row.cause]
    assert one.cells == len(cells)
    assert one.verdicts == ((Verdict.FAILS, len(cells)),)
    assert one.family == "layer or argument unknown to this version"
    assert [remedy.said for remedy in one.remedies] == [
        f"worked in {len(cells)} of {len(cells)}",
        "not tried",
    ]
    assert [remedy.said for remedy in one.rare] == [f"worked in 0 of {len(cells)}"]


def test_a_remedy_of_the_next_obstacle_is_none_of_the_cause(caused_report: Report) -> None:
    behind = tuple(
        replace(row, remedies=tuple(replace(one, behind=one.id == "way-2") for one in row.remedies))
        for row in caused_report.cells
    )
    (one,) = cause_summaries(behind)
    assert [remedy.text for remedy in (*one.remedies, *one.rare)] == [
        "go the way 3",
        "go the way 1",
    ]


def test_the_share_explained_is_shown_if_there_is_anything_to_explain(
    caused_report: Report, report: Report
) -> None:
    known = sum(row.cause is not None for row in caused_report.cells)
    total = sum(row.verdict not in {Verdict.SAME, Verdict.NOT_RUN} for row in caused_report.cells)
    line = explained_line(caused_report)
    assert line == f"{known:,} of {total:,} cells that are not the same have a known cause."
    assert explained_line(report) == ""


def test_cells_of_one_cause_are_one_finding_whatever_their_format(caused_report: Report) -> None:
    (one,) = [finding for finding in find(caused_report) if finding.cause]
    assert len(one.formats) > 1
    assert len(one.cells) == sum(row.cause is not None for row in caused_report.cells)
    assert one.help is not None
    assert (one.help.advice.text, one.help.advice.verified) == ("go the way 2", True)


def test_the_page_stores_each_cause_and_list_of_remedies_once(caused_report: Report) -> None:
    block = json.loads(data_block(caused_report).json)
    models = {row.model for row in caused_report.cells if row.cause}
    assert len(block["causes"]) == len(models) + 1
    assert len(block["remedies"]) == 2
    assert block["families"]["layer-or-argument"] == "layer or argument unknown to this version"


def test_the_page_shows_causes_escaped_and_links_them(caused_report: Report) -> None:
    page = as_html(caused_report)
    assert 'href="#?cause=argument-unknown"' in page
    assert f'<a href="{ADDRESS}" rel="noreferrer">[1]</a>' in page
    assert "&lt;b&gt;does not know&lt;/b&gt;" in page
    assert "<b>does not know" not in page


def test_a_page_without_causes_has_no_section_for_them(report: Report) -> None:
    assert 'id="causes"' not in as_html(report)


def test_csv_and_markdown_name_causes_and_states(caused_report: Report) -> None:
    table = as_csv(caused_report)
    assert "argument-unknown,layer-or-argument," in table
    assert "way-1: did-not-help; way-2: worked; way-3: cannot-be-tried" in table
    text = as_markdown(caused_report)
    assert "## Causes" in text
    assert "go the way 2 (worked in" in text


@pytest.mark.browser
def test_a_cell_opens_to_its_cause_and_what_helps(
    caused_report: Report, browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "index.html"
    path.write_text(as_html(caused_report), encoding="utf-8")
    row = next(one for one in caused_report.cells if one.cause)
    assert row.cause is not None
    browser.trouble.clear()
    browser.open(path, cell_link(row.id))
    shown = browser.run("document.getElementById('panel').innerText")
    assert row.cause.sentence in shown
    assert f"Next obstacle: {row.cause.sentence}" in shown
    assert "argument-unknown layer or argument unknown to this version" in shown
    order = [shown.index(text) for text in ("go the way 2", "go the way 3", "go the way 1")]
    assert order == sorted(order)
    assert "✓ verified here (tf2.18-py3.12)" in shown
    assert "✗ tried, did not help" in shown
    assert (
        browser.run(f"document.querySelector('#panel a[href=\"{ADDRESS}\"]').textContent") == "[1]"
    )
    assert browser.trouble == []


@pytest.mark.browser
def test_a_cell_marks_the_remedies_of_the_next_obstacle(
    caused_report: Report, browser: Browser, tmp_path: Path
) -> None:
    """On the page and in the terminal."""
    row = next(one for one in caused_report.cells if one.cause)
    marked = tuple(replace(one, behind=one.id == "way-2") for one in row.remedies)
    row = replace(row, remedies=marked)
    report = replace(caused_report, cells=(row,))
    path = tmp_path / "index.html"
    path.write_text(as_html(report), encoding="utf-8")
    browser.open(path, cell_link(row.id))
    shown = browser.run("document.getElementById('panel').innerText")
    assert shown.count("for the next obstacle") == 1
    assert "✓ verified here (tf2.18-py3.12), for the next obstacle" in shown
    lines = explain_lines(Found(row, None, report, {}), Source(tmp_path), width=200)
    told = [line.plain for line in lines if "next obstacle" in line.plain and "[" in line.plain]
    assert told == [
        "  [worked] go the way 2 (measured: tf2.18-py3.12), for the next obstacle",
    ]


@pytest.mark.browser
def test_the_cells_of_a_cause_can_be_filtered(
    caused_report: Report, browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "index.html"
    path.write_text(as_html(caused_report), encoding="utf-8")
    browser.open(path, "#?cause=argument-unknown")
    known = sum(row.cause is not None for row in caused_report.cells)
    shown = browser.run("document.getElementById('shown').textContent")
    assert shown == f"{known:,} of {len(caused_report.cells):,} cells"


def said_of_the_cause(report: Report, browser: Browser, path: Path) -> tuple[str, str]:
    """What the page says of the cells with the cause, filtered for, and of their pasted error."""
    error = ProbeError("OddError", "the wibble of the wobble was lost")  # not in the catalogue
    cells = tuple(replace(row, error=error) if row.cause else row for row in report.cells)
    path.write_text(as_html(replace(report, cells=cells)), encoding="utf-8")
    browser.open(path, "#?cause=argument-unknown")
    view = browser.run("document.getElementById('view').innerText")
    browser.open(path, f"#?cause=argument-unknown&error={quote(error.message, safe='')}")
    return view, browser.run("document.getElementById('error-causes').innerText")


@pytest.mark.browser
def test_the_page_advises_what_helps_most_cells_of_a_cause(
    caused_report: Report, browser: Browser, tmp_path: Path
) -> None:
    known = sum(row.cause is not None for row in caused_report.cells)
    view, box = said_of_the_cause(caused_report, browser, tmp_path / "index.html")
    assert f"go the way 2 worked in {known} of {known}" in view
    assert "go the way 1" not in view
    assert re.search(r"^go the way 2 \(worked for (\d+) of \1\)$", box, re.MULTILINE)


@pytest.mark.browser
def test_the_page_does_not_advise_what_helps_few_cells_of_a_cause(
    caused_report: Report, browser: Browser, tmp_path: Path
) -> None:
    first = next(row for row in caused_report.cells if row.cause)
    failed = tuple(replace(one, state=RemedyState.DID_NOT_HELP) for one in first.remedies)
    rows = tuple(
        replace(row, remedies=failed) if row.cause and row is not first else row
        for row in caused_report.cells
    )
    view, box = said_of_the_cause(
        replace(caused_report, cells=rows), browser, tmp_path / "index.html"
    )
    assert first.cause is not None
    assert first.cause.sentence in box
    assert "go the way" not in view + box


def test_the_cause_that_versions_in_use_meet_most_comes_first(caused_report: Report) -> None:
    """A cause of few cells, all of them between recent versions, and one of many older ones."""
    cells = [row for row in caused_report.cells if row.cause]
    recent = {cells[-1].saver, cells[-1].loader}
    rows = [
        replace(row, cause=replace(row.cause, id="met-today"))
        if row.cause and {row.saver, row.loader} <= recent
        else row
        for row in cells
    ]
    counts = {one.cause.id: one.cells for one in cause_summaries(rows)}
    assert counts["met-today"] < counts["argument-unknown"]
    assert next(one.cause.id for one in cause_summaries(rows, recent)) == "met-today"
    assert next(one.cause.id for one in cause_summaries(rows)) == "argument-unknown"
