"""Plain texts that every match of a regular expression contains.

Owns only those. Looking for such texts first makes thousands of searches that find nothing quick.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser as parser  # there is no public one
else:
    import sre_parse as parser

Choice = tuple[str, ...]  # a match contains one of these texts


def required_texts(expression: str) -> tuple[Choice, ...]:
    """Return choices of texts: a text that matches contains one text of each, ignoring case.

    The texts are casefolded, so look for them in the casefolded text. The choice that says most
    comes first. There are none where the expression has no plain text.
    """
    parsed: Any = parser.parse(expression)
    return tuple(sorted(_of_sequence(parsed), key=_least, reverse=True))


def _least(choice: Choice) -> int:
    return min(map(len, choice))


def _of_sequence(items: Iterable[Any]) -> list[Choice]:
    """The choices of items of which all must match."""
    found: list[Choice] = []
    for is_literal, run in groupby(items, lambda item: str(item[0]) == "LITERAL"):
        if is_literal:
            found.append(("".join(chr(code) for _, code in run).casefold(),))
        else:
            found += [choice for item in run for choice in _of_item(item)]
    return found


def _of_item(item: Any) -> list[Choice]:
    operation, value = str(item[0]), item[1]
    if operation == "BRANCH":
        return _of_branches([_of_sequence(one) for one in value[1]])
    if operation == "SUBPATTERN":
        return _of_sequence(value[3])
    if operation in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"} and value[0] > 0:
        return _of_sequence(value[2])
    return []  # a class, a position, or what may be missing


def _of_branches(branches: list[list[Choice]]) -> list[Choice]:
    """One choice of the most telling texts of each branch; none if a branch has no text."""
    if not all(branches):
        return []
    best = (max(choices, key=_least) for choices in branches)
    return [tuple(dict.fromkeys(text for choice in best for text in choice))]
