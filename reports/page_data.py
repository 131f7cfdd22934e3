"""The page's data block: every cell's details as compact JSON that is inert inside HTML.

Owns the block: `reports.page_rows` writes its rows, `assets/data.js` reads it. When all texts
together are too long for a page that opens quickly, long ones are cut. The block of many cells is
compressed.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property, lru_cache

from crossload.reports import appearance, labels
from crossload.reports.appearance import APPEARANCE, ORDER, Appearance
from crossload.reports.axes import axis_notes
from crossload.reports.cleaning import both_ends
from crossload.reports.document import Report
from crossload.reports.labels import WORDS, Words
from crossload.reports.loads import format_name
from crossload.reports.page_rows import Encoder
from crossload.reports.places import places
from crossload.runner.causes.values import FAMILY_TITLES

TEXT_BUDGET = 5_000_000  # characters of all texts together, as they stand in the block
_COMPRESSION = 6  # of zlib: 9 takes three times as long for 4 % less
PACKED_FROM = 5000  # cells; above, the script draws the grids too
_quoted = json.encoder.encode_basestring_ascii  # what `json.dumps` does with a text
_LIMITS = (4000, 2000, 1000, 500, 250, 120, 60, 30)


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
        packed = zlib.compress(self.json.encode("ascii"), _COMPRESSION)
        return base64.b64encode(packed).decode("ascii")


def data_block(
    report: Report,
    budget: int = TEXT_BUDGET,
    packed_from: int = PACKED_FROM,
    longest: int = _LIMITS[0],
) -> DataBlock:
    """Return the details of all cells, in the report's order of cells.

    Args:
        report: the cells.
        budget: characters of all texts together.
        packed_from: a block of more cells is compressed.
        longest: characters of one text.
    """
    encoder = Encoder()
    texts = encoder.texts
    encoder.add(report.cells)
    versions = {
        one.id: ", ".join(f"{name} {version}" for name, version in one.versions)
        for one in report.environments
    }
    axes = [
        [texts[name], texts[note], texts[versions.get(name, "")]]
        for name, note in axis_notes(report).items()
    ]
    limit, kept = _within(list(texts), encoder.codes, budget, longest)
    first = {
        "axes": axes,
        "verdicts": {
            **{str(one): _called(APPEARANCE[one], WORDS[one]) for one in ORDER},
            labels.IS_DAMAGED: _called(appearance.DAMAGED, labels.DAMAGED),
        },
        "names": {
            "format": {str(one): format_name(one) for one in report.formats},
            "environment": {one.id: one.name for one in places(report)},
        },
    }
    rest = {
        "families": {str(one): title for one, title in FAMILY_TITLES.items()},
        "causes": list(encoder.causes),
        "remedies": list(encoder.remedies),
        "checks": list(encoder.checks),
        "attempts": list(encoder.attempts),
        "kinds": list(encoder.kinds),
        "files": encoder.files,
        "cells": encoder.columns,
    }
    # The texts, most of the block, are quoted already.
    between = f',"texts":[{",".join(kept)}],'
    block = f"{inert_json(first)[:-1]}{between}{inert_json(rest)[1:]}"
    return DataBlock(block, limit, is_packed=len(report.cells) > packed_from)


def _called(look: Appearance, words: Words) -> list[str]:
    return [look.symbol, words.label, words.one, words.several]


def inert_json(value: object) -> str:
    r"""Return `value` as ASCII JSON in which `<`, `>` and `&` are written as `\u003c` and so on.

    Raises:
        ValueError: a number is not finite (browsers do not read NaN).
    """
    return inert(json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":")))


def inert(text: str) -> str:
    """Return JSON without the characters that begin something in HTML."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _within(
    texts: list[str], codes: AbstractSet[str], budget: int, longest: int
) -> tuple[int, list[str]]:
    """Cut the texts at the highest limit that keeps all of them within the budget, and quote them.

    A text counts as it stands in the block, with its quotes. Code is never cut: a part of it would
    be copied and could not be run.
    """
    limits = [one for one in _LIMITS if one <= longest]
    limit = limits[0]
    kept = [_kept(text, len(text) if text in codes else limit) for text in texts]
    total = sum([size for _, size in kept])
    for lower in limits[1:]:
        if total <= budget:
            break
        limit = lower
        for at, text in enumerate(texts):
            if len(text) > limit and text not in codes:
                total -= kept[at][1]
                kept[at] = _kept(text, limit)
                total += kept[at][1]
    return limit, [quoted for quoted, _ in kept]


@lru_cache(maxsize=20_000)
def _kept(text: str, limit: int) -> tuple[str, int]:
    """What stands in the block, and its length; cached, as the models of a run share most texts."""
    quoted = _quoted(_cut(text, limit))
    return inert(quoted), len(quoted)


def _cut(text: str, limit: int) -> str:
    # Allow a tenth more: the note about a cut must not be longer than what was cut.
    return text if len(text) <= limit * 1.1 else both_ends(text, limit)
