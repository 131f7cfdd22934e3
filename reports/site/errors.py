"""The errors of cells as the site prints them: each text once, with how often it was raised.

Owns which texts are the same: those that differ only in numbers, quoted names and places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
    groups: dict[tuple[str, str, str], list[CellRow]] = {}
    for row in rows:
        if row.error is not None:
            cause = row.cause.id if row.cause else ""
            key = (row.error.type, _VARIES.sub("", row.error.message[:_LONGEST]), cause)
            groups.setdefault(key, []).append(row)
    found = [_text(cause, members) for (_, _, cause), members in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.cells, one.type, one.message)))


def _text(cause: str, rows: list[CellRow]) -> ErrorText:
    error = rows[0].error
    assert error is not None  # only such rows are grouped
    message = error.message
    if len(message) > _LONGEST:
        message = f"{message[:_LONGEST]} …"
    return ErrorText(error.type, message, len(rows), rows[0].id, cause)
