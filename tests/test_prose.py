"""Words joined and counted."""

from __future__ import annotations

import pytest

from crossload.runner.prose import counted, joined, plural


@pytest.mark.parametrize(
    ("words", "most", "text"),
    [
        ("", None, ""),
        ("a", None, "a"),
        ("ab", None, "a and b"),
        ("abc", None, "a, b and c"),
        ("abc", 3, "a, b and c"),
        ("abcd", 3, "a, b, c and d"),  # one more is as short as its count
        ("abcde", 3, "a, b, c and 2 more"),
        ("abc", 1, "a and 2 more"),
    ],
)
def test_joined(words: str, most: int | None, text: str) -> None:
    assert joined(tuple(words), most) == text


def test_a_list_of_words_with_commas_is_separated_by_semicolons() -> None:
    assert joined(("a, b", "c", "d"), separator=";") == "a, b; c; and d"
    assert joined(tuple("abcde"), 2, separator=";") == "a; b; and 3 more"


def test_counted() -> None:
    assert [counted(number, "file") for number in (0, 1, 2, 1200)] == [
        "0 files",
        "1 file",
        "2 files",
        "1,200 files",
    ]


def test_plural() -> None:
    assert [plural("cell", number) for number in (0, 1, 2)] == ["cells", "cell", "cells"]
