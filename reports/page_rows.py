"""The rows of the page's data block: cells, attempts, causes and remedies as numbers.

Owns the layout, which `assets/data.js` reads. What repeats is stored once: texts, and the rows of
what many cells or attempts have in common, which are called kinds. Cells follow each other file by
file; what each has of its own stands in columns of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby

from crossload.reports.document import AttemptRow, CellRow, RemedyRow
from crossload.reports.labels import cell_label
from crossload.reports.summary import plain_ended
from crossload.runner.causes.values import Cause
from crossload.runner.records import CheckOutcome, ProbeError

_DIGEST = 12  # characters of a digest: enough to tell two files apart
Row = tuple[object, ...]


class _Texts(dict[str, int]):
    """The number of each distinct text, assigned when it is looked up; 0 is the empty text."""

    def __init__(self) -> None:
        super().__init__({"": 0})

    def __missing__(self, text: str) -> int:
        number = self[str(text)] = len(self)
        return number


class _Rows(dict[Row, int]):
    """The same of rows of numbers; 0 is what stands there from the beginning, if anything does."""

    def __missing__(self, items: Row) -> int:
        number = self[items] = len(self)
        return number


class Encoder:
    """Writes cells as numbers, and collects the texts and rows that the numbers refer to.

    Texts are numbered in the order in which they are first looked up.
    """

    def __init__(self) -> None:
        self.texts = _Texts()
        self.codes: set[str] = set()  # the texts that a reader runs
        self.causes = _Rows({(): 0})
        self.remedies = _Rows({(): 0})
        self.checks = _Rows()
        self.attempts = _Rows()
        self.kinds = _Rows()
        self.files: list[Row] = []
        # Of cells: where they were loaded, and their kind; of each of their attempts in turn: how
        # long loading took, and its day.
        self.columns: dict[str, list[object]] = {
            name: [] for name in ("loader", "kind", "load", "day")
        }
        # Rows of the report share what is equal in them, so that it is known by identity.
        self._cause_numbers: dict[Cause | None, int] = {None: 0}
        self._remedy_rows: dict[RemedyRow, Row] = {}
        self._remedy_lists: dict[int, int] = {}
        self._check_numbers: dict[int, int] = {}
        self._check_lists: dict[int, Row] = {}
        self._attempt_numbers: dict[tuple[object, ...], int] = {}
        self._kind_numbers: dict[tuple[object, ...], int] = {}

    def add(self, rows: Iterable[CellRow]) -> None:
        """Cells in the report's order, in which those of one file follow each other."""
        for _, cells in groupby(rows, key=_file_of):
            self._add_file(list(cells))

    def _add_file(self, rows: Sequence[CellRow]) -> None:
        texts, columns, first = self.texts, self.columns, rows[0]
        names = (texts[one] for one in (first.saver, first.model, first.format))
        digest = texts[first.sha256[:_DIGEST]]
        is_damaged = any(row.damaged for row in rows)
        self.files.append((*names, _number(first.noise), digest, int(is_damaged), len(rows)))
        for row in rows:
            columns["loader"].append(texts[row.loader])
            columns["kind"].append(self._kind(row))
            columns["load"] += [_number(one.load_seconds) for one in row.attempts]
            columns["day"] += [texts[one.measured] for one in row.attempts]

    def _kind(self, row: CellRow) -> int:
        """The number of what a cell has in common with others, of whatever files and loaders."""
        attempts = tuple(map(self._attempt, row.attempts))
        key = (
            *(row.verdict, row.detail, row.strategy, row.lost, row.difference, row.tolerance),
            *(row.baseline, id(row.error), id(row.advice), id(row.cause), id(row.behind)),
            *(id(row.remedies), attempts),
        )
        if key not in self._kind_numbers:
            self._kind_numbers[key] = self.kinds[self._kind_row(row, attempts)]
        return self._kind_numbers[key]

    def _kind_row(self, row: CellRow, attempts: tuple[int, ...]) -> Row:
        texts = self.texts
        return (
            texts[row.verdict],
            texts[cell_label(row)],
            texts[row.detail],
            texts[row.strategy or ""],
            texts[", ".join(row.lost)],
            _number(row.difference),
            _number(row.tolerance),
            texts[row.baseline or ""],
            int(plain_ended(row)),
            self._error(row.error),
            tuple((texts[one.said], self._code(one.code), int(one.verified)) for one in row.advice),
            attempts,
            self._cause(row.cause),
            self._cause(row.behind),
            self._remedies(row.remedies),
        )

    def _cause(self, row: Cause | None) -> int:
        """The cause's number; the same cause with another sentence gets another number."""
        if row not in self._cause_numbers:
            assert row is not None  # None has a number
            texts = self.texts
            references = tuple(texts[one] for one in row.references)
            key = (texts[row.id], texts[row.family], texts[row.sentence], references)
            self._cause_numbers[row] = self.causes[key]
        return self._cause_numbers[row]

    def _remedies(self, rows: tuple[RemedyRow, ...]) -> int:
        if id(rows) not in self._remedy_lists:
            self._remedy_lists[id(rows)] = self.remedies[tuple(map(self._remedy, rows))]
        return self._remedy_lists[id(rows)]

    def _remedy(self, row: RemedyRow) -> Row:
        if row not in self._remedy_rows:
            texts = self.texts
            named, told = (texts[row.id], texts[row.said]), (texts[row.state], texts[row.evidence])
            self._remedy_rows[row] = (*named, self._code(row.code), *told, int(row.behind))
        return self._remedy_rows[row]

    def _attempt(self, row: AttemptRow) -> int:
        """The number of all of an attempt but when it ran and how long it took."""
        key = (
            *(id(row.lost), id(row.concessions), id(row.notes), id(row.error), id(row.warnings)),
            *(id(row.checks), row.strategy, row.result, row.status, row.difference),
            *(row.detail, row.output_tail, row.code),
        )
        if key not in self._attempt_numbers:
            self._attempt_numbers[key] = self.attempts[self._attempt_row(row)]
        return self._attempt_numbers[key]

    def _attempt_row(self, row: AttemptRow) -> Row:
        texts = self.texts
        return (
            texts[row.strategy],
            texts[row.result],
            texts[row.status],
            _number(row.difference),
            texts[", ".join(row.lost)],
            texts[", ".join(row.concessions)],
            texts["; ".join(row.notes)],
            self._error(row.error),
            texts[row.detail],
            texts[row.output_tail],
            texts["\n".join(row.warnings)],
            self._checks_of(row.checks),
            self._code(row.code),
        )

    def _code(self, text: str) -> int:
        self.codes.add(text)
        return self.texts[text]

    def _checks_of(self, checks: tuple[CheckOutcome, ...]) -> Row:
        if id(checks) not in self._check_lists:
            numbers = self._check_numbers
            for one in checks:
                if id(one) not in numbers:
                    numbers[id(one)] = self.checks[self._check_row(one)]
            self._check_lists[id(checks)] = tuple([numbers[id(one)] for one in checks])
        return self._check_lists[id(checks)]

    def _check_row(self, one: CheckOutcome) -> Row:
        texts = self.texts
        return texts[one.check], texts[one.status], _number(one.difference), texts[one.detail]

    def _error(self, error: ProbeError | None) -> Row | int:
        if error is None:
            return 0
        texts = self.texts
        return (texts[error.type], texts[error.message], texts[error.traceback])


def _file_of(row: CellRow) -> tuple[object, ...]:
    return (row.model, row.format, row.saver, row.noise, row.sha256)


@lru_cache(maxsize=100_000)
def _number(value: float | None) -> float | str | None:
    """A number shortened to what is shown; one that is not finite is passed as its name."""
    if value is None:
        return None
    if not math.isfinite(value):
        return str(value)
    return float(f"{value:.4g}")
