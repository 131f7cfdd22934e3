"""Writes the site's files into a folder: pages, lists, data, feed, pictures, sitemap.

Owns which file is drawn by which template. `reports.as_html` draws the first page; that of a large
run, and the pages of its models, are in `reports.site.parts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment

from crossload.reports.as_html import STYLES, as_html, joined, page_script, template_environment
from crossload.reports.document import Report
from crossload.reports.links import TO_FIRST_PAGE, TO_MODEL_PAGES, Links
from crossload.reports.shown import shown
from crossload.reports.site import data, history, parts
from crossload.reports.site.history import RunEntry
from crossload.reports.site.lists import ListPage, list_pages
from crossload.reports.site.names import file_name
from crossload.reports.site.pages import (
    CausePage,
    EnvironmentPage,
    ModelPage,
    Page,
    cause_pages,
    environment_pages,
    model_pages,
    values_of,
)
from crossload.reports.site.parts import Overview, PartPage
from crossload.reports.site.pictures import badges, picture
from crossload.reports.writing import write_whole

_TEMPLATES: dict[type[Page], str] = {
    EnvironmentPage: "environment",
    ModelPage: "model",
    CausePage: "cause",
    ListPage: "index",
    Overview: "overview",
    PartPage: "part",
}
_SITE_STYLES = ("palette.css", "page.css", "site.css", "errors.css")


def write_site(
    report: Report,
    folder: Path,
    others: Sequence[RunEntry],
    url: str = "",
    most_cells: int = parts.MOST_CELLS,
) -> None:
    """Write every file but the export and the facts.

    Args:
        report: the run, as the page shows it.
        folder: where to write.
        others: the runs that were published there before.
        url: the site's address, ending in a slash; without it there is no sitemap, which needs it,
            and the feed's links are relative.
        most_cells: how many cells one page may have; a run with more has a page per model.

    Raises:
        StorageError: a file cannot be written.
    """
    drawn = shown(report)
    is_large = len(drawn.cells) > most_cells
    for path, text in _texts(report, drawn, others, url, is_large=is_large):
        write_whole(folder / path, text, lasting=False)


def _texts(
    report: Report, drawn: Report, others: Sequence[RunEntry], url: str, *, is_large: bool
) -> Iterator[tuple[str, str]]:
    latest = history.entry_of(report)
    drawing = _Drawing(TO_MODEL_PAGES if is_large else TO_FIRST_PAGE, latest)
    found: list[Page] = []
    for page in _pages(report, drawn, is_large=is_large):
        yield page.path, drawing.page(page)
        found.append(page.listed)
    entries = history.newest_first(latest, others)
    lists = list_pages(report, found, entries)
    for one in lists:
        yield one.path, drawing.page(one)
    yield "site.css", joined(_SITE_STYLES)
    if is_large:
        models = next(one for one in lists if one.path == "models/index.html")
        yield "index.html", drawing.page(parts.overview(drawn, report, models))
        yield parts.STYLE, joined((*STYLES, "errors.css"))
        yield parts.SCRIPT, page_script()
        yield parts.OVERVIEW_SCRIPT, joined(("overview.js",))
    else:
        yield "index.html", as_html(report, in_site=True)
    yield f"{history.FOLDER}/{latest.key}.json", history.entry_text(latest)
    yield "feed.xml", drawing.text("feed.xml", entries=entries, url=url)
    yield from data.data_files(drawn)
    for badge in badges(drawn):
        yield badge.path, drawing.text("badge.svg", badge=badge)
    yield "matrix.svg", drawing.text("matrix.svg", picture=picture(drawn))
    if url:
        paths = ("index.html", *(one.path for one in (*lists, *found)))
        day = latest.finished[:10]
        yield "sitemap.xml", drawing.text("sitemap.xml", paths=paths, url=url, day=day)


def _pages(report: Report, drawn: Report, *, is_large: bool) -> Iterator[Page]:
    """Yield the pages about parts of the run."""
    yield from environment_pages(drawn, report.environments)
    yield from parts.part_pages(drawn) if is_large else model_pages(drawn)
    yield from cause_pages(drawn)


class _Drawing:
    """Fills the templates of one site."""

    def __init__(self, links: Links, latest: RunEntry) -> None:
        self._templates: Environment = template_environment()
        self._links = links
        self._footer = (
            f"Measured by crossload {latest.crossload}, profile {latest.profile}, "
            f"run of {latest.started[:10]}."
        )

    def page(self, page: Page) -> str:
        """The text of a page; templates that it shares with `as_html` find their names in it."""
        content: Any = page.context if isinstance(page, Overview) else page
        given = values_of(content)
        given |= {"page": page, "names": file_name, "links": self._links, "footer": self._footer}
        return self.text(f"{_TEMPLATES[type(page)]}.html", **given)

    def text(self, template: str, **given: Any) -> str:
        """The text of a file."""
        return self._templates.get_template(f"site/{template}.j2").render(**given)
