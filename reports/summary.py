"""Counts the cells of a report in a user's words.

Owns what is counted where; `reports.headline` puts the numbers into a sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crossload.reports.document import AttemptRow, CellRow, Summary
from crossload.runner.analysis.judged import ENDINGS
from crossload.runner.words import Usability, Verdict

_MEASURED = frozenset(one for one in Verdict if one.is_measured)


def summarize(rows: Sequence[CellRow]) -> Summary:
    """The summary of these cells."""
    measured = [row for row in rows if row.verdict in _MEASURED]
    intact = [row for row in measured if not row.damaged]
    verdicts = Counter(row.verdict for row in intact)
    ended = Counter(one.strategy.is_plain for row in measured for one in _ended(row))
    counts: Counter[Usability | None] = Counter()
    for verdict, number in verdicts.items():
        counts[verdict.usability] += number
    return Summary(
        counts=tuple((one, counts[one]) for one in Usability),
        losing=verdicts[Verdict.PARTIAL],
        ended=ended[True],
        ended_helped=ended[False],
        damaged=len(measured) - len(intact),
    )


def plain_ended(row: CellRow) -> bool:
    """Whether a plain load crashed its process or hung."""
    return any(one.strategy.is_plain for one in _ended(row))


def _ended(row: CellRow) -> list[AttemptRow]:
    """The attempts that crashed their process or hung."""
    return [one for one in row.attempts if one.result in ENDINGS]
