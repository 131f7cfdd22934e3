"""Writes the site's files into a folder: pages, lists, data, feed, pictures, sitemap.

Owns which file is drawn by which template. The first page, `index.html`, is `reports.as_html`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from jinja2 import Environment

from crossload.reports.as_html import joined, template_environment
from crossload.reports.document import Report
from crossload.reports.shown import shown
from crossload.reports.site import data, history
from crossload.reports.site.history import RunEntry
from crossload.reports.site.lists import ListPage, list_pages
from crossload.reports.site.names import file_name
from crossload.reports.site.pages import CausePage, EnvironmentPage, ModelPage, Page, pages
from crossload.reports.site.pictures import badges, picture
from crossload.reports.writing import write_whole

_TEMPLATES: dict[type[Page], str] = {
    EnvironmentPage: "environment",
    ModelPage: "model",
    CausePage: "cause",
    ListPage: "index",
}
_STYLES = ("palette.css", "page.css", "site.css")


def write_site(report: Report, folder: Path, others: Sequence[RunEntry], url: str = "") -> None:
    """Write every file but the first page, the export and the facts.

    Args:
        report: the run, as the page shows it.
        folder: where to write.
        others: the runs that were published there before.
        url: the site's address, ending in a slash; without it there is no sitemap, which needs it,
            and the feed's links are relative.

    Raises:
        StorageError: a file cannot be written.
    """
    for path, text in _texts(report, others, url):
        write_whole(folder / path, text)


def _texts(report: Report, others: Sequence[RunEntry], url: str) -> Iterator[tuple[str, str]]:
    templates = template_environment()
    drawn = shown(report)
    found = list(pages(drawn, report.environments))
    latest = history.entry_of(report)
    entries = history.newest_first(latest, others)
    lists = list_pages(report, found, entries)
    for page in (*found, *lists):
        yield page.path, _page(templates, page, latest)
    yield "site.css", joined(_STYLES)
    yield f"{history.FOLDER}/{latest.key}.json", history.entry_text(latest)
    yield "feed.xml", templates.get_template("site/feed.xml.j2").render(entries=entries, url=url)
    yield from data.data_files(drawn)
    for badge in badges(drawn):
        yield badge.path, templates.get_template("site/badge.svg.j2").render(badge=badge)
    matrix = templates.get_template("site/matrix.svg.j2")
    yield "matrix.svg", matrix.render(picture=picture(drawn))
    if url:
        paths = ("index.html", *(one.path for one in (*lists, *found)))
        template = templates.get_template("site/sitemap.xml.j2")
        yield "sitemap.xml", template.render(paths=paths, url=url, day=latest.finished[:10])


def _page(templates: Environment, page: Page, latest: RunEntry) -> str:
    template = templates.get_template(f"site/{_TEMPLATES[type(page)]}.html.j2")
    footer = (
        f"Measured by crossload {latest.crossload}, profile {latest.profile}, "
        f"run of {latest.started[:10]}."
    )
    return template.render(page=page, names=file_name, footer=footer)
