"""The pages of a run that is too large for one page: an overview, and a page per model.

Owns what stands on these. The overview has no cells, only what is counted; the page of a model has
that model's cells with all details, filters and grids, as the page of a smaller run has all cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from crossload.reports.causes import explained_line
from crossload.reports.document import CellRow, Report
from crossload.reports.headline import headline
from crossload.reports.links import ON_OVERVIEW
from crossload.reports.loads import FirstScreen, format_name, formats_in_order
from crossload.reports.page import CauseView, Facet, GridView, PageContext, Segment, VerdictView
from crossload.reports.page_data import data_block
from crossload.reports.page_model import (
    bar_of,
    cause_views,
    facets,
    grids,
    page_context,
    verdict_views,
)
from crossload.reports.places import Place, in_use, places
from crossload.reports.site.lists import ListPage
from crossload.reports.site.pages import ModelPage, Page, by_model, model_page, values_of
from crossload.reports.summary import summarize

MOST_CELLS = 160_000  # of one page: with more, it is larger than 5 MB and slow to open
STYLE, SCRIPT, OVERVIEW_SCRIPT = "cells.css", "cells.js", "overview.js"
_TEXTS, _TEXT = 1_500_000, 1000  # characters of the texts of one model together, and of each
_ERRORS = 10  # texts on the page of a model; those of causes and environments have more


@dataclass(frozen=True)
class PartPage(ModelPage):
    """The page of one model of a large run; the fields are those of `PageContext`."""

    style: ClassVar[str] = STYLE
    script: ClassVar[str] = SCRIPT

    headline: str
    counted: str
    first: FirstScreen
    verdicts: tuple[VerdictView, ...]
    bar: tuple[Segment, ...]
    total: int
    explained: str
    causes: tuple[CauseView, ...]
    grids: tuple[GridView, ...]
    facets: tuple[Facet, ...]
    packed: bool
    data: str

    @property
    def listed(self) -> ModelPage:
        return ModelPage(**(values_of(self, ModelPage) | {"errors": ()}))


@dataclass(frozen=True)
class Overview(Page):
    """The first page of a large run: `context` without cells, and the list of its models."""

    style: ClassVar[str] = STYLE
    script: ClassVar[str] = OVERVIEW_SCRIPT

    context: PageContext
    models: ListPage


def part_pages(report: Report) -> Iterator[PartPage]:
    """Yield the page of every model of a report."""
    found = places(report)
    for model, rows in by_model(report.cells):
        yield _part(report, model, rows, found)


def overview(report: Report, planned: Report, models: ListPage) -> Overview:
    """Return the first page; `planned` has the cells of unusable environments too."""
    context = page_context(report, planned=planned, in_site=True, inlined=None, links=ON_OVERVIEW)
    description = f"{context.headline} {context.lead}"
    return Overview("index.html", context.title, description, context, models)


def _part(report: Report, model: str, rows: Sequence[CellRow], found: Sequence[Place]) -> PartPage:
    used = {row.format for row in rows}
    summary = summarize(rows)
    part = replace(
        report,
        models=(model,),
        formats=tuple(one for one in report.formats if one in used),
        cells=tuple(rows),
        claims=(),
        summary=summary,
    )
    intact = [row for row in rows if not row.damaged]
    loaded = {row.format for row in intact if row.verdict.is_measured}
    verdicts = Counter(row.verdict for row in intact)
    page = model_page(model, rows)
    page = replace(
        page,
        errors=page.errors[:_ERRORS],
        more_errors=page.more_errors + len(page.errors[_ERRORS:]),
        tables=(),
    )
    return PartPage(
        **values_of(page),
        headline=headline(summary),
        counted="",
        first=FirstScreen(
            places=tuple(found),
            formats=tuple((str(one), format_name(one)) for one in formats_in_order(loaded)),
            models=(model,),
            tables=(),
            bars=(),
            upgrades=(),
            trend=None,
        ),
        verdicts=verdict_views(verdicts, damaged=len(rows) - len(intact)),
        bar=bar_of(verdicts),
        total=verdicts.total(),
        explained=explained_line(part),
        causes=cause_views(intact, in_use(found)),
        grids=grids(part, drawn=False),
        facets=facets(part),
        packed=True,
        data=data_block(part, _TEXTS, packed_from=0, longest=_TEXT).inline,
    )
