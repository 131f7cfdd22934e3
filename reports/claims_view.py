"""The page's section on claims: what its template draws, and from which rows.

Owns these shapes and fills them; `reports.claims` owns the wording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossload.reports.appearance import APPEARANCE
from crossload.reports.claims import LOOKS, by_source, counted, evidence, known_cells
from crossload.reports.document import CellRow, ClaimRow, Report
from crossload.reports.links import Links
from crossload.runner.words import Verdict


@dataclass(frozen=True)
class ClaimView:
    """One claim, drawn like the verdict `look`.

    `case_link` shows all cells of its case and is empty for a general claim; `for_it` and
    `against_it` are pairs of a cell's id and its link.
    """

    row: ClaimRow
    look: Verdict
    symbol: str
    evidence: str
    case_link: str
    for_it: tuple[tuple[str, str], ...]
    against_it: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClaimGroup:
    """The claims of one source with a short tally; `open` says whether the fold starts open."""

    source: str
    counts: str
    claims: tuple[ClaimView, ...]
    open: bool


def claim_groups(report: Report, links: Links) -> tuple[ClaimGroup, ...]:
    """Return the claims by source; `links` makes the links to cells."""
    cells = {row.id: row for row in report.cells}
    sources = by_source(report.claims)
    return tuple(
        ClaimGroup(
            source=source,
            counts=counted(rows),
            claims=tuple(_view(row, cells, links) for row in rows),
            open=len(sources) == 1,
        )
        for source, rows in sources.items()
    )


def _view(row: ClaimRow, cells: Mapping[str, CellRow], links: Links) -> ClaimView:
    look = LOOKS[row.status]
    return ClaimView(
        row=row,
        look=look,
        symbol=APPEARANCE[look].symbol,
        evidence=evidence(row),
        case_link=links.cells(model=row.case) if row.case else "",
        for_it=tuple((one, links.cell(one)) for one in known_cells(row.for_it, cells)),
        against_it=tuple((one, links.cell(one)) for one in known_cells(row.against_it, cells)),
    )
