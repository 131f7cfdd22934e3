"""The site of a run that is too large for one page: its overview and the pages of its models."""

from __future__ import annotations

import re
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from crossload.reports.document import Report
from crossload.reports.links import cell_link
from crossload.reports.shown import shown
from crossload.reports.site.names import file_name
from crossload.reports.site.parts import MOST_CELLS
from tests.reports.browser import Browser
from tests.reports.site.drawn import LINK, read, written

ROOT = Path(__file__).resolve().parents[3]
# Any run has more cells than one page may have.
large = partial(written, url="https://example.org/", most_cells=1)


@pytest.fixture(scope="module")
def site(explained: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return large(explained, tmp_path_factory.mktemp("large"))


def test_the_first_page_has_no_cells_and_leads_to_every_model(
    explained: Report, site: Path
) -> None:
    page = read(site, "index.html")
    assert 'id="data"' not in page
    assert "grid-card" not in page
    for model in explained.models:
        assert f'<a href="models/{file_name(model)}.html">{model}</a>' in page


def test_every_link_leads_to_a_file_of_the_site(site: Path) -> None:
    for page in site.rglob("*.html"):
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            path, _, fragment = unquote(unescape(link)).partition("#")
            if path.startswith("https://") or path == "data:,":
                continue
            target = page.parent / path if path else page
            assert target.is_file(), f"{page.relative_to(site)}: {link}"
            if fragment and not path and page == site / "index.html":
                assert f'id="{fragment}"' in page.read_text(encoding="utf-8"), link


def test_links_to_cells_lead_to_the_page_of_their_model(explained: Report, site: Path) -> None:
    ids = {row.id for row in explained.cells}
    found = set()
    for page in site.rglob("*.html"):
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            path, _, fragment = unquote(unescape(link)).partition("#")
            if fragment in ids:
                found.add(fragment)
                model = next(row.model for row in explained.cells if row.id == fragment)
                assert (page.parent / path).resolve() == site / f"models/{file_name(model)}.html"
    assert found


def test_scripts_and_styles_are_files_of_the_site_and_nothing_else_may_run(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "default-src 'none'" in text
        scripts = re.findall(r"<script\b[^>]*>", text)
        runs = [one for one in scripts if "src=" in one]
        assert all('id="data"' in one or one in runs for one in scripts)
        assert ("script-src 'self';" in text) == bool(runs)
        assert "<style" not in text


def test_without_scripts_a_models_page_shows_its_cells_as_symbols(
    explained: Report, site: Path
) -> None:
    page = read(site, "models/lstm.html")
    cells = [row for row in shown(explained).cells if row.model == "lstm"]
    tables = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert len(tables) == len({row.format for row in cells})
    symbols = [one for table in tables for one in re.findall('<td(?: colspan="(.*?)")?>(.)', table)]
    assert sum(int(span or 1) for span, symbol in symbols if symbol.strip()) == len(cells)
    assert all(row.error.message in unescape(page) for row in cells if row.error)


def test_the_same_results_give_the_same_bytes(
    explained: Report, site: Path, tmp_path: Path
) -> None:
    again = large(explained, tmp_path)
    files = [path.relative_to(site) for path in site.rglob("*") if path.is_file()]
    assert all((site / one).read_bytes() == (again / one).read_bytes() for one in files)


def test_hostile_names_and_errors_stay_text(hostile_report: Report, tmp_path: Path) -> None:
    folder = large(hostile_report, tmp_path)
    for path in folder.rglob("*.html"):
        assert folder in path.resolve().parents
        text = path.read_text(encoding="utf-8")
        data = re.sub(r'<script (src="[^"]*" defer|type="text/plain" id="data")>', "", text)
        assert "<script" not in data.lower()
        assert "<img" not in data.lower()
        links = [unescape(one).lower() for one in re.findall('href="([^"]*)"', text)]
        assert not [one for one in links if one.startswith("javascript:")]


@pytest.mark.browser
@pytest.mark.usefixtures("no_trouble")
def test_a_cell_of_a_models_page_opens(explained: Report, site: Path, browser: Browser) -> None:
    row = next(one for one in explained.cells if one.model == "lstm" and one.error)
    assert row.error is not None
    browser.open(site / "models" / "lstm.html", cell_link(row.id))
    assert row.error.message in browser.run("document.getElementById('panel').textContent")
    assert browser.trouble == []


@pytest.mark.browser
@pytest.mark.usefixtures("no_trouble")
def test_a_models_page_filters_and_answers(explained: Report, site: Path, browser: Browser) -> None:
    rows = [one for one in shown(explained).cells if one.model == "lstm"]
    loader = rows[-1].loader
    browser.open(site / "models" / "lstm.html", f"#?loader={loader}")
    count = sum(one.loader == loader for one in rows)
    text = browser.run("document.getElementById('shown').textContent")
    assert text == f"{count:,} of {len(rows):,} cells"
    said = browser.run("document.getElementById('command').textContent")
    assert said == f"crossload check FILE --to {loader}"
    assert browser.trouble == []


@pytest.mark.browser
@pytest.mark.usefixtures("no_trouble")
def test_the_overview_shows_one_table_and_leads_the_address_of_a_cell_to_it(
    explained: Report, site: Path, browser: Browser
) -> None:
    browser.open(site / "index.html")
    visible = "[...document.querySelectorAll('.loads-table')].filter((one) => !one.hidden).length"
    assert browser.run(visible) == 1
    browser.run("[...document.querySelectorAll('#tabs button')].at(-1).click()")
    assert browser.run(visible) == 1
    row = explained.cells[-1]
    browser.loaded = False
    browser.run(f"location.hash = {cell_link(row.id)!r}")
    while not browser.loaded:
        browser._note(browser._next())
    assert browser.run("location.href").endswith(f"/models/{row.model}.html{cell_link(row.id)}")
    assert browser.trouble == []


def test_the_documentation_says_when_a_run_is_too_large_for_one_page() -> None:
    said = f"more than {MOST_CELLS:,} cells"
    for name in ("docs/commands.md", "CHANGELOG.md"):
        assert said in (ROOT / name).read_text(encoding="utf-8"), name
