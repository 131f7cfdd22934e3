"""Views by address, copying and downloading, where they are used."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crossload.reports.as_html import as_html
from crossload.reports.as_json import as_json
from crossload.reports.changes import changed_line, compared
from crossload.reports.document import Report
from crossload.reports.links import cell_link
from crossload.runner.words import Verdict
from tests.reports.browser import Browser

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_trouble")]
VIEW = "document.getElementById('view')"
# Keeps what would be saved and copied, as text.
CATCH = """(() => {
    window.saved = [];
    URL.createObjectURL = (blob) => { window.saved.push(blob.text()); return "data:,"; };
    HTMLAnchorElement.prototype.click = () => {};
    Object.defineProperty(navigator, "clipboard", {
        value: { writeText: async (text) => { window.copied = text; } }, configurable: true });
})()"""


def saved(browser: Browser, button: str) -> Any:
    """What the button saves."""
    browser.run(CATCH)
    browser.run(f"document.querySelector('[data-download={button}]').click()")
    return browser.run("window.saved[0]")


@pytest.mark.parametrize(
    ("address", "title", "rows"),
    [
        pytest.param("#?environment=tf2.15-py3.11", "tf2.15-py3.11", 5, id="environment"),
        pytest.param("#?model=lstm", "Model lstm", 0, id="model"),
        pytest.param(
            "#?saver=tf2.15-py3.11&loader=tf2.16-py3.12",
            "Saved by tf2.15-py3.11, loaded by tf2.16-py3.12",
            7,
            id="upgrade",
        ),
    ],
)
def test_a_view_has_its_address(
    browser: Browser, page: Path, address: str, title: str, rows: int
) -> None:
    browser.open(page, address)
    assert browser.run(f"{VIEW}.querySelector('h3').textContent") == title
    assert browser.run(f"{VIEW}.querySelectorAll('tbody tr').length") == rows
    assert browser.trouble == []


def test_an_environment_is_shown_with_its_versions_and_cells(browser: Browser, page: Path) -> None:
    browser.open(page, "#?environment=tf2.15-py3.11")
    assert "tensorflow 2.15.1" in browser.run(f"{VIEW}.textContent")
    names = {
        row["saver"] + "/" + row["loader"] for row in json.loads(saved(browser, "json"))["cells"]
    }
    assert all("tf2.15-py3.11" in one for one in names)
    assert len(names) == 9


def test_an_open_tab_follows_a_new_address(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("location.hash = '#?environment=tf2.4-py3.8'")
    browser.run("new Promise((done) => setTimeout(done, 100))")
    assert browser.run(f"{VIEW}.querySelector('h3').textContent") == "tf2.4-py3.8"
    top = browser.run("document.getElementById('grids').getBoundingClientRect().top")
    assert abs(top) < 60
    browser.run("location.hash = '#environments'")
    browser.run("new Promise((done) => setTimeout(done, 100))")
    assert browser.run(f"{VIEW}.hidden")


@pytest.mark.parametrize("part", ["formats", "upgrades", "environments", "run", "grids"])
def test_a_part_of_the_page_has_its_address(browser: Browser, page: Path, part: str) -> None:
    browser.open(page, f"#{part}")
    assert browser.run(f"document.getElementById('{part}').getBoundingClientRect().top") < 1000
    assert browser.run("scrollY") > 0


def test_what_is_on_screen_is_saved_as_csv(browser: Browser, page: Path, report: Report) -> None:
    browser.open(page, "#?verdict=differs")
    rows = list(csv.DictReader(io.StringIO(saved(browser, "csv"), newline="")))
    assert [row["cell"] for row in rows] == [
        row.id for row in report.cells if row.verdict == "differs"
    ]
    assert {row["label"] for row in rows} == {"silently wrong"}


def test_hostile_cells_are_saved_as_text(
    browser: Browser, hostile_report: Report, tmp_path: Path
) -> None:
    path = tmp_path / "index.html"
    path.write_text(as_html(hostile_report), encoding="utf-8")
    browser.open(path)
    rows = list(csv.reader(io.StringIO(saved(browser, "csv"), newline="")))
    assert len(rows) == 1 + len(hostile_report.cells)
    for field in (field for row in rows for field in row):
        assert not field.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")), field


def test_the_shown_shares_are_saved(browser: Browser, page: Path) -> None:
    browser.open(page, "#?format=keras")
    rows = list(csv.DictReader(io.StringIO(saved(browser, "shares"), newline="")))
    assert {row["format"] for row in rows} == {"keras"}
    row = next(one for one in rows if (one["saver"], one["loader"]) == ("tf2.15-py3.11",) * 2)
    assert (row["loads"], row["as_it_is"], row["with_help"]) == ("7", "6", "7")


def test_a_cell_is_copied_as_markdown(browser: Browser, page: Path, report: Report) -> None:
    row = next(one for one in report.cells if one.verdict == "fails")
    browser.open(page, cell_link(row.id))
    browser.run(CATCH)
    browser.run("document.querySelector('[data-copies=cell-markdown]').click()")
    copied = browser.run("window.copied")
    assert copied.startswith(
        f"**✗ fails**: `{row.model}` as `{row.format}`, saved by `{row.saver}`"
    )
    assert row.error is not None
    assert f"```\n{row.error.type}: {row.error.message}\n```" in copied
    assert copied.endswith(f"Reproduce it: `crossload reproduce {row.id}`")


def test_the_recipe_that_ran_is_shown_and_copied(
    browser: Browser, report: Report, tmp_path: Path
) -> None:
    row = next(one for one in report.cells if one.verdict == "assisted")
    code = 'from tensorflow import keras\nmodel = keras.models.load_model("model.h5")'
    attempts = tuple(replace(one, code=code) for one in row.attempts)
    path = tmp_path / "index.html"
    path.write_text(
        as_html(replace(report, cells=(replace(row, attempts=attempts),))), encoding="utf-8"
    )
    browser.open(path, cell_link(row.id))
    browser.run(CATCH)
    browser.run("document.querySelector('.panel-head [data-copies^=code-]').click()")
    assert browser.run("window.copied") == code


def drop(browser: Browser, content: str) -> str:
    """Drop a file on the page and return what it says."""
    browser.run(
        f"""(() => {{
            const data = new DataTransfer();
            data.items.add(new File([{json.dumps(content)}], "old.json"));
            document.dispatchEvent(new DragEvent("drop", {{ dataTransfer: data }}));
            return new Promise((done) => setTimeout(done, 300));
        }})()"""
    )
    said: str = browser.run("document.getElementById('changes-counted').textContent")
    return said


def test_a_dropped_report_is_compared_as_the_command_does(
    browser: Browser, page: Path, report: Report
) -> None:
    old = replace(
        report,
        cells=tuple(
            replace(row, verdict=Verdict.FAILS) if row.model == "dense" else row
            for row in report.cells[:-5]
        ),
    )
    browser.open(page)
    said = drop(browser, as_json(old))
    assert said == changed_line(compared(report, old, "old.json"))
    first = "document.querySelector('#changes-list details:nth-of-type(2) a')"
    browser.run(f"{first}.click()")
    assert browser.run("document.getElementById('panel').open")
    assert browser.trouble == []


def test_another_file_is_refused(browser: Browser, page: Path, report: Report) -> None:
    browser.open(page)
    drop(browser, as_json(report))
    said = drop(browser, "[1]")
    assert said == "old.json is not a file of crossload report --format json."
    assert browser.run("document.getElementById('changes-list').children.length") == 0
    assert browser.trouble == []
