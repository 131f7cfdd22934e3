"""What every match of an expression contains."""

from __future__ import annotations

import re

import pytest

from crossload.runner.causes import shipped_catalogue
from crossload.runner.causes.literals import Choice, required_texts


@pytest.mark.parametrize(
    ("expression", "choices"),
    [
        pytest.param("layer count", [("layer count",)], id="plain"),
        pytest.param(r"expected \d+ layers", [("expected ",), (" layers",)], id="class-escape"),
        pytest.param(r"got `(?P<name>\w+)` here", [("` here",), ("got `",)], id="named-group"),
        pytest.param(r"\(signature\)", [("(signature)",)], id="escapes"),
        pytest.param("(one|three) four", [(" four",), ("one", "three")], id="choice-in-a-group"),
        pytest.param(r"one two|(a|b) three|four", [("one two", " three", "four")], id="choices"),
        pytest.param(r"one two|\d+", [], id="choice-without-a-text"),
        pytest.param("(?:one )?two", [("two",)], id="optional-group"),
        pytest.param("(?:one )+two", [("one ",), ("two",)], id="repeated-group"),
        pytest.param("colou?r", [("colo",), ("r",)], id="optional"),
        pytest.param("ab{0,2}?cd", [("cd",), ("a",)], id="counted"),
        pytest.param("ab{2}c", [("a",), ("b",), ("c",)], id="counted-at-least"),
        pytest.param("a[]x]bc", [("bc",), ("a",)], id="class"),
        pytest.param("(?i)Error", [("error",)], id="case-ignored"),
        pytest.param("one(?!two)", [("one",)], id="negative"),
        pytest.param("no.dots", [("dots",), ("no",)], id="any"),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_match_contains_one_text_of_each_choice(expression: str, choices: list[Choice]) -> None:
    assert list(required_texts(expression)) == choices


def test_most_patterns_of_the_catalogue_have_some() -> None:
    expressions = {
        text
        for cause in shipped_catalogue().causes
        for pattern in cause.when
        for text in pattern.texts.values()
    }
    with_some = [one for one in expressions if required_texts(one)]
    assert len(with_some) > 0.95 * len(expressions)
    for one in with_some:
        written = re.sub(r"\\(\W)", r"\1", one).casefold()
        assert all(text in written for choice in required_texts(one) for text in choice)
