"""What a stranger wants of the page, each in at most three clicks."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.reports.as_html import as_html
from crossload.reports.document import Report
from tests.reports.browser import Browser

pytestmark = pytest.mark.browser
SAID = "document.getElementById('said').textContent"


@pytest.fixture
def page(browser: Browser, report: Report, tmp_path: Path) -> Browser:
    path = tmp_path / "index.html"
    path.write_text(as_html(report), encoding="utf-8")
    browser.trouble.clear()
    browser.open(path)
    return browser


def choose(page: Browser, picker: str, value: str) -> None:
    page.run(
        f"""(() => {{
            const pick = document.getElementById("pick-{picker}");
            pick.value = "{value}";
            pick.dispatchEvent(new Event("change"));
        }})()"""
    )


def click(page: Browser, selector: str) -> None:
    page.run(f"document.querySelector({selector!r}).click()")
    page.run("new Promise((done) => setTimeout(done, 50))")


def test_does_an_h5_file_of_one_version_load_in_another(page: Browser) -> None:
    choose(page, "saver", "tf2.10-py3.10")
    choose(page, "format", "h5")
    choose(page, "loader", "tf2.16-py3.12")
    assert page.run(SAID).startswith("Often not directly. Of 7 test models: ")


def test_what_breaks_in_an_upgrade_and_what_changes_silently(page: Browser) -> None:
    click(page, "#upgrades a[href*='saver=tf2.15-py3.11']")
    assert "1 is silently wrong" in page.run(SAID)
    assert page.run("document.querySelectorAll('#view td.v-differs').length") == 1


def test_does_my_lstm_in_keras_format_load(page: Browser) -> None:
    choose(page, "model", "lstm")
    choose(page, "format", "keras")
    choose(page, "loader", "tf2.16-py3.12")
    assert "Of 3 loads: " in page.run(SAID)


def test_which_format_is_safest(page: Browser) -> None:
    click(page, "nav a[href='#formats']")
    assert abs(page.run("document.getElementById('formats').getBoundingClientRect().top")) < 1000
    assert page.run("document.querySelector('.reach tbody th').textContent") == ".h5"


def test_only_silent_differences(page: Browser) -> None:
    click(page, "[data-verdict=differs]")
    assert page.run("document.getElementById('shown').textContent") == "8 of 700 cells"


def test_what_is_wrong_with_one_cell_and_its_address(page: Browser) -> None:
    click(page, ".cells td.v-fails a")
    assert page.run("document.getElementById('panel').open")
    link = page.run("document.getElementById('cell-address').textContent")
    assert link == page.run("location.href")


def test_what_an_environment_is_made_of(page: Browser) -> None:
    click(page, "nav a[href='#environments']")
    click(page, "#environments a[href*='tf2.13-py3.11']")
    assert "tensorflow 2.13.1" in page.run("document.getElementById('view').textContent")
