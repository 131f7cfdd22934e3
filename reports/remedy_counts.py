"""How remedies fared in a group of cells, and which of them is good advice for the group.

Owns the counting and the rule: what helped in fewer than half of the cells is no advice for all.
`runner.analysis.remedies` decides how a remedy fared in one cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from crossload.reports.alike import alike
from crossload.reports.document import AdviceRow, CellRow
from crossload.runner.causes.values import RemedyState

_CODE = "with the model's code"


@dataclass(frozen=True)
class RemedyCount:
    """In how many cells a remedy worked, worked with the model's code, did not help, is untried."""

    text: str
    worked: int = 0
    with_code: int = 0
    failed: int = 0
    untried: int = 0

    @property
    def helped(self) -> int:
        return self.worked + self.with_code

    @property
    def tried(self) -> int:
        return self.helped + self.failed

    @property
    def is_rare(self) -> bool:
        """Whether it helped in fewer than half of the cells where it was tried."""
        return not is_most(self.helped, self.tried)

    @property
    def said(self) -> str:
        if not self.tried:
            return "not tried"
        return f"worked in {helped_of(self, self.tried)}"

    def is_untried(self, cells: int) -> bool:
        """Whether at least half of so many cells have it untried."""
        return is_most(self.untried, cells)


@dataclass(frozen=True)
class Help:
    """What a group of cells is advised, with its evidence.

    `count` is None of advice that is no remedy.
    """

    advice: AdviceRow
    cells: int
    count: RemedyCount | None = None

    @property
    def said(self) -> str:
        return f"{self._only}{self.advice.text} {self.evidence}".rstrip()

    @property
    def evidence(self) -> str:
        """For how many of the cells it worked; nothing for advice that cannot be tried."""
        count = self.count
        if count is None:
            return ""
        if not count.tried:
            return "(not tried)"
        if not count.helped:
            return f"(not tried for {count.untried:,} of {self.cells:,})"
        if count.is_untried(self.cells):
            return f"({count.said})"
        return f"(worked for {helped_of(count, self.cells)})"

    @property
    def _only(self) -> str:
        """A warning where it helped too few of the cells to be advice for all of them."""
        count = self.count
        if count is None or not count.helped or is_most(count.helped, self.cells):
            return ""
        return "" if count.is_untried(self.cells) else "only for some: "


def is_most(part: int, whole: int) -> bool:
    """Whether it is at least half."""
    return 2 * part >= whole


def helped_of(count: RemedyCount, total: int) -> str:
    """Tell how often it helped: "9 of 12, 3 of them with the model's code"."""
    words = f"{count.helped:,} of {total:,}"
    if not count.with_code:
        return words
    some = f"{count.with_code:,} of them " if count.worked else ""
    return f"{words}, {some}{_CODE}"


def remedy_counts(rows: Iterable[CellRow]) -> tuple[RemedyCount, ...]:
    """How the remedies of the cells' own cause fared, those of the next obstacle left out."""
    counting = _Counting()
    for row, number in alike(rows, lambda row: id(row.remedies)):
        for one in row.remedies:
            if not one.behind:
                counting.add(one.id, one.text, one.state, number)
    return counting.counts


def best_help(rows: Sequence[CellRow], rare: Collection[str] = ()) -> Help | None:
    """What to advise for cells with the same problem; of equals, what they name first.

    What worked for most of them; what did with the model's code; a remedy that is untried in most;
    what worked for some; advice that follows from their verdict.

    Args:
        rows: the cells.
        rare: remedies that seldom help against the cause, whatever comes of a cell in the end.
    """
    counting, own = _Counting(), set[str]()
    known: dict[str, AdviceRow] = {}
    others: dict[str, AdviceRow] = {}  # that are no remedies
    for row, number in alike(rows, lambda row: (id(row.advice), id(row.remedies))):
        for one in row.remedies:
            counting.add(one.text, one.text, one.state, number)
            known.setdefault(one.text, AdviceRow(one.text, one.code))
            own |= set() if one.behind else {one.text}
        said = {one.text for one in row.remedies}
        for advice in row.advice:
            if advice.verified and advice.text not in said:
                counting.add(advice.text, advice.text, RemedyState.WORKED, number)
                known.setdefault(advice.text, advice)
                own.add(advice.text)
            elif not advice.verified:
                others.setdefault(advice.text, advice)
    total, counts = len(rows), counting.counts
    mine = [one for one in counts if one.text in own]
    untried = [one for one in mine if one.is_untried(total) and one.text not in rare]
    chosen = (
        _most([one for one in counts if is_most(one.worked, total)], attrgetter("worked"))
        or _most([one for one in counts if is_most(one.helped, total)], attrgetter("helped"))
        or _most(untried, attrgetter("untried"))
        or _most([one for one in mine if one.helped], attrgetter("helped"))
    )
    if chosen is None:
        return next((Help(one, total) for one in others.values()), None)
    return Help(replace(known[chosen.text], verified=chosen.worked > 0), total, chosen)


def _most(
    counts: Sequence[RemedyCount], measure: Callable[[RemedyCount], int]
) -> RemedyCount | None:
    return max(counts, key=measure, default=None)


class _Counting:
    """Counts by a key, in the order in which the keys come."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._found: Counter[tuple[str, RemedyState]] = Counter()

    @property
    def counts(self) -> tuple[RemedyCount, ...]:
        return tuple(self._count(key, text) for key, text in self._texts.items())

    def add(self, key: str, text: str, state: RemedyState, number: int) -> None:
        self._texts.setdefault(key, text)
        self._found[key, state] += number

    def _count(self, key: str, text: str) -> RemedyCount:
        numbers = {state: self._found[key, state] for state in RemedyState}
        worked, with_code = numbers.pop(RemedyState.WORKED), numbers.pop(RemedyState.NEEDS_CODE)
        failed = numbers.pop(RemedyState.DID_NOT_HELP)
        return RemedyCount(text, worked, with_code, failed, untried=sum(numbers.values()))
