"""Searches texts for the expressions of many patterns at once.

Owns the search. Every text is searched once, and only for the expressions of which it has the plain
texts. Tracebacks have most of their lines in common, so each line is looked through once for those,
and only for those of which it has a word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crossload.runner.causes.expressions import compiled
from crossload.runner.causes.literals import Choice, required_texts

_LONGEST_TEXT = 6_000  # of a message; the cause is at its head or its tail, which are both kept
_WORD = re.compile(r"\w+")
_INNER_WORD = re.compile(r"(?<=\W)\w+(?=\W)")
Groups = Mapping[str, str | None]


@dataclass(frozen=True)
class _Expression:
    """An expression and the patterns that have it; a match has one text of each of `choices`."""

    compiled: re.Pattern[str]
    choices: tuple[Choice, ...]
    ranks: tuple[int, ...]

    def may_match(self, folded: str) -> bool:
        """Whether the text has what a match needs besides its first choice."""
        return all(any(text in folded for text in choice) for choice in self.choices[1:])


class TextSearch:
    """Finds which of many expressions match a text; remembers every text and line."""

    def __init__(self, expressions: Iterable[tuple[int, str]]) -> None:
        """`expressions`: each with the rank of its pattern."""
        ranks: dict[str, list[int]] = defaultdict(list)
        for rank, text in expressions:
            ranks[text].append(rank)
        self._unconditional: list[_Expression] = []
        self._by_text: dict[str, list[_Expression]] = defaultdict(list)
        for text, found in ranks.items():
            choices = required_texts(text)
            one = _Expression(compiled(text), choices, tuple(found))
            for needed in choices[0] if choices else ():
                self._by_text[needed].append(one)
            if not choices:
                self._unconditional.append(one)
        self._across_lines = [one for one in self._by_text if "\n" in one]
        self._in_lines: dict[str, list[str]] = defaultdict(list)
        for needed in self._by_text.keys() - set(self._across_lines):
            self._in_lines[_longest_word(needed)].append(needed)
        self._lines: dict[str, tuple[str, ...]] = {}
        self._results: dict[frozenset[object], Mapping[int, Groups]] = {frozenset(): {}}
        self._found: dict[str, Mapping[int, Groups]] = {"": self._results[frozenset()]}

    def search(self, text: str) -> Mapping[int, Groups]:
        """The patterns whose expression matches, by rank, with the groups it names.

        Nothing matches an empty text. Texts with equal results get the same object.
        """
        if text not in self._found:
            self._found[text] = self._searched(text)
        return self._found[text]

    def _searched(self, text: str) -> Mapping[int, Groups]:
        half = _LONGEST_TEXT // 2
        short = text if len(text) <= _LONGEST_TEXT else f"{text[:half]}\n{text[-half:]}"
        folded = short.casefold()
        likely = {
            one.ranks: one
            for needed in self._contained(folded)
            for one in self._by_text[needed]
            if one.may_match(folded)
        }
        found: dict[int, Groups] = {}
        for one in (*self._unconditional, *(likely[ranks] for ranks in sorted(likely))):
            if match := one.compiled.search(short):
                found.update(dict.fromkeys(one.ranks, match.groupdict()))
        key = frozenset((rank, *groups.values()) for rank, groups in found.items())
        return self._results.setdefault(key, found)

    def _contained(self, folded: str) -> set[str]:
        """The first choices of all expressions, as far as the text has them."""
        contained = {one for one in self._across_lines if one in folded}
        for line in folded.split("\n"):
            if line not in self._lines:
                self._lines[line] = tuple(self._within(line))
            contained.update(self._lines[line])
        return contained

    def _within(self, line: str) -> Iterator[str]:
        """The texts in a line; only those are looked for of which the line has the word."""
        for word in ("", *(self._in_lines.keys() & set(_WORD.findall(line)))):
            yield from (one for one in self._in_lines.get(word, ()) if one in line)


def _longest_word(text: str) -> str:
    """The longest word that is whole within the text; a line with the text has that word too."""
    return max(_INNER_WORD.findall(text), key=len, default="")
