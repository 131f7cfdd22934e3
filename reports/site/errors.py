"""The errors of cells as the site prints them: each text once, with how often it was raised.

Owns which texts are the same: those that differ only in numbers, quoted names and places.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from crossload.reports.alike import alike
from crossload.reports.document import CellRow

SHOWN = 40  # texts of one page
_LONGEST = 1500  # characters of one text
_VARIES = re.compile(r"0x[0-9a-f]+|\d+|'[^']*'|\"[^\"]*\"|/\S+")


@dataclass(frozen=True)
class ErrorText:
    """An error as it was raised first, the number of cells, one of them, and its cause's id."""

    type: str
    message: str
    cells: int
    example: str
    cause: str


def error_texts(rows: Iterable[CellRow]) -> tuple[ErrorText, ...]:
    """Return the errors of these cells, the most frequent first."""
    groups: dict[tuple[str, str, str], tuple[CellRow, Counter[str]]] = {}
    raised = (row for row in rows if row.error is not None)
    for row, number in alike(raised, lambda row: (id(row.error), id(row.cause))):
        assert row.error is not None  # only such rows were taken
        cause = row.cause.id if row.cause else ""
        key = (row.error.type, _constant(row.error.message), cause)
        _, counts = groups.setdefault(key, (row, Counter()))
        counts[cause] += number
    found = [_text(*one) for one in groups.values()]
    return tuple(sorted(found, key=lambda one: (-one.cells, one.type, one.message)))


@lru_cache(maxsize=20_000)
def _constant(message: str) -> str:
    """The message without what differs from cell to cell."""
    return _VARIES.sub("", message[:_LONGEST])


def _text(row: CellRow, counts: Counter[str]) -> ErrorText:
    ((cause, number),) = counts.items()
    error = row.error
    assert error is not None  # only such rows are grouped
    message = error.message
    if len(message) > _LONGEST:
        message = f"{message[:_LONGEST]} …"
    return ErrorText(error.type, message, number, row.id, cause)
