"""The page where it is read: a real browser, friendly and hostile data."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.reports.as_html import as_html
from crossload.reports.document import CellRow, Report
from crossload.reports.gather import gather_judged
from crossload.reports.links import cell_link
from crossload.runner.words import Format
from tests.reports.browser import Browser
from tests.reports.samples import sample_run

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("no_trouble")]


@pytest.fixture(scope="module")
def hostile_page(hostile_report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "index.html"
    path.write_text(as_html(hostile_report), encoding="utf-8")
    return path


def test_hostile_text_opens_without_dialog_request_or_error(
    browser: Browser, hostile_page: Path, hostile_report: Report
) -> None:
    browser.open(hostile_page, cell_link(hostile_report.cells[-1].id))
    for row in hostile_report.cells:
        browser.follow(hostile_page, cell_link(row.id))
        assert browser.run("panel = document.getElementById('panel').open"), row.id
        assert row.model in browser.run("document.getElementById('panel-title').textContent")
    assert browser.run("document.images.length") == 0
    assert browser.run("document.scripts.length") == 2
    assert browser.trouble == []


def test_injected_script_would_not_run(browser: Browser, page: Path, tmp_path: Path) -> None:
    injected = tmp_path / "injected.html"
    text = page.read_text(encoding="utf-8")
    injected.write_text(
        text.replace("<main>", "<main><script>window.broken = 1</script>"), encoding="utf-8"
    )
    browser.open(injected)
    assert browser.run("window.broken === undefined")
    assert any("Content Security Policy" in one for one in browser.trouble)


def test_every_link_of_a_grid_is_the_cell_of_the_same_place(browser: Browser, page: Path) -> None:
    browser.open(page)
    wrong = browser.run(
        """(() => {
            const block = JSON.parse(document.getElementById("data").textContent);
            const links = [...document.querySelectorAll(".cells td > a")];
            const names = (numbers) => numbers.map((n) => block.texts[n]);
            const loaders = names(block.cells.loader);
            const ids = block.files.flatMap((file) => {
                const [saver, model, form] = names(file.slice(0, 3));
                const place = `${saver}/${model}.${form}/`;
                return loaders.splice(0, file.at(-1)).map((loader) => place + loader);
            });
            return links.length !== ids.length || links.some((link, index) =>
                decodeURIComponent(link.hash.slice(1)) !== ids[index]);
        })()"""
    )
    assert wrong is False


def test_a_deep_link_opens_its_cell_and_escape_closes_it(browser: Browser, page: Path) -> None:
    browser.open(page, "#tf2.10-py3.10/dense.h5/tf2.16-py3.12")
    title = "document.getElementById('panel-title').textContent"
    assert browser.run(title) == "dense as h5: saved by tf2.10-py3.10, loaded by tf2.16-py3.12"
    assert "rebuild+weights" in browser.run("document.getElementById('panel').innerText")
    text = browser.run("document.getElementById('panel').innerText")
    assert text.count("loaded in 0.014 s") == 1  # the plain load gave nothing
    assert re.search(r"^Environments\n+tf2.10-py3.10\n.*tensorflow 2.10.1", text, re.MULTILINE)
    assert re.search(r"^tf2.16-py3.12\n.*tensorflow 2.16.2", text, re.MULTILINE)
    browser.press("Escape")
    assert browser.run("document.getElementById('panel').open") is False
    assert browser.run("document.activeElement.hash") == "#tf2.10-py3.10/dense.h5/tf2.16-py3.12"
    assert browser.trouble == []


def test_a_click_opens_a_cell_and_keeps_the_filters(browser: Browser, page: Path) -> None:
    browser.open(page, "#?verdict=differs")
    browser.run("document.querySelector('.cells td.v-differs a').click()")
    assert browser.run("document.getElementById('panel').open")
    assert browser.run("location.hash").endswith("?verdict=differs")


def test_filters_show_what_they_say_and_stay_in_the_address(browser: Browser, page: Path) -> None:
    browser.open(page)
    visible = "[...document.querySelectorAll('.grid-card')].filter((one) => !one.hidden).length"
    assert browser.run(visible) == 28
    browser.run("document.querySelector('[data-verdict=differs]').click()")
    assert browser.run(visible) == 1
    assert browser.run("location.hash") == "#?verdict=differs"
    assert browser.run("document.getElementById('shown').textContent") == "8 of 700 cells"
    browser.run("document.getElementById('reset').click()")
    assert browser.run(visible) == 28
    assert browser.run("document.getElementById('shown').textContent") == "700 of 700 cells"


def test_a_filter_counts_what_each_value_would_show(browser: Browser, page: Path) -> None:
    chip = "Number(document.querySelector('[data-verdict=%s] .n').textContent)"
    facet = """[...document.querySelectorAll('[data-facet=model] .n')]
        .reduce((sum, one) => sum + Number(one.textContent), 0)"""
    browser.open(page)
    fails = browser.run(chip % "fails")
    assert fails > 0
    assert browser.run(facet) == 700
    browser.follow(page, "#?verdict=differs")
    assert browser.run(chip % "fails") == fails
    assert browser.run(facet) == 8
    browser.follow(page, "#?verdict=differs&model=lstm")
    assert browser.run(chip % "fails") < fails
    assert browser.run(facet) == 8


def _file_of(row: CellRow) -> tuple[str, str, Format]:
    return row.saver, row.model, row.format


# The verdict and the number of each filter, and of each line of the legend that has cells.
FILTERS = """[...document.querySelectorAll('#verdict-chips [data-verdict]')]
    .map((one) => [one.dataset.verdict, one.querySelector('.n').textContent])"""
LEGEND = """[...document.querySelectorAll('.legend li:not(.none)')]
    .map((one) => [one.querySelector('.chip').className.replace('chip v-', ''),
                   one.querySelector('.count').textContent])"""


def test_the_filters_and_the_legend_say_the_same(
    browser: Browser, report: Report, tmp_path: Path
) -> None:
    """Of the same cells: every verdict that occurs, and damaged files in a place of their own."""
    files = {_file_of(row) for row in report.cells if row.verdict == "differs"}
    cells = tuple(
        replace(row, damaged=row.verdict.is_measured and _file_of(row) in files)
        for row in report.cells
    )
    path = tmp_path / "index.html"
    path.write_text(as_html(replace(report, cells=cells)), encoding="utf-8")
    browser.open(path)
    expected = Counter("damaged" if row.damaged else str(row.verdict) for row in cells)
    assert expected["unavailable"] > 0
    assert expected["damaged"] > len(files) > 0
    said = {word: int(number.replace(",", "")) for word, number in browser.run(LEGEND)}
    assert said == expected
    assert browser.run(FILTERS) == browser.run(LEGEND)

    browser.run("document.querySelector('#verdict-chips [data-verdict=fails]').click()")
    shown = "Number(document.getElementById('shown').textContent.split(' ')[0])"
    assert browser.run(shown) == expected["fails"]
    browser.follow(path, "#?search=verdict%3Adamaged")
    assert browser.run(shown) == expected["damaged"]
    browser.follow(path, "#?verdict=damaged")
    assert browser.run(shown) == expected["damaged"]
    assert browser.run(FILTERS) == browser.run(LEGEND)


def test_search_finds_an_error(browser: Browser, page: Path) -> None:
    browser.open(page, "#?search=layer%20count%20mismatch")
    shown = "[...document.querySelectorAll('.grid-card')].filter((one) => !one.hidden)"
    formats = f"[...new Set({shown}.map((one) => one.querySelector('small').textContent))]"
    assert browser.run(formats) == ["as weights-h5"]


def test_one_pair_is_shown_as_models_by_formats(browser: Browser, page: Path) -> None:
    browser.open(page, "#?saver=tf2.15-py3.11&loader=tf2.16-py3.12")
    assert browser.run("document.querySelectorAll('#view tbody tr').length") == 7
    assert browser.run("document.querySelectorAll('#view td.cell').length") == 28
    assert browser.run("document.getElementById('grid-list').hidden")


def test_arrow_keys_walk_a_grid(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.run("document.querySelector('.cells td > a').focus()")
    browser.press("ArrowRight")
    browser.press("ArrowDown")
    assert browser.run("document.activeElement.hash") == "#tf2.10-py3.10/dense.h5/tf2.10-py3.10"


@pytest.mark.parametrize("width", [1360, 400], ids=["desk", "phone"])
def test_the_page_never_scrolls_sideways(browser: Browser, page: Path, width: int) -> None:
    browser.shape(width, 900)
    browser.open(page)
    assert browser.run("document.documentElement.scrollWidth") == width
    browser.shape(1360, 1000)


def count_without_script(browser: Browser, page: Path, selector: str) -> int:
    """How many elements a page has in a browser that runs no scripts."""
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.navigate(page.as_uri())
        root = browser.call("DOM.getDocument", depth=1)["root"]["nodeId"]
        return len(browser.call("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"])
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_without_the_script_nothing_is_offered_that_needs_it(browser: Browser, page: Path) -> None:
    dead = """[...document.querySelectorAll("button, a[href^='#?']")].filter((one) =>
        one.checkVisibility() && getComputedStyle(one).pointerEvents !== "none").length"""
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.navigate(page.as_uri())
        assert browser.run("document.documentElement.classList.contains('js')") is False
        assert browser.run(dead) == 0
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    browser.open(page)
    assert browser.run(dead) > 0


def test_grids_are_readable_without_the_script(browser: Browser, page: Path) -> None:
    assert count_without_script(browser, page, ".cells td > a") == 700


@pytest.fixture(scope="module")
def big_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12,800 cells: the block is compressed, the grids are drawn when they are opened."""
    sample = sample_run(20, tuple(f"model-{number}" for number in range(8)), broken=False)
    path = tmp_path_factory.mktemp("big") / "index.html"
    path.write_text(as_html(gather_judged(sample.snapshot, sample.judged)), encoding="utf-8")
    return path


def test_many_cells_are_small_and_open(browser: Browser, big_page: Path) -> None:
    assert big_page.stat().st_size < 1_500_000
    browser.open(big_page)
    assert browser.run("document.getElementById('shown').textContent") == "12,800 of 12,800 cells"
    assert browser.run("document.getElementById('packed')") is None
    assert browser.trouble == []


def test_links_to_sections_lead_there_past_what_is_not_laid_out(
    browser: Browser, big_page: Path
) -> None:
    """What is out of sight has a guessed height until it is seen."""
    browser.open(big_page)
    height = browser.run("innerHeight")
    for section in ("run", "grids", "environments", "loads"):
        browser.run(
            f"""new Promise((done) => {{
                document.querySelector("nav a[href='#{section}']").click();
                let before = null;
                const still = setInterval(() => {{
                    if (before === scrollY) {{ clearInterval(still); done(); }}
                    before = scrollY;
                }}, 150);
            }})"""
        )
        top = browser.run(f"document.getElementById('{section}').getBoundingClientRect().top")
        assert -5 <= top < height, section
        ended = browser.run("scrollY + innerHeight >= document.documentElement.scrollHeight - 1")
        assert top < 60 or ended, section


def test_a_grid_of_many_cells_is_drawn_when_it_is_opened(browser: Browser, big_page: Path) -> None:
    browser.open(big_page)
    assert browser.run("document.querySelectorAll('.cells').length") == 1
    browser.run("document.querySelectorAll('.grid-card summary')[1].click()")
    browser.run("new Promise((done) => setTimeout(done, 50))")
    assert browser.run("document.querySelectorAll('.cells').length") == 2
    wrong = browser.run(
        """[...document.querySelectorAll(".grid-card")].slice(0, 2).some((card, number) => {
            const [model, form] = [card.querySelector("h3"), card.querySelector("small")];
            const name = `/${model.textContent}.${form.textContent.slice(3)}/`;
            const links = [...card.querySelectorAll(".cells td > a")];
            return links.length !== 400 || links.some((one) => !one.hash.includes(name));
        })"""
    )
    assert wrong is False
    own = "document.querySelector('.cells td.own a').hash"
    saver, _, loader = browser.run(own).lstrip("#").split("/")
    assert saver == loader


def test_drawn_and_undrawn_grids_follow_the_filters(browser: Browser, big_page: Path) -> None:
    browser.open(big_page, "#?model=model-0,model-7&loader=tf2.4-py3.8")
    visible = "[...document.querySelectorAll('.grid-card')].filter((one) => !one.hidden)"
    assert browser.run(f"{visible}.length") == 8
    browser.run(f"{visible}.at(-1).querySelector('summary').click()")
    browser.run("new Promise((done) => setTimeout(done, 50))")
    for number in (0, -1):  # drawn at first, and drawn by the click
        heads = f"[...{visible}.at({number}).querySelectorAll('thead th')].slice(1)"
        assert browser.run(f"{heads}.filter((one) => !one.hidden).length") == 1
    browser.run("document.getElementById('reset').click()")
    assert browser.run(f"{visible}.length") == 32
    assert browser.trouble == []


def test_a_deep_link_opens_a_cell_that_is_not_drawn(browser: Browser, big_page: Path) -> None:
    browser.open(big_page)
    browser.run("location.hash = '#tf2.4-py3.8/model-7.keras/tf2.4-py3.8'")
    title = browser.run("document.getElementById('panel-title').textContent")
    assert title == "model-7 as keras: saved by tf2.4-py3.8, loaded by tf2.4-py3.8"
    browser.press("Escape")
    assert browser.run("document.getElementById('panel').open") is False
    assert browser.trouble == []


def test_a_browser_that_cannot_unpack_says_so(browser: Browser, big_page: Path) -> None:
    script = "delete window.DecompressionStream"
    added = browser.call("Page.addScriptToEvaluateOnNewDocument", source=script)
    try:
        browser.navigate("about:blank")
        browser.navigate(big_page.as_uri())
        said = browser.run("document.getElementById('packed').textContent")
    finally:
        browser.call("Page.removeScriptToEvaluateOnNewDocument", **added)
    assert "cannot unpack the cells" in said
    assert browser.trouble == []


def test_a_large_page_has_its_cells_as_symbols_without_the_script(
    browser: Browser, big_page: Path
) -> None:
    one_each = count_without_script(browser, big_page, ".plain td:not([colspan])")
    for_all = count_without_script(browser, big_page, ".plain td[colspan='20']")  # nothing saved
    assert one_each > 9_000
    assert one_each + 20 * for_all == 12_800
