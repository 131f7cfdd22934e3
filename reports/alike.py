"""Rows of cells that share something, counted once.

Owns that grouping. `reports.cell_rows` makes what is equal in rows one object, so that tens of
thousands of them have few lists of remedies, and counting can go by those.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable

from crossload.reports.document import CellRow
from crossload.runner.causes.values import Cause


def alike(
    rows: Iterable[CellRow], key: Callable[[CellRow], Hashable]
) -> Iterable[tuple[CellRow, int]]:
    """Return the first row of each key with the number of rows that have it, in order.

    The key may consist of ids of what the rows hold.
    """
    first: dict[Hashable, CellRow] = {}
    counts: dict[Hashable, int] = {}
    for row in rows:
        found = key(row)
        first.setdefault(found, row)
        counts[found] = counts.get(found, 0) + 1
    return zip(first.values(), counts.values(), strict=True)


def by_cause(rows: Iterable[CellRow]) -> dict[str, list[CellRow]]:
    """Return the rows of each cause, by its id, in order; those without one are left out."""
    groups: dict[str, list[CellRow]] = defaultdict(list)
    for row in rows:
        if row.cause is not None:
            groups[row.cause.id].append(row)
    return groups


def cause_counts(rows: Iterable[CellRow]) -> Counter[Cause]:
    """Return how many of these cells have which cause, in order; most are known by identity."""
    found: Counter[Cause] = Counter()
    for row, number in alike(rows, lambda row: id(row.cause)):
        if row.cause is not None:
            found[row.cause] += number
    return found
