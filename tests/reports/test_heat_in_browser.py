"""What the squares of the first screen show instead of the share that loads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from crossload.reports.document import CellRow, Report
from crossload.reports.shown import shown
from tests.reports.browser import Browser

pytestmark = pytest.mark.browser
TABLE = "[...document.querySelectorAll('.loads-table')].find((one) => !one.hidden)"
SQUARES = f"[...{TABLE}.querySelectorAll('td > a')]"
CHOOSE = """(() => { const one = document.getElementById("measure"); one.value = "%s";
    one.dispatchEvent(new Event("change")); })()"""
TEXTS = f"Object.fromEntries({SQUARES}.map((one) => [one.getAttribute('href'), one.textContent]))"


@pytest.fixture(autouse=True)
def usual_window(browser: Browser) -> Iterator[None]:
    browser.trouble.clear()
    yield
    browser.shape(1360, 1000)


def squares(report: Report, format_: str) -> dict[str, list[CellRow]]:
    """The measured cells of a format by the link of their square."""
    found: dict[str, list[CellRow]] = {}
    for row in shown(report).cells:
        if row.format == format_ and row.verdict.is_measured and not row.damaged:
            link = f"#?saver={row.saver}&format={format_}&loader={row.loader}"
            found.setdefault(link, []).append(row)
    return found


def two_digits(text: str) -> float:
    return float(text.split(maxsplit=1)[0])


def test_squares_show_the_largest_silent_difference(
    browser: Browser, page: Path, report: Report
) -> None:
    silent = next(row for row in report.cells if row.verdict == "differs")
    browser.open(page, f"#?format={silent.format}&show=difference")
    texts = browser.run(TEXTS)
    assert texts
    cells = squares(report, silent.format)
    assert texts.keys() == cells.keys()
    seen = 0
    for link, text in texts.items():
        known = [row.difference for row in cells[link] if row.verdict == "differs"]
        if not known:
            assert text == "none"
            continue
        seen += 1
        largest = max(one for one in known if one is not None)
        assert two_digits(text) == pytest.approx(largest, rel=0.06)
        assert text.endswith(f" in {len(known)}")
    assert seen
    assert browser.trouble == []


def test_squares_show_the_median_time_of_the_loads_that_work(
    browser: Browser, page: Path, report: Report
) -> None:
    browser.open(page, "#?format=h5&show=seconds")
    texts = browser.run(TEXTS)
    for link, rows in squares(report, "h5").items():
        seconds = [
            one.load_seconds
            for row in rows
            for one in row.attempts
            if one.strategy == "plain" and one.result in {"agrees", "differs"}
            if one.load_seconds is not None
        ]
        if seconds:
            assert two_digits(texts[link]) == pytest.approx(median(seconds), rel=0.06)
            assert texts[link].endswith(f" s of {len(seconds)}")
        else:
            assert texts[link] == "no load"


def test_the_choice_is_in_the_address_and_survives_a_click(browser: Browser, page: Path) -> None:
    browser.open(page)
    before = browser.run(TEXTS)
    browser.run(CHOOSE % "seconds")
    assert browser.run("location.hash") == "#?show=seconds"
    assert browser.run(TEXTS) != before
    browser.run(f"{SQUARES}[0].click()")
    assert browser.run("location.hash").endswith("&show=seconds")
    assert browser.run(f"{SQUARES}[0].getAttribute('aria-current')") == "true"
    browser.run(CHOOSE % "")
    assert "show" not in browser.run("location.hash")
    assert browser.run(TEXTS) == before


def test_the_line_above_the_table_says_what_is_shown(browser: Browser, page: Path) -> None:
    says = "document.getElementById('measure-says').textContent"
    browser.open(page)
    shares = browser.run(says)
    assert shares.startswith("The share of test models that load")
    assert shares in page.read_text(encoding="utf-8")  # without the script, too
    browser.open(page, "#?show=difference")
    assert browser.run(says).startswith("The largest difference of outputs")
    browser.open(page, "#?show=seconds")
    assert browser.run(says).startswith("The median time")
    browser.run(CHOOSE % "")
    assert browser.run(says) == shares


def test_forced_colours_show_how_strong_a_square_is(browser: Browser, page: Path) -> None:
    feature = {"name": "forced-colors", "value": "active"}
    browser.call("Emulation.setEmulatedMedia", features=[feature])
    browser.open(page, "#?format=h5&show=seconds")
    styles = f"{SQUARES}.map((one) => getComputedStyle(one.parentNode))"
    bars = browser.run(f"{styles}.map((one) => one.backgroundSize)")
    assert len(set(bars)) > 1
    assert all(one.endswith(" 4px") for one in bars)
    assert browser.run(f"new Set({styles}.map((one) => one.backgroundColor)).size") == 1
    browser.open(page, "#?format=h5")
    assert len(set(browser.run(f"{styles}.map((one) => one.backgroundSize)"))) > 1
    silent = "getComputedStyle(document.querySelector('.share td > a > b')).borderTopWidth"
    assert browser.run(silent) == "3px"


def test_an_unknown_measure_shows_the_shares(browser: Browser, page: Path) -> None:
    browser.open(page)
    shares = browser.run(TEXTS)
    browser.open(page, "#?show=constructor")
    assert browser.run(TEXTS) == shares
    assert browser.trouble == []


def test_a_name_says_what_is_seen_and_fits_a_phone(browser: Browser, page: Path) -> None:
    browser.shape(360, 800)
    browser.open(page, "#?show=seconds")
    seen = f"{SQUARES}.every((one) => one.ariaLabel.startsWith(one.textContent.trim()))"
    assert browser.run(seen)
    assert browser.run("document.documentElement.scrollWidth") == 360
