"""The page for everyone: an accessibility checker, the keyboard, forced colours, a phone, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossload.reports.as_html import as_html
from crossload.reports.gather import gather_judged
from crossload.runner.words import Format
from tests.reports.browser import Browser
from tests.reports.samples import run_of, sample_run

pytestmark = pytest.mark.browser
PALETTE = Path(__file__).resolve().parents[2] / "reports" / "assets" / "palette.css"
AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
VIOLATIONS = """axe.run(document, { %s resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => [id, nodes.map((one) => one.target.join(" "))]))"""
EVERY_RULE = VIOLATIONS % ""
COLOURS = VIOLATIONS % 'runOnly: ["color-contrast", "link-in-text-block"],'
SHORT = {
    *(("lstm", one) for one in (Format.H5, Format.SAVEDMODEL, Format.KERAS, Format.WEIGHTS_H5)),
    *((one, Format.H5) for one in ("dense", "twin-dense", "lambda")),
    ("conv-bn", Format.WEIGHTS_H5),
}
CELL = "#tf2.4-py3.8/dense.h5/tf2.16-py3.12"
FEW = {"tf1.15-py3.7", "tf2.4-py3.8", "tf2.15-py3.11", "tf2.16-py3.12"}
PAIR = "#?saver=tf2.15-py3.11&loader=tf2.16-py3.12"
CONTROLS = "a, button, input, select, textarea, summary, [tabindex]"
TAB_STOPS = f"""[...document.querySelectorAll("{CONTROLS}")]
    .filter((one) => one.tabIndex >= 0 && one.checkVisibility()).length"""
VISIBLE = "[...document.querySelectorAll('%s')].filter((one) => one.checkVisibility())"
FOCUS = "document.activeElement.closest('.grid-card')?.querySelector('h3').textContent"
PAPER = 1032  # CSS pixels across A4 in landscape, within the margins


@pytest.fixture(scope="module")
def wide_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """25 environments: more columns than words fit beside each other."""
    sample = sample_run(25, ("dense",), broken=False)
    path = tmp_path_factory.mktemp("wide") / "index.html"
    path.write_text(as_html(gather_judged(sample.snapshot, sample.judged)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def short_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every look that the page has, in fewer squares: the checker takes its time for each."""
    whole = sample_run(6)
    kept = [
        one
        for one in whole.judged
        if (one.cell.model, one.cell.format) in SHORT and {one.cell.saver, one.cell.loader} <= FEW
    ]
    assert {one.verdict for one in kept} == {one.verdict for one in whole.judged}
    sample = run_of([one for one in whole.snapshot.environments if one.id in FEW], kept)
    short = gather_judged(sample.snapshot, sample.judged)
    path = tmp_path_factory.mktemp("short") / "index.html"
    path.write_text(as_html(short), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def usual_window(browser: Browser) -> Iterator[None]:
    yield
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
    browser.shape(1360, 1000)


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run `npm ci` in tests/reports/axe")
    return AXE.read_text(encoding="utf-8")


def test_the_dark_scheme_changes_colours_alone() -> None:
    (dark,) = re.findall(
        r"prefers-color-scheme: dark\) \{(.+?)\n\}", PALETTE.read_text(), re.DOTALL
    )
    inside = dark.partition(":root {")[2].partition("}")
    assert all(one.strip().startswith("--") for one in inside[0].split(";") if one.strip())
    assert inside[2].strip() == ""
    others = [path for path in PALETTE.parent.glob("*.css") if path != PALETTE]
    assert not [path for path in others if "prefers-color-scheme" in path.read_text()]


# What the checker finds in dark alone is a colour, where the same was looked at in light.
@pytest.mark.parametrize(
    ("address", "width", "scheme"),
    [
        pytest.param("", 1360, "light", id="light"),
        pytest.param("", 1360, "dark again", id="dark"),
        pytest.param("", 360, "light", id="phone"),
        pytest.param(CELL, 1360, "light", id="open-cell"),
        pytest.param(CELL, 1360, "dark again", id="open-cell-dark"),
        pytest.param(PAIR, 1360, "light", id="pair"),
        pytest.param("#?environment=tf2.15-py3.11", 1360, "light", id="environment"),
        pytest.param("#?error=layer%20count%20mismatch", 1360, "light", id="error"),
        pytest.param("#?show=difference&format=h5", 1360, "light", id="difference"),
        pytest.param("#?show=difference&format=h5", 1360, "dark again", id="difference-dark"),
        pytest.param("#?show=seconds", 1360, "light", id="seconds"),
        pytest.param("#?show=seconds", 360, "dark", id="seconds-phone"),
        pytest.param("#?search=savr%3A2.15%20model%3Alsmt", 1360, "light", id="query"),
        pytest.param("#?search=savr%3A2.15%20model%3Alsmt", 360, "dark", id="query-phone"),
    ],
)
def test_the_accessibility_checker_finds_nothing(
    browser: Browser, short_page: Path, axe: str, address: str, width: int, scheme: str
) -> None:
    browser.shape(width, 900, dark=scheme != "light")
    browser.open(short_page, address)
    browser.run(axe)
    assert browser.run(COLOURS if scheme == "dark again" else EVERY_RULE) == []


@pytest.mark.parametrize(("dark", "rules"), [(False, EVERY_RULE), (True, COLOURS)])
def test_the_accessibility_checker_finds_nothing_in_open_suggestions(
    browser: Browser, short_page: Path, axe: str, rules: str, *, dark: bool
) -> None:
    browser.shape(1360, 900, dark=dark)
    browser.open(short_page)
    browser.run("document.getElementById('search').focus()")
    browser.press("ArrowDown")
    assert browser.run("document.querySelectorAll('#suggestions [aria-selected=true]').length") == 1
    browser.run(axe)
    assert browser.run(rules) == []


def test_a_large_table_is_one_tab_stop(browser: Browser, page: Path, wide_page: Path) -> None:
    browser.open(page)
    few = browser.run(TAB_STOPS)
    assert few < 100
    browser.open(wide_page)
    assert browser.run("document.querySelectorAll('.cells td > a').length") == 2500
    assert browser.run(TAB_STOPS) < few


def test_arrow_keys_walk_the_list_of_grids(browser: Browser, page: Path) -> None:
    browser.open(page, "#?model=lstm")
    stops = (
        "[...document.querySelectorAll('.grid-card > summary')].filter((one) => one.tabIndex === 0)"
    )
    assert browser.run(f"{stops}.length") == 1
    browser.run(f"{stops}[0].focus()")
    assert browser.run(FOCUS) == "lstm"
    browser.press("ArrowDown")
    assert (
        browser.run("document.activeElement.querySelector('small').textContent") == "as savedmodel"
    )
    assert browser.run(f"{stops}[0] === document.activeElement")
    browser.press("ArrowUp")
    browser.press("ArrowUp")  # there is nothing above the first one
    assert browser.run("document.activeElement.querySelector('small').textContent") == "as h5"
    browser.run("document.getElementById('reset').click()")
    assert browser.run(f"{stops}.length") == 1


def test_what_is_chosen_shows_in_forced_colours(browser: Browser, page: Path) -> None:
    browser.open(page, "#?verdict=differs")
    feature = {"name": "forced-colors", "value": "active"}
    browser.call("Emulation.setEmulatedMedia", features=[feature])
    for buttons in ("#tabs button", "#verdict-chips button"):
        style = f"getComputedStyle(document.querySelector('{buttons}[aria-pressed=%s]'))"
        colours = {browser.run(f"{style % one}.backgroundColor") for one in ("true", "false")}
        assert len(colours) == 2
    style = "getComputedStyle(document.querySelector('.cells td%s > a'))"
    assert browser.run(f"{style % '.v-differs'}.borderTopWidth") == "3px"
    assert browser.run(f"{style % '.v-same:not(.own)'}.borderTopWidth") == "1px"


def test_the_lines_of_the_chart_show_in_forced_colours(browser: Browser, page: Path) -> None:
    browser.open(page)
    feature = {"name": "forced-colors", "value": "active"}
    browser.call("Emulation.setEmulatedMedia", features=[feature])
    ink, ground = browser.run(
        """((one) => [one.color, one.backgroundColor])(getComputedStyle(document.body))"""
    )
    assert ink != ground
    styles = "[...document.querySelectorAll('.trend %s')].map((one) => getComputedStyle(one).%s)"
    assert set(browser.run(styles % ("polyline", "stroke"))) == {ink}
    assert set(browser.run(styles % (".trend-mark", "fill"))) == {ink}
    assert set(browser.run(styles % ("text", "fill"))) == {ink}
    # Without colours, a line is told by its mark, and what it measures by its dashes.
    ends = "[...document.querySelectorAll('.trend g')].map((one) => one.querySelector('%s'))"
    marks = f"{ends % '.trend-mark'}.map((one) => one.getAttribute('d'))"
    found = browser.run(marks)
    assert len(set(found)) == len(found) > 1
    dashes = set(browser.run(styles % ("polyline", "strokeDasharray")))
    assert len(dashes) == 2


@pytest.mark.parametrize("address", ["", PAIR], ids=["grids", "pair"])
def test_a_phone_shows_more_cells_than_names(browser: Browser, page: Path, address: str) -> None:
    browser.shape(360, 800)
    browser.open(page, address)
    assert browser.run("document.documentElement.scrollWidth") == 360
    shares = browser.run(
        """[...document.querySelectorAll(".grid-scroll")]
            .filter((one) => one.checkVisibility() && one.querySelector("tbody th")?.offsetWidth)
            .map((one) => one.querySelector("tbody th").offsetWidth / one.clientWidth)"""
    )
    assert shares
    assert max(shares) < 0.4


def test_two_versions_are_picked_on_a_phone(browser: Browser, page: Path) -> None:
    browser.shape(360, 800)
    browser.open(page)
    for key, value in (("saver", "tf2.15-py3.11"), ("loader", "tf2.16-py3.12")):
        browser.run(
            f"""(() => {{
                const pick = document.getElementById("pick-{key}");
                pick.value = "{value}";
                pick.dispatchEvent(new Event("change", {{ bubbles: true }}));
            }})()"""
        )
    assert browser.run("location.hash") == PAIR
    inside = """[...document.querySelectorAll("#question select")].every((one) =>
        one.getBoundingClientRect().right <= 360 && one.closest("label").offsetHeight < 45)"""
    assert browser.run(inside)
    assert browser.run("document.querySelectorAll('#view td.cell').length") == 28


@pytest.mark.parametrize("address", ["", PAIR], ids=["page", "pair"])
def test_everything_fits_on_paper(
    browser: Browser, page: Path, wide_page: Path, address: str
) -> None:
    for path in (page, wide_page):
        browser.shape(PAPER, 720)
        browser.open(path, address if path == page else "")
        browser.call("Emulation.setEmulatedMedia", media="print")
        browser.run("window.dispatchEvent(new Event('beforeprint'))")
        wide = f"((one) => one.getBoundingClientRect().right > {PAPER} + 1)"
        assert browser.run(f"{VISIBLE % 'main *'}.filter{wide}.map((one) => one.outerHTML)") == []
        assert browser.run("document.documentElement.scrollWidth") == PAPER
        controls = VISIBLE % "button, select, input"
        assert browser.run(f"{controls}.map((one) => one.outerHTML)") == []
        browser.call("Emulation.setEmulatedMedia", media="", features=[])


def test_symbols_stand_for_words_where_paper_is_narrow(browser: Browser, wide_page: Path) -> None:
    browser.open(wide_page)
    browser.call("Emulation.setEmulatedMedia", media="print")
    size = "getComputedStyle(document.querySelector('.cells td > a%s')).fontSize"
    assert browser.run(size % "") == "0px"
    assert browser.run(size % " > .symbol") != "0px"
    upright = "getComputedStyle(document.querySelectorAll('.cells thead th')[1]).writingMode"
    assert browser.run(upright) == "vertical-rl"
