"""The static site: its pages, links, data and pictures, and that hostile names stay text."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from crossload.reports.document import Report
from crossload.reports.site.errors import error_texts
from crossload.reports.site.history import earlier, entry_of, newest_first
from crossload.reports.site.names import file_name
from crossload.reports.site.write import write_site
from crossload.runner.records import ProbeError
from crossload.runner.words import Verdict
from tests.reports.site.drawn import LINK, read, written

URL = "https://example.org/keras/"


@pytest.fixture(scope="module")
def site(explained: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(explained, tmp_path_factory.mktemp("site") / "out", URL)


def test_there_is_a_page_for_every_environment_model_and_cause(
    explained: Report, site: Path
) -> None:
    for folder, ids in (
        ("environments", [one.id for one in explained.environments]),
        ("models", explained.models),
        ("causes", ["made-up"]),
    ):
        names = {path.stem for path in (site / folder).glob("*.html")}
        assert names == {"index", *(file_name(one) for one in ids)}


def test_every_link_leads_to_a_file_of_the_site(site: Path) -> None:
    for page in site.rglob("*.html"):
        if page == site / "index.html":
            continue
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            path = unquote(unescape(link).partition("#")[0])
            if path not in {"", "data:,"}:
                assert (page.parent / path).is_file(), f"{page.relative_to(site)}: {link}"


def test_every_page_has_a_title_and_a_description_of_its_own(site: Path) -> None:
    for pattern in (r"<title>(.+)</title>", r'<meta name="description" content="(.+)">'):
        texts = [
            re.findall(pattern, path.read_text(encoding="utf-8"))
            for path in sorted(site.rglob("*.html"))
        ]
        assert all(len(one) == 1 for one in texts)
        assert len({one[0] for one in texts}) == len(texts)


def test_a_cause_has_the_text_of_its_errors(explained: Report, site: Path) -> None:
    page = unescape(read(site, "causes/made-up.html"))
    for row in explained.cells:
        if row.error and row.cause:
            assert row.error.message in page
    assert "The layers are in another order" in page


def test_an_environment_that_cannot_be_used_says_why(explained: Report, site: Path) -> None:
    broken = explained.environments[0]
    assert broken.problem
    page = unescape(read(site, f"environments/{broken.id}.html"))
    assert broken.problem.message in page
    assert "<table" not in page


def test_a_models_page_has_every_cell_with_its_label(explained: Report, site: Path) -> None:
    page = read(site, "models/lstm.html")
    cells = [
        row
        for row in explained.cells
        if row.model == "lstm" and row.verdict is not Verdict.UNAVAILABLE
    ]
    assert page.count('<td class="v-') == len(cells)
    for row in cells:
        assert f'href="../index.html#{row.id}"' in page


def test_the_data_have_every_cell_and_a_schema(explained: Report, site: Path) -> None:
    found = json.loads(read(site, "data/models/lstm.json"))
    rows = [
        row
        for row in explained.cells
        if row.model == "lstm" and row.verdict is not Verdict.UNAVAILABLE
    ]
    ids = [f"{one['saver']}/lstm.{one['format']}/{one['loader']}" for one in found["cells"]]
    assert ids == [row.id for row in rows]
    errors = [found["errors"][one["error"]] for one in found["cells"] if "error" in one]
    assert [one["message"] for one in errors] == [row.error.message for row in rows if row.error]
    schema = json.loads(read(site, "data/schema.json"))
    assert schema["schema"] == found["schema"] == 1
    assert set(schema["files"]) == {"models/*.json", "shares.json"}


def test_the_feed_the_sitemap_and_the_pictures_are_well_formed(site: Path) -> None:
    for path in (*site.rglob("*.svg"), site / "feed.xml", site / "sitemap.xml"):
        ET.parse(path)
    places = re.findall(r"<loc>(.*)</loc>", read(site, "sitemap.xml"))
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert sorted(places) == sorted(f"{URL}{one}" for one in pages)
    assert read(site, "feed.xml").count("<entry>") == 1


def test_without_an_address_there_is_no_sitemap(explained: Report, tmp_path: Path) -> None:
    folder = written(explained, tmp_path / "out")
    assert not (folder / "sitemap.xml").exists()
    assert '<link href="index.html"/>' in read(folder, "feed.xml")


def test_the_same_results_give_the_same_bytes(
    explained: Report, site: Path, tmp_path: Path
) -> None:
    again = written(explained, tmp_path / "out", URL)
    files = [path.relative_to(site) for path in site.rglob("*") if path.is_file()]
    assert [again / one for one in files if not (again / one).is_file()] == []
    assert all((site / one).read_bytes() == (again / one).read_bytes() for one in files)


def test_hostile_names_and_errors_stay_text(hostile_report: Report, tmp_path: Path) -> None:
    folder = written(hostile_report, tmp_path / "out")
    for path in folder.rglob("*"):
        assert folder in path.resolve().parents
        if path.suffix in {".html", ".svg", ".xml"} and path != folder / "index.html":
            text = path.read_text(encoding="utf-8").lower()
            assert "<script" not in text
            assert "<img" not in text
            assert "javascript:" not in re.findall(r'href="([^"]*)"', text)


@pytest.mark.parametrize("identifier", ["../up", "index", "a/b", "A", "", ".", "é", "x" * 500])
def test_any_id_has_a_file_name_of_its_own(identifier: str) -> None:
    name = file_name(identifier)
    assert re.fullmatch(r"[a-z0-9_+-][a-z0-9._+-]{0,120}", name)
    assert name not in {"index", "a", "up", "a-b"}


def test_errors_that_differ_only_in_numbers_and_names_are_one(report: Report) -> None:
    row = next(one for one in report.cells if one.error)
    texts = ("layer 'dense_1' has 3 weights", "layer 'dense_22' has 4 weights", "no such file")
    rows = [replace(row, error=ProbeError("ValueError", text)) for text in texts]
    found = error_texts(rows)
    assert [(one.message, one.cells) for one in found] == [(texts[0], 2), (texts[2], 1)]


def test_a_folder_keeps_the_runs_that_were_published_before(report: Report, tmp_path: Path) -> None:
    older = replace(report, run=replace(report.run, started="2020-01-02T00:00:00+00:00"))
    folder = written(older, tmp_path / "out")
    (folder / "runs" / "other.json").write_text("{}", encoding="utf-8")
    write_site(report, folder, earlier(folder))
    assert read(folder, "feed.xml").count("<entry>") == 2
    runs = read(folder, "runs/index.html")
    assert runs.index(report.run.started[:10]) < runs.index("2020-01-02")
    again = newest_first(entry_of(report), earlier(folder))
    assert [one.started for one in again] == [report.run.started, older.run.started]
