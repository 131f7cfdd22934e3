"""What every match of an expression contains."""

from __future__ import annotations

import re

import pytest

from crossload.runner.causes import shipped_catalogue
from crossload.runner.causes.literals import required_literals


@pytest.mark.parametrize(
    ("expression", "literal"),
    [
        pytest.param("layer count", "layer count", id="plain"),
        pytest.param(r"expected \d+ layers", "expected ", id="class-escape"),
        pytest.param(r"got `(?P<name>\w+)` here", "` here", id="group"),
        pytest.param(r"\(file signature not found\)", "(file signature not found)", id="escapes"),
        pytest.param("(one|two) three", " three", id="choice-in-a-group"),
        pytest.param("colou?r", "colo", id="optional"),
        pytest.param("ab*cd", "cd", id="repeated"),
        pytest.param("ab{0,2}c", "a", id="counted"),
        pytest.param("a[]x]bc", "bc", id="class-with-bracket"),
        pytest.param("(?i)Error", "", id="flags"),
        pytest.param("no.dots", "dots", id="any"),
        pytest.param("aa+b", "aa", id="once-or-more"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_literal_is_in_every_match(expression: str, literal: str) -> None:
    assert required_literals(expression) == (literal,)


def test_every_choice_has_its_own() -> None:
    assert required_literals(r"one two|(a|b) three|\d+") == ("one two", " three", "")


def test_most_patterns_of_the_catalogue_have_one() -> None:
    expressions = [
        text
        for cause in shipped_catalogue().causes
        for pattern in cause.when
        for text in pattern.texts.values()
    ]
    with_one = [one for one in expressions if all(required_literals(one))]
    assert len(with_one) > 0.8 * len(expressions)
    for one in with_one:
        for literal in required_literals(one):
            assert literal in re.sub(r"\\(\W)", r"\1", one)
