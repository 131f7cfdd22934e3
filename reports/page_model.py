"""Fills the page's dataclass from the document: wording, order, links. Draws nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from crossload.reports.appearance import APPEARANCE, ORDER
from crossload.reports.axes import axis_notes
from crossload.reports.causes import cause_summaries, explained_line
from crossload.reports.changes import MEANING, changed_line
from crossload.reports.claims import counted as claims_counted
from crossload.reports.claims_view import claim_groups
from crossload.reports.coverage import coverage
from crossload.reports.document import CellRow, ChangeKind, Report
from crossload.reports.fact import fact
from crossload.reports.findings import Finding, find
from crossload.reports.headline import headline, lead, notes, unfinished
from crossload.reports.labels import WORDS, cell_label
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
from crossload.reports.places import places
from crossload.reports.summary import plain_ended
from crossload.reports.tallies import tallies
from crossload.runner.prose import counted
from crossload.runner.words import Format, Verdict

_OPEN_UP_TO = 2500  # cells; above, grids start folded so that the page opens quickly
_FINDINGS_SHOWN = 25
_LINKS_SHOWN = 12
Inlined = tuple[str, str]  # text and its digest


def page_context(
    report: Report,
    *,
    planned: Report,
    in_site: bool,
    style: Inlined,
    script: Inlined,
    data: DataBlock,
) -> PageContext:
    """Return what the template draws: of `report`, and what became of all that was `planned`."""
    axes = _axes(report)
    intact = [row for row in report.cells if not row.damaged]
    damaged = [row for row in report.cells if row.damaged]
    counts = _counts(row.verdict for row in intact)
    findings = find(report)
    found, loads = places(report), tallies(report.cells)
    sentence, said = fact(loads, found), headline(report.summary)
    return PageContext(
        title=f"crossload: {len(planned.environments)} environments, {len(planned.cells)} cells",
        headline=sentence or said,
        counted=said if sentence else "",
        first=first_screen(report, found, loads, filter_link),
        notes=notes(report.summary),
        lead=lead(planned),
        run=report.run,
        unfinished=unfinished(report),
        verdicts=tuple(
            VerdictView(
                one,
                WORDS[one].label,
                APPEARANCE[one].symbol,
                APPEARANCE[one].meaning,
                counts[one],
            )
            for one in ORDER
        ),
        bar=_bar(counts),
        total=counts.total(),
        environments=planned.environments,
        changes=_changes(report),
        changed=changed_line(report),
        findings=tuple(_finding(one) for one in findings[:_FINDINGS_SHOWN]),
        hidden_findings=max(0, len(findings) - _FINDINGS_SHOWN),
        causes=_causes(intact),
        damaged=_causes(damaged),
        damaged_counted=_damaged_counted(damaged),
        explained=explained_line(report),
        claims=claim_groups(report, cell_link),
        claims_counted=claims_counted(report.claims),
        grids=_grids(report, axes, drawn=not data.is_packed),
        coverage=coverage(planned, filter_link),
        facets=_facets(report),
        text_limit=data.text_limit,
        style=style[0],
        style_digest=style[1],
        script=script[0],
        script_digest=script[1],
        packed=data.is_packed,
        in_site=in_site,
        data=data.inline,
    )


def cell_link(identifier: str) -> str:
    """Return the link that opens a cell."""
    return f"#{quote(identifier, safe='/')}"


def filter_link(**chosen: str) -> str:
    """Return the link that shows only the cells with these values."""
    return "#?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in chosen.items())


def _causes(rows: Sequence[CellRow]) -> tuple[CauseView, ...]:
    return tuple(CauseView(one, filter_link(cause=one.cause.id)) for one in cause_summaries(rows))


def _damaged_counted(rows: Sequence[CellRow]) -> str:
    files = {(row.saver, row.model, row.format) for row in rows}
    return f"{counted(len(rows), 'load')} of {counted(len(files), 'file')}"


def _counts(verdicts: Iterable[Verdict]) -> Counter[Verdict]:
    return Counter(verdicts)


def _bar(counts: Counter[Verdict]) -> tuple[Segment, ...]:
    segments, start = [], 0
    for verdict in ORDER:
        if counts[verdict]:
            segments.append(Segment(verdict, start, counts[verdict]))
            start += counts[verdict]
    return tuple(segments)


def _axes(report: Report) -> dict[str, Axis]:
    return {name: Axis(name, note) for name, note in axis_notes(report).items()}


def _grids(report: Report, axes: dict[str, Axis], *, drawn: bool) -> tuple[GridView, ...]:
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
        bar=_bar(counts),
        loaders=tuple(axes[one] for one in loaders),
        rows=tuple(
            GridRow(axes[saver], tuple(_view(by_pair.get((saver, loader))) for loader in loaders))
            for saver in savers
            if drawn
        ),
        plain=tuple(
            (saver, "".join(_symbol(by_pair.get((saver, loader))) for loader in loaders))
            for saver in savers
            if not drawn
        ),
        open=unfold,
    )


def _symbol(row: CellRow | None) -> str:
    return " " if row is None else APPEARANCE[row.verdict].symbol


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


def _finding(finding: Finding) -> FindingView:
    shown = finding.cells[:_LINKS_SHOWN]
    return FindingView(
        finding=finding,
        symbol=APPEARANCE[finding.verdict].symbol,
        label=WORDS[finding.verdict].label,
        links=tuple((row.id, cell_link(row.id)) for row in shown),
        more=len(finding.cells) - len(shown),
        all=filter_link(cause=finding.cause.id, verdict=finding.verdict) if finding.cause else "",
    )


def _facets(report: Report) -> tuple[Facet, ...]:
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
