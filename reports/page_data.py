"""The page's data block: every cell's details as compact JSON that is inert inside HTML.

Owns the block's layout, which `assets/data.js` reads. Texts that repeat are stored once, and when
all of them together are too long for a page that opens quickly, long ones are cut. The block of
many cells is compressed.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

from crossload.reports.appearance import APPEARANCE, ORDER
from crossload.reports.axes import axis_notes
from crossload.reports.document import AttemptRow, CellRow, RemedyRow, Report
from crossload.reports.labels import WORDS, cell_label
from crossload.reports.summary import plain_ended
from crossload.runner.causes.values import FAMILY_TITLES, Cause
from crossload.runner.records import ProbeError

TEXT_BUDGET = 5_000_000  # characters of all texts together, as they stand in the block
PACKED_FROM = 5000  # cells; above, the script draws the grids too
_DIGEST = 12  # characters of a digest: enough to tell two files apart
_LIMITS = (4000, 2000, 1000, 500, 250, 120, 60, 30)
_SECONDS, _MEASURED = 3, 14  # where an attempt has them
Row = tuple[object, ...]


@dataclass(frozen=True)
class DataBlock:
    """`json` is inert; `text_limit` is where long texts were cut.

    `inline` is what stands in the page: the JSON or, where the block `is_packed`, base64 of it
    compressed as zlib does.
    """

    json: str
    text_limit: int
    is_packed: bool = False

    @cached_property
    def inline(self) -> str:
        if not self.is_packed:
            return self.json
        return base64.b64encode(zlib.compress(self.json.encode("ascii"), 9)).decode("ascii")


class _Texts(dict[str, int]):
    """The number of each distinct text, assigned when it is looked up; 0 is the empty text."""

    def __init__(self) -> None:
        super().__init__({"": 0})

    def __missing__(self, text: str) -> int:
        number = self[str(text)] = len(self)
        return number


class _Lists(dict[Row, int]):
    """The same of lists; 0 is the empty one. Cells with one cause share it."""

    def __init__(self) -> None:
        super().__init__({(): 0})

    def __missing__(self, items: Row) -> int:
        number = self[items] = len(self)
        return number


def data_block(
    report: Report, budget: int = TEXT_BUDGET, packed_from: int = PACKED_FROM
) -> DataBlock:
    """Return the details of all cells, in the report's order of cells."""
    encoder = _Encoder()
    texts = encoder.texts
    cells = [encoder.cell(row) for row in report.cells]
    versions = {
        one.id: ", ".join(f"{name} {version}" for name, version in one.versions)
        for one in report.environments
    }
    axes = [
        [texts[name], texts[note], texts[versions.get(name, "")]]
        for name, note in axis_notes(report).items()
    ]
    limit, kept = _within(list(texts), budget)
    block = {
        "axes": axes,
        "verdicts": {
            str(one): [APPEARANCE[one].symbol, WORDS[one].label, WORDS[one].one, WORDS[one].several]
            for one in ORDER
        },
        "texts": kept,
        "families": {str(one): title for one, title in FAMILY_TITLES.items()},
        "causes": list(encoder.causes),
        "remedies": list(encoder.remedies),
        "cells": cells,
    }
    return DataBlock(inert_json(block), limit, is_packed=len(report.cells) > packed_from)


def inert_json(value: object) -> str:
    r"""Return `value` as ASCII JSON in which `<`, `>` and `&` are written as `\u003c` and so on.

    Raises:
        ValueError: a number is not finite (browsers do not read NaN).
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _within(texts: list[str], budget: int) -> tuple[int, list[str]]:
    """Cut the texts at the highest limit that keeps all of them within the budget.

    A text counts as it stands in the block, with its quotes.
    """
    kept, sizes = texts, [len(json.dumps(text)) for text in texts]
    limit = _LIMITS[0]
    for limit in _LIMITS:
        kept = [_cut(text, limit) for text in texts]
        sizes = [
            size if one is text else len(json.dumps(one))
            for one, text, size in zip(kept, texts, sizes, strict=True)
        ]
        if sum(sizes) <= budget:
            break
    return limit, kept


def _cut(text: str, limit: int) -> str:
    # Allow a tenth more: the note about a cut must not be longer than what was cut.
    return text if len(text) <= limit * 1.1 else f"{text[:limit]} … [{len(text) - limit} more]"


class _Encoder:
    """Writes cells as rows of numbers, and collects the texts, causes and remedies they refer to.

    Texts are numbered in the order in which they are first looked up.
    """

    def __init__(self) -> None:
        self.texts = _Texts()
        self.causes = _Lists()
        self.remedies = _Lists()
        self._cause_numbers: dict[Cause | None, int] = {None: 0}
        self._remedy_rows: dict[RemedyRow, Row] = {}
        # Rows of the report share what is equal in them, so that it is known by identity.
        self._remedy_lists: dict[int, int] = {}
        self._attempts: dict[tuple[object, ...], list[object]] = {}

    def cell(self, row: CellRow) -> list[object]:
        texts = self.texts
        return [
            texts[row.saver],
            texts[row.model],
            texts[row.format],
            texts[row.loader],
            texts[row.verdict],
            texts[row.detail],
            texts[row.strategy or ""],
            texts[", ".join(row.lost)],
            _number(row.difference),
            _number(row.tolerance),
            _number(row.noise),
            texts[row.baseline or ""],
            self._error(row.error),
            [[texts[one.said], texts[one.code], int(one.verified)] for one in row.advice],
            [self._attempt(one) for one in row.attempts],
            self._cause(row.cause),
            self._cause(row.behind),
            self._remedies(row.remedies),
            texts[cell_label(row)],
            int(plain_ended(row)),
            texts[row.sha256[:_DIGEST]],
            int(row.damaged),
        ]

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
            fields = (row.id, row.said, row.code, row.state, row.evidence)
            self._remedy_rows[row] = tuple(self.texts[one] for one in fields)
        return self._remedy_rows[row]

    def _attempt(self, row: AttemptRow) -> list[object]:
        key = (
            *(id(row.lost), id(row.concessions), id(row.notes), id(row.error), id(row.warnings)),
            *(id(row.checks), row.strategy, row.result, row.status, row.difference),
            *(row.detail, row.output_tail, row.code),
        )
        if key not in self._attempts:
            self._attempts[key] = self._encoded(row)
        encoded = self._attempts[key].copy()
        encoded[_SECONDS] = _number(row.seconds)
        encoded[_MEASURED] = self.texts[row.measured]
        return encoded

    def _encoded(self, row: AttemptRow) -> list[object]:
        texts = self.texts
        return [
            texts[row.strategy],
            texts[row.result],
            texts[row.status],
            None,  # for the seconds
            _number(row.difference),
            texts[", ".join(row.lost)],
            texts[", ".join(row.concessions)],
            texts["; ".join(row.notes)],
            self._error(row.error),
            texts[row.detail],
            texts[row.output_tail],
            texts["\n".join(row.warnings)],
            [
                [texts[one.check], texts[one.status], _number(one.difference), texts[one.detail]]
                for one in row.checks
            ],
            texts[row.code],
            0,  # for the day
        ]

    def _error(self, error: ProbeError | None) -> list[object] | int:
        if error is None:
            return 0
        texts = self.texts
        return [texts[error.type], texts[error.message], texts[error.traceback]]


@lru_cache(maxsize=100_000)
def _number(value: float | None) -> float | str | None:
    """A number shortened to what is shown; one that is not finite is passed as its name."""
    if value is None:
        return None
    if not math.isfinite(value):
        return str(value)
    return float(f"{value:.4g}")
