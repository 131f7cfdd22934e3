"""The search box: its query language, its suggestions, and what it says of an unknown word."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from crossload.reports.as_html import as_html
from crossload.reports.document import CellRow, Report
from crossload.reports.shown import shown
from tests.reports.browser import Browser

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_trouble")]
BOX = "document.getElementById('search')"
OPTIONS = "[...document.querySelectorAll('#suggestions li')]"
TEXTS = f"{OPTIONS}.map((one) => one.firstChild.textContent)"
PROBLEMS = "document.getElementById('query-problems').textContent"
SHOWN = "document.getElementById('shown').textContent"
SETTLED = "new Promise((done) => setTimeout(done, 200))"  # typing is followed after a short pause
NEWEST = ("tf2.15-py3.11", "tf2.16-py3.12")


def search(browser: Browser, page: Path, query: str) -> None:
    browser.follow(page, f"#?search={quote(query, safe='')}")


def write(browser: Browser, text: str) -> None:
    """Type into the box, in place of what it holds."""
    browser.run(f"{BOX}.focus(); {BOX}.select()")
    browser.call("Input.insertText", text=text)


def is_same(row: CellRow) -> bool:
    return row.verdict == "same"


def pair(row: CellRow) -> bool:
    return (row.saver, row.loader) == NEWEST


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("saver:2.15 loader:2.16", pair, id="parts-of-names"),
        pytest.param("SAVER:TF2.15-py3.11 loader:tf2.16*", pair, id="case-and-star"),
        pytest.param("model:lstm,dense", lambda r: r.model in {"lstm", "dense"}, id="commas"),
        pytest.param("model:lstm model:dense", lambda r: r.model in {"lstm", "dense"}, id="again"),
        pytest.param("-verdict:same", lambda r: not is_same(r), id="excluded"),
        pytest.param("format:keras", lambda r: r.format == "keras", id="whole-name-first"),
        pytest.param('verdict:"silently wrong"', lambda r: r.verdict == "differs", id="label"),
        pytest.param("format:.h5", lambda r: r.format == "h5", id="label-of-a-format"),
        pytest.param(
            'saver:"TF 2.15" loader:"tf 2.16"', pair, id="labels-of-environments-in-any-case"
        ),
        pytest.param(
            "environment:2.15 -saver:2.15",
            lambda r: r.loader == NEWEST[0] != r.saver,
            id="saver-or-loader",
        ),
        pytest.param(
            '"layer count mismatch"', lambda r: r.format == "weights-h5" and r.error, id="phrase"
        ),
        pytest.param("saver:1", lambda _: False, id="no-part-of-a-number"),
        pytest.param("model:lstm saver:", lambda r: r.model == "lstm", id="half-typed"),
    ],
)
def test_a_query_shows_the_cells_that_it_names(
    browser: Browser, page: Path, report: Report, query: str, expected: object
) -> None:
    assert callable(expected)
    search(browser, page, query)
    count = sum(bool(expected(row)) for row in shown(report).cells)
    assert browser.run(SHOWN) == f"{count:,} of {len(shown(report).cells):,} cells"
    assert browser.run(f"{BOX}.value") == query
    assert browser.trouble == []


def test_excluded_words_and_their_opposite_are_all_cells(
    browser: Browser, page: Path, report: Report
) -> None:
    counts = []
    for query in ('"layer count"', '-"layer count"'):
        search(browser, page, query)
        counts.append(int(browser.run(SHOWN).split()[0]))
    assert min(counts) > 0
    assert sum(counts) == len(shown(report).cells)


@pytest.mark.parametrize(
    ("query", "says", "corrected"),
    [
        pytest.param("model:lsmt", "No model is called “lsmt”.", "model:lstm", id="value"),
        pytest.param(
            "-loader:tf2.17",
            "No loader is called “tf2.17”.",
            "-loader:tf2.10-py3.10",
            id="version",
        ),
        pytest.param(
            "savr:2.15", "“savr:” is not a filter and is searched as text.", "saver:2.15", id="key"
        ),
    ],
)
def test_what_is_unknown_is_named_with_the_nearest(
    browser: Browser, page: Path, query: str, says: str, corrected: str
) -> None:
    search(browser, page, f"dense {query} tf2")
    assert browser.run(PROBLEMS).startswith(f"{says} Nearest: ")
    browser.run("document.querySelector('#query-problems button').click()")
    browser.run(SETTLED)
    assert browser.run(f"{BOX}.value") == f"dense {corrected} tf2"
    assert browser.run(PROBLEMS) == ""
    assert browser.run("location.hash") == f"#?search={quote(f'dense {corrected} tf2', safe='')}"


def test_suggestions_are_taken_with_the_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run(f"{BOX}.getAttribute('aria-expanded')") == "false"
    write(browser, "dense loa")
    assert browser.run(TEXTS) == ["loader:"]
    assert browser.run(f"{BOX}.getAttribute('aria-expanded')") == "true"
    browser.press("ArrowDown")
    active = f"document.getElementById({BOX}.getAttribute('aria-activedescendant'))"
    assert browser.run(f"{active}.getAttribute('aria-selected')") == "true"
    browser.press("Enter")
    assert browser.run(f"{BOX}.value") == "dense loader:"
    assert browser.run(f"{TEXTS}.length") == 5
    browser.press("ArrowUp")
    last = browser.run(f"{TEXTS}.at(-1)")
    browser.press("Enter")
    browser.run(SETTLED)
    assert browser.run("location.hash") == f"#?search={quote(f'dense loader:{last}', safe='')}"
    assert browser.run("document.getElementById('suggestions').hidden")
    assert browser.run(f"document.activeElement === {BOX}")


def test_escape_closes_the_suggestions_and_keeps_the_query(browser: Browser, page: Path) -> None:
    browser.open(page)
    write(browser, "verdict:same,fa")
    assert browser.run(TEXTS) == ["fails"]
    browser.press("Escape")
    assert browser.run("document.getElementById('suggestions').hidden")
    assert browser.run(f"{BOX}.value") == "verdict:same,fa"
    browser.press("ArrowDown")
    browser.press("Enter")
    assert browser.run(f"{BOX}.value") == "verdict:same,fails"


def test_a_word_is_completed_to_a_filter_with_the_number_of_its_cells(
    browser: Browser, page: Path, report: Report
) -> None:
    browser.open(page)
    write(browser, "lst")
    count = sum(row.model == "lstm" for row in shown(report).cells)
    assert browser.run(f"{OPTIONS}.map((one) => one.textContent)") == [f"model:lstm {count} cells"]
    browser.run(f"{OPTIONS}[0].click()")
    assert browser.run(f"{BOX}.value") == "model:lstm"


def test_hostile_names_are_suggested_as_text_and_found(
    browser: Browser, hostile_report: Report, tmp_path: Path
) -> None:
    path = tmp_path / "index.html"
    path.write_text(as_html(hostile_report), encoding="utf-8")
    browser.open(path)
    write(browser, "model:")
    assert browser.run(f"{OPTIONS}.length") == min(10, len(hostile_report.models))
    assert browser.run("document.querySelectorAll('#suggestions :not(li, span)').length") == 0
    browser.run(SETTLED)
    for name in hostile_report.models:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        search(browser, path, f'model:"{quoted}"')
        count = sum(row.model == name for row in shown(hostile_report).cells)
        assert browser.run(SHOWN).startswith(f"{count} of ")
    assert browser.trouble == []


def test_a_query_of_stars_and_quotes_is_answered(browser: Browser, page: Path) -> None:
    search(browser, page, "model:" + "*a" * 300 + ' saver:"' + "\\" * 5000 + ' -"')
    assert browser.run(SHOWN).startswith("0 of ")
    assert browser.trouble == []


def test_an_address_counts_more_than_what_was_just_typed(browser: Browser, page: Path) -> None:
    """Typing is followed after a pause, in which the reader may have gone somewhere else."""
    search(browser, page, "model:dense")
    shown_there = browser.run(SHOWN)
    search(browser, page, "model:lstm")
    write(browser, "verdict:nothing")
    search(browser, page, "model:dense")
    browser.run(SETTLED)
    assert browser.run(SHOWN) == shown_there
    assert browser.run(f"{BOX}.value") == "model:dense"
    assert browser.run("location.hash") == "#?search=model%3Adense"


def test_a_value_of_backslashes_is_typed_without_waiting(browser: Browser, page: Path) -> None:
    browser.open(page)
    write(browser, 'model:"' + "\\" * 2000 + 'x" y')
    browser.run(SETTLED)
    assert browser.run(SHOWN).startswith("0 of ")
