"""Counts the cells of a report in a user's words.

Owns what is counted where; `reports.headline` puts the numbers into a sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crossload.reports.document import CellRow, Summary
from crossload.runner.analysis.judged import ENDINGS
from crossload.runner.words import Usability, Verdict


def summarize(rows: Sequence[CellRow]) -> Summary:
    """The summary of these cells."""
    measured = [row for row in rows if row.verdict.is_measured]
    intact = [row for row in measured if not row.damaged]
    verdicts = Counter(row.verdict for row in intact)
    counts: Counter[Usability | None] = Counter()
    for verdict, number in verdicts.items():
        counts[verdict.usability] += number
    return Summary(
        counts=tuple((one, counts[one]) for one in Usability),
        losing=verdicts[Verdict.PARTIAL],
        ended=sum(plain_ended(row) for row in measured),
        damaged=len(measured) - len(intact),
    )


def plain_ended(row: CellRow) -> bool:
    """Whether a plain load crashed its process or hung."""
    return any(one.result in ENDINGS and one.strategy.is_plain for one in row.attempts)
