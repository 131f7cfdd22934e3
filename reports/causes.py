"""The causes of a run with their counts, for the page, Markdown and the terminal.

Owns the counting. `runner` recognises causes and decides which remedies worked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from crossload.reports.alike import alike, cause_counts
from crossload.reports.document import CellRow, Report
from crossload.runner.causes.values import FAMILY_TITLES, Cause, RemedyState
from crossload.runner.words import Verdict

_TRIED = frozenset({RemedyState.WORKED, RemedyState.DID_NOT_HELP})


@dataclass(frozen=True)
class RemedyCount:
    """How often a remedy worked in the cells where it was tried."""

    text: str
    worked: int
    tried: int

    @property
    def said(self) -> str:
        if not self.tried:
            return "not tried"
        return f"worked in {self.worked:,} of {self.tried:,}"


@dataclass(frozen=True)
class CauseSummary:
    """One cause: its most common sentence, its cells by verdict, its remedies in order."""

    cause: Cause
    cells: int
    verdicts: tuple[tuple[Verdict, int], ...]
    remedies: tuple[RemedyCount, ...]

    @property
    def family(self) -> str:
        return FAMILY_TITLES[self.cause.family]


def cause_summaries(rows: Iterable[CellRow]) -> tuple[CauseSummary, ...]:
    """Return every cause that occurs in these cells, the most frequent first."""
    groups: dict[str, list[CellRow]] = defaultdict(list)
    for row in rows:
        if row.cause is not None:
            groups[row.cause.id].append(row)
    found = [_summary(group) for group in groups.values()]
    return tuple(sorted(found, key=lambda one: (-one.cells, one.cause.id)))


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
    return CauseSummary(
        cause=common,
        cells=len(rows),
        verdicts=tuple((one, verdicts[one]) for one in Verdict if verdicts[one]),
        remedies=_remedies(rows),
    )


def _remedies(rows: list[CellRow]) -> tuple[RemedyCount, ...]:
    worked: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for row, number in alike(rows, lambda row: id(row.remedies)):
        for one in row.remedies:
            texts.setdefault(one.id, one.text)
            worked[one.id] += number * (one.state is RemedyState.WORKED)
            tried[one.id] += number * (one.state in _TRIED)
    return tuple(RemedyCount(text, worked[one], tried[one]) for one, text in texts.items())
