"""Words joined and counted as an English sentence does it.

Owns only that; what is listed, and what is said of it, is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence


def joined(words: Sequence[str], most: int | None = None, separator: str = ",") -> str:
    """Return `a, b and c`, or `a, b and 3 more`; nothing for no words.

    Args:
        words: in the order in which they are named.
        most: how many to name; a list with just one more is named whole.
        separator: a semicolon where the words have commas: `a; b; and c`.
    """
    if most is not None and len(words) > most + 1:
        words = [*words[:most], f"{len(words) - most} more"]
    if len(words) < 2:
        return "".join(words)
    last = " and" if separator == "," else f"{separator} and"
    return f"{f'{separator} '.join(words[:-1])}{last} {words[-1]}"


def counted(number: int, word: str) -> str:
    """Return `1 file`, `1,200 files`."""
    return f"{number:,} {plural(word, number)}"


def plural(word: str, number: int) -> str:
    """Return the word as it stands behind the number: `file`, `files`."""
    return word if number == 1 else f"{word}s"
