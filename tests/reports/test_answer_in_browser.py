"""The question and its answer where they are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.reports.browser import Browser

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_trouble")]
PAIR = "#?format=h5&saver=tf2.15-py3.11&loader=tf2.16-py3.12"


def test_the_address_is_the_question(browser: Browser, page: Path) -> None:
    browser.open(page, PAIR)
    said = browser.run("document.getElementById('said').textContent")
    assert said == (
        "Often not directly. Of 7 test models: 1 loses training state "
        "and 6 need a flag or your class."
    )
    assert browser.run("document.getElementById('pick-saver').value") == "tf2.15-py3.11"
    command = browser.run("document.getElementById('command').textContent")
    assert command == "crossload check FILE --to tf2.16-py3.12"
    assert browser.run("scrollY") == 0
    assert browser.trouble == []


def test_a_picker_changes_the_address(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run(
        """(() => {
            const pick = document.getElementById("pick-loader");
            pick.value = "tf2.16-py3.12";
            pick.dispatchEvent(new Event("change"));
        })()"""
    )
    assert browser.run("location.hash") == "#?loader=tf2.16-py3.12"
    browser.run("document.getElementById('forget').click()")
    assert browser.run("location.hash") == ""


def test_a_square_asks_its_question_and_is_marked(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('.share a[href*=\"tf2.15-py3.11&format=h5\"]').click()")
    assert browser.run("document.querySelectorAll('.share [aria-current]').length") == 1
    name = browser.run("document.querySelector('.share [aria-current]').ariaLabel")
    assert "Saved by TF 2.15, loaded by TF 2.16. Often not directly. Of 7" in name


def test_one_model_is_answered_by_its_cell(browser: Browser, page: Path) -> None:
    browser.open(page, f"{PAIR}&model=twin-dense")
    said = browser.run("document.getElementById('said').textContent")
    assert said == "Loses training state. A made-up cell that says partial"
    browser.run("document.getElementById('show-cells').click()")
    assert browser.run("document.getElementById('panel').open") is True


def test_one_table_is_shown_and_all_of_them_without_the_script(
    browser: Browser, page: Path
) -> None:
    visible = "[...document.querySelectorAll('.loads-table')].filter((one) => !one.hidden).length"
    browser.open(page)
    assert browser.run(visible) == 1
    assert page.read_text(encoding="utf-8").count('<table class="grid share">') == 4


TRACEBACK = """Traceback (most recent call last):
  File "predict.py", line 3, in <module>
    model = load_model("model.h5")
ValueError: Layer count mismatch: expected `5`,
file has 3"""


def test_a_pasted_traceback_finds_its_cells(browser: Browser, page: Path) -> None:
    browser.open(page)
    said = browser.run(
        f"""(() => {{
            const box = document.getElementById("error");
            box.value = {json.dumps(TRACEBACK)};
            box.dispatchEvent(new Event("input"));
            return new Promise((done) => setTimeout(() => done(
                document.getElementById("error-causes").innerText), 400));
        }})()"""
    )
    assert said.endswith(" cells raised this error or one like it.")
    shown = "[...document.querySelectorAll('.grid-card')].filter((one) => !one.hidden)"
    formats = f"[...new Set({shown}.map((one) => one.querySelector('small').textContent))]"
    assert browser.run(formats) == ["as weights-h5"]
    assert browser.run("document.getElementById('error-causes').offsetParent !== null")
    assert "Layer%20count%20mismatch" in browser.run("location.hash")


def test_an_unknown_error_says_so(browser: Browser, page: Path) -> None:
    browser.open(page, "#?error=ZeroDivisionError%3A%20division%20by%20zero")
    said = browser.run("document.getElementById('error-causes').textContent")
    assert said.startswith("No cell raised an error like this.")


def test_a_grid_has_one_tab_stop(browser: Browser, page: Path) -> None:
    browser.open(page)
    stops = browser.run(
        """[...document.querySelectorAll(".cells, .loads-table:not([hidden]) table")].map(
            (table) => [...table.querySelectorAll("a")].filter((link) => link.tabIndex === 0).length
        )"""
    )
    assert stops == [1] * 29
