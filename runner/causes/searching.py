"""Searches texts for the expressions of many patterns at once.

Owns the search. Every text is searched once, and only for the expressions of which it has the plain
texts: that keeps tens of thousands of cells a matter of seconds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crossload.runner.causes.literals import Choice, required_texts

_LONGEST_TEXT = 6_000  # of a message; the cause is at its head or its tail, which are both kept
Groups = Mapping[str, str | None]


@dataclass(frozen=True)
class _Expression:
    """An expression and the patterns that have it; a match has one text of each of `choices`."""

    compiled: re.Pattern[str]
    choices: tuple[Choice, ...]
    ranks: tuple[int, ...]

    def may_match(self, folded: str) -> bool:
        return all(any(text in folded for text in choice) for choice in self.choices)


class TextSearch:
    """Finds which of many expressions match a text; remembers every text."""

    def __init__(self, expressions: Iterable[tuple[int, str]]) -> None:
        """`expressions`: each with the rank of its pattern."""
        ranks: dict[str, list[int]] = defaultdict(list)
        for rank, text in expressions:
            ranks[text].append(rank)
        self._unconditional: list[_Expression] = []
        self._by_text: dict[str, list[_Expression]] = defaultdict(list)
        for text, found in ranks.items():
            choices = required_texts(text)
            one = _Expression(re.compile(text, re.DOTALL), choices, tuple(found))
            for needed in choices[0] if choices else ():
                self._by_text[needed].append(one)
            if not choices:
                self._unconditional.append(one)
        self._found: dict[str, Mapping[int, Groups]] = {"": {}}

    def search(self, text: str) -> Mapping[int, Groups]:
        """The patterns whose expression matches, by rank, with the groups it names.

        Nothing matches an empty text.
        """
        if text not in self._found:
            self._found[text] = self._searched(text)
        return self._found[text]

    def _searched(self, text: str) -> Mapping[int, Groups]:
        half = _LONGEST_TEXT // 2
        short = text if len(text) <= _LONGEST_TEXT else f"{text[:half]}\n{text[-half:]}"
        folded = short.casefold()
        likely = {
            id(one): one
            for needed, expressions in self._by_text.items()
            if needed in folded
            for one in expressions
            if one.may_match(folded)
        }
        found: dict[int, Groups] = {}
        for one in (*self._unconditional, *likely.values()):
            if match := one.compiled.search(short):
                groups = match.groupdict()
                found.update(dict.fromkeys(one.ranks, groups))
        return found
