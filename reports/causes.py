"""The causes of a run with their counts, for the page, Markdown and the terminal.

Owns the counting of causes; `reports.remedy_counts` counts their remedies. `runner` recognises
causes and decides which remedies worked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from crossload.reports.alike import by_cause, cause_counts
from crossload.reports.document import CellRow, Report
from crossload.reports.remedy_counts import RemedyCount, remedy_counts
from crossload.runner.causes.values import FAMILY_TITLES, Cause
from crossload.runner.words import Verdict


@dataclass(frozen=True)
class CauseSummary:
    """One cause: its most common sentence, its cells by verdict, its own remedies in order.

    `remedies` are those that helped in at least half of the cells where they were tried, then those
    that nobody has tried; `rare` are the others.
    """

    cause: Cause
    cells: int
    verdicts: tuple[tuple[Verdict, int], ...]
    remedies: tuple[RemedyCount, ...]
    rare: tuple[RemedyCount, ...] = ()

    @property
    def family(self) -> str:
        return FAMILY_TITLES[self.cause.family]


def cause_summaries(
    rows: Iterable[CellRow], recent: Collection[str] = ()
) -> tuple[CauseSummary, ...]:
    """Return every cause that occurs in these cells.

    The one with the most cells between `recent` environments comes first, then the most frequent.
    """
    groups = by_cause(rows)
    used = {
        cause: sum(row.saver in recent and row.loader in recent for row in group)
        for cause, group in groups.items()
    }
    found = [_summary(group) for group in groups.values()]
    found.sort(key=lambda one: (-used[one.cause.id], -one.cells, one.cause.id))
    return tuple(found)


def explained(report: Report) -> tuple[int, int]:
    """Return how many cells have a known cause, and how many should."""
    wanted = [row for row in report.cells if row.verdict.needs_cause and not row.damaged]
    return sum(row.cause is not None for row in wanted), len(wanted)


def explained_line(report: Report) -> str:
    """Return the same as a sentence, empty if no cause is known."""
    known, total = explained(report)
    if not known:
        return ""
    return f"{known:,} of {total:,} cells that are not the same have a known cause."


def _summary(rows: list[CellRow]) -> CauseSummary:
    sentences = cause_counts(rows)
    common = max(sentences, key=lambda one: sentences[one])
    verdicts = Counter(row.verdict for row in rows)
    remedies = remedy_counts(rows)
    helping = [one for one in remedies if not one.is_rare]
    return CauseSummary(
        cause=common,
        cells=len(rows),
        verdicts=tuple((one, verdicts[one]) for one in Verdict if verdicts[one]),
        remedies=tuple(sorted(helping, key=lambda one: not one.tried)),
        rare=tuple(one for one in remedies if one.is_rare),
    )
