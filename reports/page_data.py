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
from functools import cached_property

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
Row = list[object]


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


class _Texts:
    """Assigns a number to each distinct text; 0 is the empty text."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {"": 0}

    def __call__(self, text: object) -> int:
        return self._numbers.setdefault("" if text is None else str(text), len(self._numbers))

    def all(self) -> list[str]:
        return list(self._numbers)


class _Lists:
    """Assigns a number to each distinct list; 0 is the empty one. Cells with one cause share it."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {(): 0}

    def __call__(self, items: tuple[object, ...]) -> int:
        return self._numbers.setdefault(items, len(self._numbers))

    def all(self) -> list[tuple[object, ...]]:
        return list(self._numbers)


def data_block(
    report: Report, budget: int = TEXT_BUDGET, packed_from: int = PACKED_FROM
) -> DataBlock:
    """Return the details of all cells, in the report's order of cells."""
    texts, causes, remedies = _Texts(), _Lists(), _Lists()
    cells = [
        [
            *_cell(row, texts),
            _cause(row.cause, texts, causes),
            _cause(row.behind, texts, causes),
            remedies(tuple(_remedy(one, texts) for one in row.remedies)),
            texts(cell_label(row)),
            int(plain_ended(row)),
            texts(row.sha256[:_DIGEST]),
        ]
        for row in report.cells
    ]
    versions = {
        one.id: ", ".join(f"{name} {version}" for name, version in one.versions)
        for one in report.environments
    }
    axes = [
        [texts(name), texts(note), texts(versions.get(name))]
        for name, note in axis_notes(report).items()
    ]
    limit, kept = _within(texts.all(), budget)
    block = {
        "axes": axes,
        "verdicts": {
            str(one): [APPEARANCE[one].symbol, WORDS[one].label, WORDS[one].one, WORDS[one].several]
            for one in ORDER
        },
        "texts": kept,
        "families": {str(one): title for one, title in FAMILY_TITLES.items()},
        "causes": causes.all(),
        "remedies": remedies.all(),
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
    """Cut the texts at the highest limit that keeps all of them within the budget."""
    for limit in _LIMITS:
        kept = [_cut(text, limit) for text in texts]
        if sum(len(json.dumps(text)) for text in kept) <= budget:
            return limit, kept
    return _LIMITS[-1], kept


def _cut(text: str, limit: int) -> str:
    # Allow a tenth more: the note about a cut must not be longer than what was cut.
    return text if len(text) <= limit * 1.1 else f"{text[:limit]} … [{len(text) - limit} more]"


def _cell(row: CellRow, texts: _Texts) -> Row:
    return [
        texts(row.saver),
        texts(row.model),
        texts(row.format),
        texts(row.loader),
        texts(row.verdict),
        texts(row.detail),
        texts(row.strategy),
        texts(", ".join(row.lost)),
        _number(row.difference),
        _number(row.tolerance),
        _number(row.noise),
        texts(row.baseline),
        _error(row.error, texts),
        [[texts(one.text), texts(one.code), int(one.verified)] for one in row.advice],
        [_attempt(one, texts) for one in row.attempts],
    ]


def _cause(row: Cause | None, texts: _Texts, causes: _Lists) -> int:
    """The cause's number; the same cause with another sentence gets another number."""
    if row is None:
        return 0
    references = tuple(texts(one) for one in row.references)
    return causes((texts(row.id), texts(row.family), texts(row.sentence), references))


def _remedy(row: RemedyRow, texts: _Texts) -> tuple[int, ...]:
    return (texts(row.id), texts(row.text), texts(row.code), texts(row.state), texts(row.evidence))


def _attempt(row: AttemptRow, texts: _Texts) -> Row:
    return [
        texts(row.strategy),
        texts(row.result),
        texts(row.status),
        _number(row.seconds),
        _number(row.difference),
        texts(", ".join(row.lost)),
        texts(", ".join(row.concessions)),
        texts("; ".join(row.notes)),
        _error(row.error, texts),
        texts(row.detail),
        texts(row.output_tail),
        texts("\n".join(row.warnings)),
        [
            [texts(one.check), texts(one.status), _number(one.difference), texts(one.detail)]
            for one in row.checks
        ],
        texts(row.code),
        texts(row.measured),
    ]


def _error(error: ProbeError | None, texts: _Texts) -> Row | int:
    if error is None:
        return 0
    return [texts(error.type), texts(error.message), texts(error.traceback)]


def _number(value: float | None) -> float | str | None:
    """A number shortened to what is shown; one that is not finite is passed as its name."""
    if value is None:
        return None
    if not math.isfinite(value):
        return str(value)
    return float(f"{value:.4g}")
