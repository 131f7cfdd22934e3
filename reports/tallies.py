"""Counts loads by format, saver and loader: the numbers of the page's first screen.

Owns what is counted where. Loads of damaged files and cells without a load count nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crossload.reports.document import CellRow
from crossload.reports.places import Place
from crossload.runner.words import Format, Verdict

Key = tuple[Format, str, str]  # format, saver, loader
_MEASURED = frozenset(one for one in Verdict if one.is_measured)


@dataclass
class Tally:
    """How many loads have which verdict."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)

    @property
    def measured(self) -> int:
        return sum(self.verdicts.values())

    @property
    def plain(self) -> int:
        """Loads that work as they are, whatever else is lost."""
        return self._sum(one for one in Verdict if one.loads_plainly)

    @property
    def whole(self) -> int:
        """Loads that work as they are, with one line, or translated."""
        return self._sum(one for one in Verdict if one.is_whole)

    @property
    def silent(self) -> int:
        return self.verdicts[Verdict.DIFFERS]

    @property
    def fails(self) -> int:
        return self._sum((Verdict.FAILS, Verdict.CRASHES, Verdict.TIMES_OUT))

    def add(self, other: Tally) -> None:
        self.verdicts.update(other.verdicts)

    def _sum(self, verdicts: Iterable[Verdict]) -> int:
        return sum(self.verdicts[one] for one in verdicts)


def tallies(rows: Iterable[CellRow]) -> dict[Key, Tally]:
    """Return the counts of every format, saver and loader that has a measured load."""
    found: dict[Key, Tally] = {}
    counts = Counter(
        (row.format, row.saver, row.loader, row.verdict)
        for row in rows
        if row.verdict in _MEASURED and not row.damaged
    )
    for (format_, saver, loader, verdict), number in counts.items():
        found.setdefault((format_, saver, loader), Tally()).verdicts[verdict] = number
    return found


def tally_of(rows: Iterable[CellRow]) -> Tally:
    """Return the counts of all formats, savers and loaders together."""
    return Tally(
        Counter(row.verdict for row in rows if row.verdict in _MEASURED and not row.damaged)
    )


def total(found: Iterable[Tally]) -> Tally:
    """Return the sum."""
    result = Tally()
    for one in found:
        result.add(one)
    return result


def between(
    counts: Mapping[Key, Tally], formats: Sequence[Format], pairs: Iterable[tuple[Place, Place]]
) -> Tally:
    """Return the sum over these formats and these pairs of a saver and a loader."""
    keys = ((one, saver.id, loader.id) for saver, loader in pairs for one in formats)
    return total(counts[key] for key in keys if key in counts)


def percent(part: int, whole: int) -> int:
    """Return the share in percent; 0 and 100 are exact, so that no exception is rounded away."""
    if not part or part == whole:
        return 100 if part else 0
    return min(99, max(1, round(100 * part / whole)))
