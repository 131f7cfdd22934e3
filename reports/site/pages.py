"""The pages of the site as values: one per environment, model and cause, and their indexes.

Owns what stands on each page; the templates in `templates/site` draw it, `reports.site.write` puts
it into files.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import groupby
from typing import Any, ClassVar

from crossload.reports.alike import by_cause
from crossload.reports.appearance import APPEARANCE
from crossload.reports.causes import CauseSummary, cause_summaries
from crossload.reports.document import CellRow, EnvironmentRow, Report
from crossload.reports.labels import WORDS, cell_label
from crossload.reports.loads import format_name
from crossload.reports.site.errors import SHOWN, ErrorText, error_texts
from crossload.reports.site.names import file_name
from crossload.reports.tallies import Tally, percent, tallies, tally_of
from crossload.runner.words import Format, Verdict

_CELLS_SHOWN = 200
Counts = tuple[tuple[Verdict, str, str, int], ...]  # verdict, symbol, label, number of cells


@dataclass(frozen=True)
class Page:
    """A page without its contents: `path` in the site, its title and description.

    `style` and `script` are the files that it loads, at the top of the site.
    """

    style: ClassVar[str] = "site.css"
    script: ClassVar[str] = ""

    path: str
    title: str
    description: str

    @property
    def up(self) -> str:
        """The way from the page to the top of the site."""
        return "../" * self.path.count("/")

    @property
    def name(self) -> str:
        """The file's own name: the page's address as seen from itself."""
        return self.path.rpartition("/")[2]

    @property
    def listed(self) -> Page:
        """What a list of pages needs of this one, which is little."""
        return self


def values_of(page: Any, kind: type[Page] | None = None) -> dict[str, Any]:
    """The fields of a page by their names; of `kind`, those that such a page has too."""
    return {one.name: getattr(page, one.name) for one in fields(kind or page)}


@dataclass(frozen=True)
class Share:
    """Loads of one format: percent as they are and with help, silently wrong ones, all."""

    plain: int
    whole: int
    silent: int
    measured: int


@dataclass(frozen=True)
class EnvironmentPage(Page):
    """One environment; `saved` and `loaded` have a row of shares per other environment."""

    row: EnvironmentRow
    formats: tuple[str, ...]
    saved: tuple[tuple[str, tuple[Share | None, ...]], ...]
    loaded: tuple[tuple[str, tuple[Share | None, ...]], ...]
    counts: Counts
    errors: tuple[ErrorText, ...]
    more_errors: int

    @property
    def listed(self) -> EnvironmentPage:
        return replace(self, saved=(), loaded=(), errors=())


@dataclass(frozen=True)
class Square:
    """One cell of a model's table."""

    verdict: Verdict
    symbol: str
    label: str
    id: str


@dataclass(frozen=True)
class ModelTable:
    """One format: a row of squares per saver, None where no cell is planned."""

    format: str
    loaders: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Square | None, ...]], ...]


@dataclass(frozen=True)
class ModelPage(Page):
    """One reference model or scripted case."""

    model: str
    tables: tuple[ModelTable, ...]
    counts: Counts
    errors: tuple[ErrorText, ...]
    more_errors: int

    @property
    def listed(self) -> ModelPage:
        return replace(self, tables=(), errors=())


@dataclass(frozen=True)
class CausePage(Page):
    """One cause with the texts it was recognised by, and its first cells (id, label)."""

    summary: CauseSummary
    errors: tuple[ErrorText, ...]
    more_errors: int
    cells: tuple[tuple[str, str], ...]
    more_cells: int

    @property
    def listed(self) -> CausePage:
        return replace(self, errors=(), cells=())


def model_pages(report: Report) -> Iterator[ModelPage]:
    """Yield a page with tables of its cells for every model."""
    for model, rows in by_model(report.cells):
        yield model_page(model, rows, report.axis[::-1])  # the newest first


def by_model(rows: Iterable[CellRow]) -> Iterator[tuple[str, tuple[CellRow, ...]]]:
    """Yield each model with its cells, which follow each other in a report."""
    for model, cells in groupby(rows, key=lambda row: row.model):
        yield model, tuple(cells)


def cause_pages(report: Report) -> Iterator[CausePage]:
    """Yield a page for every cause, the most frequent first."""
    causes = by_cause(report.cells)
    for summary in cause_summaries(report.cells):
        yield _cause(summary, causes[summary.cause.id])


def counts_of(rows: Sequence[CellRow]) -> Counts:
    """Return how many cells have which verdict, without those that do not occur."""
    counts = Counter(row.verdict for row in rows)
    return tuple(
        (one, APPEARANCE[one].symbol, WORDS[one].label, counts[one])
        for one in Verdict
        if counts[one]
    )


def environment_pages(
    report: Report, environments: Sequence[EnvironmentRow]
) -> Iterator[EnvironmentPage]:
    """Yield a page for every environment.

    Args:
        report: the run, without the cells of environments that cannot be used.
        environments: all of its environments, those that cannot be used too.
    """
    counts = tallies(report.cells)
    formats = [one for one in report.formats if any(key[0] is one for key in counts)]
    rows: dict[str, list[CellRow]] = defaultdict(list)
    for cell in report.cells:
        rows[cell.loader].append(cell)
    for row in environments:
        found = error_texts(rows[row.id])
        there = [_pair(counts, formats, row.id, other.id) for other in environments]
        here = [_pair(counts, formats, other.id, row.id) for other in environments]
        yield EnvironmentPage(
            path=f"environments/{file_name(row.id)}.html",
            title=f"{row.id}: which Keras models it loads, and where its own load",
            description=_made_of(row),
            row=row,
            formats=tuple(format_name(one) for one in formats),
            saved=_measured(environments, there),
            loaded=_measured(environments, here),
            counts=counts_of(
                [one for one in rows[row.id] if one.verdict.is_measured and not one.damaged]
            ),
            errors=found[:SHOWN],
            more_errors=len(found[SHOWN:]),
        )


def _made_of(row: EnvironmentRow) -> str:
    if row.problem is not None:
        return f"{row.id} cannot be used: {row.problem.message.splitlines()[0]}"
    parts = [
        f"{name} {version}"
        for name, version in (
            ("TensorFlow", row.tensorflow),
            ("Keras", row.version("keras")),
            ("tf_keras", row.version("tf_keras")),
            ("Python", row.version("python") or row.python),
        )
        if version
    ]
    return f"{', '.join(parts)}: which saved models load, which do not, and what helps."


def _pair(
    counts: Mapping[tuple[Format, str, str], Tally], formats: Sequence[Format], *pair: str
) -> tuple[Share | None, ...]:
    saver, loader = pair
    return tuple(_share(counts.get((one, saver, loader))) for one in formats)


def _share(tally: Tally | None) -> Share | None:
    if tally is None:
        return None
    found = tally.measured
    return Share(percent(tally.plain, found), percent(tally.whole, found), tally.silent, found)


def _measured(
    environments: Sequence[EnvironmentRow], rows: Sequence[tuple[Share | None, ...]]
) -> tuple[tuple[str, tuple[Share | None, ...]], ...]:
    """The rows in which something was measured, newest first."""
    both = zip(environments, rows, strict=True)
    return tuple((one.id, shares) for one, shares in both if any(shares))[::-1]


def model_page(model: str, rows: Sequence[CellRow], axis: Sequence[str] = ()) -> ModelPage:
    """Return the page of a model; tables only for the environments of `axis`."""
    groups: dict[Format, list[CellRow]] = defaultdict(list)
    for row in rows:
        groups[row.format].append(row)
    tally = tally_of(rows)
    found = error_texts(rows)
    return ModelPage(
        path=f"models/{file_name(model)}.html",
        title=f"{model}: where this Keras model loads",
        description=(
            f"The model {model}, saved and loaded across versions of TensorFlow and Keras: "
            f"{tally.plain:,} of {tally.measured:,} loads work as they are, "
            f"{tally.silent:,} give different outputs without an error."
        ),
        model=model,
        tables=tuple(_table(format_name(one), groups[one], axis) for one in groups),
        counts=counts_of(rows),
        errors=found[:SHOWN],
        more_errors=len(found[SHOWN:]),
    )


def _table(format_: str, rows: Sequence[CellRow], axis: Sequence[str]) -> ModelTable:
    cells = {(row.saver, row.loader): _square(row) for row in rows}
    savers, loaders = {row.saver for row in rows}, {row.loader for row in rows}
    across = tuple(one for one in axis if one in loaders)
    return ModelTable(
        format_,
        across,
        tuple(
            (saver, tuple(cells.get((saver, loader)) for loader in across))
            for saver in axis
            if saver in savers
        ),
    )


def _square(row: CellRow) -> Square:
    return Square(row.verdict, APPEARANCE[row.verdict].symbol, cell_label(row), row.id)


def _cause(summary: CauseSummary, rows: Sequence[CellRow]) -> CausePage:
    found = error_texts(rows)
    first = next((one for one in found if one.message), None)
    raised = f" {first.type}: {first.message.splitlines()[0]}" if first else ""
    return CausePage(
        path=f"causes/{file_name(summary.cause.id)}.html",
        title=f"{summary.cause.id}: why a Keras model does not load, and what helps",
        description=f"{summary.cause.sentence}{raised}"[:300],
        summary=summary,
        errors=found[:SHOWN],
        more_errors=len(found[SHOWN:]),
        cells=tuple((row.id, cell_label(row)) for row in rows[:_CELLS_SHOWN]),
        more_cells=len(rows[_CELLS_SHOWN:]),
    )
