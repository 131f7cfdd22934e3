"""Fills the page's dataclass from the document: wording, order, links. Draws nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from crossload.reports import appearance, labels
from crossload.reports.appearance import APPEARANCE, ORDER
from crossload.reports.axes import axis_notes
from crossload.reports.causes import cause_summaries, explained_line
from crossload.reports.changes import MEANING, changed_line
from crossload.reports.claims import counted as claims_counted
from crossload.reports.claims_view import claim_groups
from crossload.reports.coverage import ENVIRONMENTS, coverage
from crossload.reports.document import CellRow, ChangeKind, Report
from crossload.reports.fact import fact
from crossload.reports.findings import Finding, find
from crossload.reports.headline import headline, lead, notes, unfinished
from crossload.reports.labels import WORDS, cell_label
from crossload.reports.links import ON_PAGE, Links, cell_link
from crossload.reports.loads import first_screen
from crossload.reports.page import (
    Axis,
    CauseView,
    CellView,
    ChangeView,
    Facet,
    FindingView,
    GridRow,
    GridView,
    PageContext,
    Segment,
    VerdictView,
)
from crossload.reports.page_data import DataBlock
from crossload.reports.places import in_use, places
from crossload.reports.summary import plain_ended
from crossload.reports.tallies import tallies
from crossload.runner.prose import counted
from crossload.runner.words import Format, Verdict

_OPEN_UP_TO = 2500  # cells; above, grids start folded so that the page opens quickly
_FINDINGS_SHOWN = 25
_LINKS_SHOWN = 12


@dataclass(frozen=True)
class Inlined:
    """What a page of its own has in it: a style sheet and a script with their digests, and data."""

    style: str
    style_digest: str
    script: str
    script_digest: str
    data: DataBlock


_NOTHING = Inlined("", "", "", "", DataBlock("", 0))


def page_context(
    report: Report,
    *,
    planned: Report,
    in_site: bool,
    inlined: Inlined | None,
    links: Links = ON_PAGE,
) -> PageContext:
    """Return what the template draws: of `report`, and what became of all that was `planned`.

    Without anything `inlined`, the page has no cells.
    """
    has_cells = inlined is not None
    inlined = inlined or _NOTHING
    data = inlined.data
    intact = [row for row in report.cells if not row.damaged]
    damaged = [row for row in report.cells if row.damaged]
    counts = _counts(row.verdict for row in intact)
    absent = _counts(row.verdict for row in planned.cells if row.verdict.lacks_environment)
    findings = find(report)
    found, loads = places(report), tallies(report.cells)
    recent = in_use(found)
    sentence, said = fact(loads, found), headline(report.summary)
    return PageContext(
        title=f"crossload: {len(planned.environments)} environments, {len(planned.cells):,} cells",
        headline=sentence or said,
        counted=said if sentence else "",
        first=first_screen(report, found, loads, links.cells),
        notes=notes(report.summary),
        lead=lead(planned),
        run=report.run,
        unfinished=unfinished(report),
        verdicts=verdict_views(counts, absent, damaged=len(damaged)),
        bar=bar_of(counts),
        total=counts.total(),
        environments=planned.environments,
        environment_links={one.id: links.cells(environment=one.id) for one in planned.environments},
        changes=_changes(report),
        changed=changed_line(report),
        findings=tuple(_finding(one, links) for one in findings[:_FINDINGS_SHOWN]),
        hidden_findings=max(0, len(findings) - _FINDINGS_SHOWN),
        causes=cause_views(intact, recent, links),
        damaged=cause_views(damaged, recent, links, verdict=labels.IS_DAMAGED),
        damaged_counted=_damaged_counted(damaged),
        explained=explained_line(report),
        claims=claim_groups(report, links),
        claims_counted=claims_counted(report.claims),
        grids=() if not has_cells else grids(report, drawn=not data.is_packed),
        coverage=coverage(planned, links.cells),
        facets=() if not has_cells else facets(report),
        text_limit=data.text_limit,
        style=inlined.style,
        style_digest=inlined.style_digest,
        script=inlined.script,
        script_digest=inlined.script_digest,
        packed=data.is_packed,
        in_site=in_site,
        data=data.inline,
    )


def verdict_views(
    counts: Counter[Verdict], absent: Counter[Verdict] | None = None, *, damaged: int
) -> tuple[VerdictView, ...]:
    """Every verdict with its wording and its count; loads of `damaged` files have a line of theirs.

    `absent` counts the cells of environments that cannot be used: the page does not have them.
    """
    absent = absent or Counter()
    views = [
        VerdictView(
            one,
            WORDS[one].label,
            APPEARANCE[one].symbol,
            APPEARANCE[one].meaning,
            counts[one] or absent[one],
            ENVIRONMENTS if absent[one] and not counts[one] else "",
        )
        for one in ORDER
    ]
    if damaged:
        look, label = appearance.DAMAGED, labels.DAMAGED.label
        views.append(VerdictView(labels.IS_DAMAGED, label, look.symbol, look.meaning, damaged))
    return tuple(views)


def cause_views(
    rows: Sequence[CellRow], recent: Collection[str], links: Links = ON_PAGE, **chosen: str
) -> tuple[CauseView, ...]:
    """The causes of these cells as `cause_summaries`, with links to those that are `chosen`."""
    return tuple(
        CauseView(one, links.cells(cause=one.cause.id, **chosen))
        for one in cause_summaries(rows, recent)
    )


def _damaged_counted(rows: Sequence[CellRow]) -> str:
    files = {(row.saver, row.model, row.format) for row in rows}
    return f"{counted(len(rows), 'load')} of {counted(len(files), 'file')}"


def _counts(verdicts: Iterable[Verdict]) -> Counter[Verdict]:
    return Counter(verdicts)


def bar_of(counts: Counter[Verdict]) -> tuple[Segment, ...]:
    """The counts as a stacked bar."""
    segments, start = [], 0
    for verdict in ORDER:
        if counts[verdict]:
            segments.append(Segment(verdict, start, counts[verdict]))
            start += counts[verdict]
    return tuple(segments)


def grids(report: Report, *, drawn: bool) -> tuple[GridView, ...]:
    """One grid per model and format; where the script draws them, their cells are symbols."""
    axes = {name: Axis(name, note) for name, note in axis_notes(report).items()}
    groups: dict[tuple[str, Format], list[CellRow]] = {}
    for row in report.cells:
        groups.setdefault((row.model, row.format), []).append(row)
    unfold = len(report.cells) <= _OPEN_UP_TO
    return tuple(
        _grid(rows, axes, drawn=drawn, unfold=unfold or number == 0)
        for number, rows in enumerate(groups.values())
    )


def _grid(rows: Sequence[CellRow], axes: dict[str, Axis], *, drawn: bool, unfold: bool) -> GridView:
    """One grid; its cells are only symbols where the script draws it."""
    by_pair = {(row.saver, row.loader): row for row in rows}
    savers = [one for one in dict.fromkeys(row.saver for row in rows) if one in axes]
    present = {row.loader for row in rows}
    loaders = [one for one in axes if one in present]
    counts = _counts(row.verdict for row in rows)
    return GridView(
        model=rows[0].model,
        format=str(rows[0].format),
        same=counts[Verdict.SAME],
        measured=sum(counts[one] for one in ORDER if one.is_measured),
        total=len(rows),
        bar=bar_of(counts),
        loaders=tuple(axes[one] for one in loaders),
        rows=tuple(
            GridRow(axes[saver], tuple(_view(by_pair.get((saver, loader))) for loader in loaders))
            for saver in savers
            if drawn
        ),
        plain=tuple(
            (saver, _symbols([by_pair.get((saver, loader)) for loader in loaders]))
            for saver in savers
            if not drawn
        ),
        open=unfold,
    )


def _symbols(rows: Sequence[CellRow | None]) -> str:
    """The symbols of a saver's cells; one for all of them where there is no file to load."""
    if all(row is not None and row.verdict is Verdict.UNSAVED for row in rows):
        return APPEARANCE[Verdict.UNSAVED].symbol
    return "".join(" " if row is None else APPEARANCE[row.verdict].symbol for row in rows)


def _view(row: CellRow | None) -> CellView | None:
    if row is None:
        return None
    symbol = APPEARANCE[row.verdict].symbol
    return CellView(
        row.verdict,
        symbol,
        cell_label(row),
        cell_note(row),
        cell_link(row.id),
        own=row.saver == row.loader,
        ended=marks_ending(row),
    )


def cell_note(row: CellRow) -> str:
    """Return the note beside the label: the strategy that helps, or what a plain load loses."""
    if row.verdict is Verdict.ASSISTED:
        return str(row.strategy or "")
    if row.verdict is Verdict.PARTIAL:
        return f"no {', '.join(row.lost)}" if row.lost else ""
    return ""


def marks_ending(row: CellRow) -> bool:
    """Whether the cell shows that a plain load crashed or hung; those verdicts say it anyway."""
    return row.verdict not in {Verdict.CRASHES, Verdict.TIMES_OUT} and plain_ended(row)


def _changes(report: Report) -> tuple[ChangeView, ...]:
    views = []
    for kind, meaning in MEANING.items():
        rows = [one for one in report.changes if one.kind is kind]
        gone = kind is ChangeKind.VANISHED
        links = tuple((one, "" if gone else cell_link(one.cell)) for one in rows)
        views.append(ChangeView(str(kind), meaning, links))
    return tuple(views) if report.compared_with else ()


def _finding(finding: Finding, links: Links) -> FindingView:
    shown = finding.cells[:_LINKS_SHOWN]
    return FindingView(
        finding=finding,
        symbol=APPEARANCE[finding.verdict].symbol,
        label=WORDS[finding.verdict].label,
        links=tuple((row.id, links.cell(row.id)) for row in shown),
        more=len(finding.cells) - len(shown),
        all=links.cells(cause=finding.cause.id, verdict=finding.verdict) if finding.cause else "",
    )


def facets(report: Report) -> tuple[Facet, ...]:
    """The filters over names, with the number of cells of each."""
    cells = report.cells
    savers, loaders = Counter(row.saver for row in cells), Counter(row.loader for row in cells)
    models, formats = Counter(row.model for row in cells), Counter(row.format for row in cells)
    causes = Counter(row.cause.id for row in cells if row.cause)
    ids = report.axis
    return (
        Facet("model", "Model", tuple((one, models[one]) for one in report.models)),
        Facet("format", "Format", tuple((str(one), formats[one]) for one in report.formats)),
        Facet("saver", "Saved by", tuple((one, savers[one]) for one in ids if savers[one])),
        Facet("loader", "Loaded by", tuple((one, loaders[one]) for one in ids if loaders[one])),
        Facet("cause", "Cause", tuple(causes.most_common())),
    )
