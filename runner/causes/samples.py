r"""A message as a person would read it, for an expression that recognises it.

Owns the way from an expression to text: `Unknown (layer|object): '(?P<name>\w+)` gives
`Unknown layer: '<name>` and `Unknown object: '<name>`. Only the documentation is made from it.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser as parser  # there is no public one
else:
    import sre_parse as parser

_MOST = 60  # texts of one expression
_GAP = "…"
_CLASSES = {"CATEGORY_WORD": "x", "CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}


@dataclass(frozen=True)
class Sample:
    """What to show, and a text that the expression finds something in."""

    shown: str
    matching: str

    def __add__(self, other: Sample) -> Sample:
        return Sample(self.shown + other.shown, self.matching + other.matching)


_EMPTY = Sample("", "")


def samples_of(expression: str) -> tuple[Sample, ...]:
    """The texts that an expression finds, one for each of its alternatives."""
    parsed: Any = parser.parse(expression)
    names = {number: name for name, number in parsed.state.groupdict.items()}
    return tuple(dict.fromkeys(_sequence(parsed, names)))


def _sequence(items: Iterable[Any], names: dict[int, str]) -> list[Sample]:
    found = [_EMPTY]
    for item in items:
        pairs = itertools.product(found, _item(item, names))
        found = [one + other for one, other in itertools.islice(pairs, _MOST)]
    return found


def _item(item: Any, names: dict[int, str]) -> list[Sample]:
    operation, value = str(item[0]), item[1]
    if operation in {"LITERAL", "NOT_LITERAL", "ANY", "IN"}:
        return [_one_of(value if operation == "IN" else [item])]
    if operation == "BRANCH":
        return [one for branch in value[1] for one in _sequence(branch, names)][:_MOST]
    if operation == "SUBPATTERN":
        return _group(value, names)
    if operation in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _repeated(value, names)
    return [_EMPTY]  # positions, look-aheads and flags have no text


def _group(value: Any, names: dict[int, str]) -> list[Sample]:
    inner = _sequence(value[3], names)
    name = names.get(value[0])
    if name is None or all(_GAP not in one.shown for one in inner):
        return inner
    return [Sample(f"<{name}>", inner[0].matching)]


def _repeated(value: Any, names: dict[int, str]) -> list[Sample]:
    least, most, inner = value
    found = _sequence(inner, names)
    if (least, int(most)) == (0, 1):
        return found
    times = max(1, least)
    return [Sample(_GAP, one.matching * times) for one in found[:1]]


def _one_of(value: Any) -> Sample:
    """A character, the first literal of a set, or a character of its first class."""
    operation, argument = str(value[0][0]), value[0][1]
    if operation == "LITERAL":
        return Sample(chr(argument), chr(argument))
    if operation == "RANGE":
        return Sample(_GAP, chr(argument[0]))
    if operation == "CATEGORY" and str(argument) in _CLASSES:
        return Sample(_GAP, _CLASSES[str(argument)])
    return Sample(_GAP, "x")
