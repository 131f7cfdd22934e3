"""The question and its answer where they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.reports.as_html import as_html
from crossload.reports.document import Report
from tests.reports.browser import Browser

pytestmark = pytest.mark.browser
PAIR = "#?format=h5&saver=tf2.15-py3.11&loader=tf2.16-py3.12"


@pytest.fixture(scope="module")
def page(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("answer") / "index.html"
    path.write_text(as_html(report), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def no_trouble(browser: Browser) -> None:
    browser.trouble.clear()


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
    assert name.startswith("Saved by TF 2.15, loaded by TF 2.16. Often not directly. Of 7")


def test_one_model_is_answered_by_its_cell(browser: Browser, page: Path) -> None:
    browser.open(page, f"{PAIR}&model=twin-dense")
    said = browser.run("document.getElementById('said').textContent")
    assert said == "Loses training state. a made-up cell that says partial"
    browser.run("document.getElementById('show-cells').click()")
    assert browser.run("document.getElementById('panel').open") is True


def test_one_table_is_shown_and_all_of_them_without_the_script(
    browser: Browser, page: Path
) -> None:
    visible = "[...document.querySelectorAll('.loads-table')].filter((one) => !one.hidden).length"
    browser.open(page)
    assert browser.run(visible) == 1
    assert page.read_text(encoding="utf-8").count('<table class="grid share">') == 4
