"""Between the report's cells and those of its JSON file: numbers for what is shared, and back.

Owns both directions; `reports.json_shapes` owns what the numbers stand for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from crossload.reports.document import AdviceRow, AttemptRow, CellRow, RemedyRow
from crossload.reports.json_shapes import JsonAttempt, JsonCell, JsonReport
from crossload.runner.causes.values import Cause
from crossload.runner.records import CheckOutcome, ProbeError

_Shared = TypeVar("_Shared", bound=Hashable)
Checks = tuple[CheckOutcome, ...]


class _Numbers(Generic[_Shared]):
    """The number of each distinct value, in the order in which they are first asked for."""

    def __init__(self) -> None:
        self.numbers: dict[_Shared, int] = {}
        # Rows of a report share what is equal in them, and whole lists of it.
        self._by_identity: dict[int, int] = {}
        self._lists: dict[int, list[int]] = {}

    def __call__(self, value: _Shared) -> int:
        number = self._by_identity.get(id(value))
        if number is None:
            number = self.numbers.setdefault(value, len(self.numbers))
            self._by_identity[id(value)] = number
        return number

    def of_all(self, values: tuple[_Shared, ...]) -> list[int]:
        numbers = self._lists.get(id(values))
        if numbers is None:
            numbers = self._lists[id(values)] = list(map(self, values))
        return numbers


class Numbering:
    """Turns the cells of one report, which has to outlive it, into those of a `JsonReport`."""

    def __init__(self) -> None:
        self.errors = _Numbers[ProbeError]()
        self.advice = _Numbers[AdviceRow]()
        self.causes = _Numbers[Cause]()
        self.remedies = _Numbers[RemedyRow]()
        self.checks = _Numbers[Checks]()
        self.texts = _Numbers[str]()

    def lists(self) -> dict[str, Iterable[object]]:
        """What the numbers given so far stand for, by the names of a `JsonReport`."""
        found: dict[str, Iterable[object]] = {name: one.numbers for name, one in vars(self).items()}
        return {**found, "checks": map(_plain_checks, self.checks.numbers)}

    def cell(self, row: CellRow) -> dict[str, object]:
        """A `JsonCell` as a dictionary: of a large run, making the objects takes most time.

        Words are plain texts in it, which are written in a fraction of the time.
        """
        fields = {
            **vars(row),
            "format": str(row.format),
            "verdict": str(row.verdict),
            "strategy": row.strategy and str(row.strategy),
            "lost": list(map(str, row.lost)),
            "baseline": row.baseline and str(row.baseline),
            "error": row.error and self.errors(row.error),
            "advice": self.advice.of_all(row.advice),
            "attempts": list(map(self._attempt, row.attempts)),
            "cause": row.cause and self.causes(row.cause),
            "behind": row.behind and self.causes(row.behind),
            "remedies": self.remedies.of_all(row.remedies),
        }
        return _told(fields)

    def _attempt(self, row: AttemptRow) -> dict[str, object]:
        fields = {
            **vars(row),
            "strategy": str(row.strategy),
            "result": str(row.result),
            "status": str(row.status),
            "lost": list(map(str, row.lost)),
            "error": row.error and self.errors(row.error),
            "output_tail": self.texts(row.output_tail) if row.output_tail else None,
            "warnings": self.texts.of_all(row.warnings),
            "checks": self.checks(row.checks) if row.checks else None,
            "code": self.texts(row.code) if row.code else None,
        }
        return _told(fields)


def _plain_checks(checks: Checks) -> list[dict[str, object]]:
    return [{**vars(one), "check": str(one.check), "status": str(one.status)} for one in checks]


def _told(fields: dict[str, object]) -> dict[str, object]:
    """The fields but for those that say nothing; zero says something."""
    return {
        name: value
        for name, value in fields.items()
        if value or (value is not None and value is not False and value == 0)
    }


def rows_of(document: JsonReport) -> tuple[CellRow, ...]:
    """The cells of a document as those of a report.

    Raises:
        IndexError: a number stands for nothing; the message says in which cell.
    """
    return tuple(_row_at(at, one, document) for at, one in enumerate(document.cells))


def _row_at(at: int, cell: JsonCell, document: JsonReport) -> CellRow:
    try:
        return _row(cell, document)
    except IndexError as error:
        why = f"cells.{at}: in {cell.id!r}, {error.args[0]}"
        raise IndexError(why) from None


def _row(cell: JsonCell, document: JsonReport) -> CellRow:
    given = {
        **vars(cell),
        "error": _at(document.errors, cell.error),
        "advice": _all_at(document.advice, cell.advice),
        "attempts": tuple(_attempt_row(one, document) for one in cell.attempts),
        "cause": _at(document.causes, cell.cause),
        "behind": _at(document.causes, cell.behind),
        "remedies": _all_at(document.remedies, cell.remedies),
    }
    return CellRow(**given)


def _attempt_row(attempt: JsonAttempt, document: JsonReport) -> AttemptRow:
    given = {
        **vars(attempt),
        "error": _at(document.errors, attempt.error),
        "output_tail": _at(document.texts, attempt.output_tail) or "",
        "warnings": _all_at(document.texts, attempt.warnings),
        "checks": _at(document.checks, attempt.checks) or (),
        "code": _at(document.texts, attempt.code) or "",
    }
    return AttemptRow(**given)


def _at(values: Sequence[_Shared], number: int | None) -> _Shared | None:
    if number is None:
        return None
    if not 0 <= number < len(values):
        raise IndexError(f"found the number {number}, expected one of 0 to {len(values) - 1}")
    return values[number]


def _all_at(values: Sequence[_Shared], numbers: Iterable[int]) -> tuple[_Shared, ...]:
    found = (_at(values, one) for one in numbers)
    return tuple(one for one in found if one is not None)
