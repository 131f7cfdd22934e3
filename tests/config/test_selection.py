"""The pattern language of every option that selects."""

from __future__ import annotations

import pytest

from crossload.runner.config.selection import Selection, choose, expand_braces
from crossload.runner.errors import UsageError
from crossload.runner.prose import joined

IDS = ("tf2.10-py3.10", "tf2.15-py3.11", "tf2.16-keras3.0-py3.11")


def chosen(*patterns: str) -> tuple[str, ...]:
    return choose(patterns, IDS, option="--environment")


def test_no_pattern_selects_everything() -> None:
    assert chosen() == IDS


def test_a_selection_without_patterns_selects_everything() -> None:
    assert Selection()("anything")


def test_exact_id() -> None:
    assert chosen("tf2.15-py3.11") == ("tf2.15-py3.11",)


def test_glob() -> None:
    assert chosen("*-py3.11") == IDS[1:]


def test_braces() -> None:
    assert chosen("tf2.{10,15}-*") == IDS[:2]


def test_order_is_that_of_the_ids() -> None:
    assert chosen("tf2.15*", "tf2.10*") == IDS[:2]


def test_letter_case_matters() -> None:
    with pytest.raises(UsageError):
        chosen("TF2.15-py3.11")


def test_star_crosses_the_slashes_of_a_cell() -> None:
    cell = "tf2.10-py3.10/dense.h5/tf2.15-py3.11"
    assert Selection.parse(["*/tf2.15-*"])(cell)


def test_another_name_selects_too() -> None:
    names = {each: each.rpartition("-py")[0] for each in IDS}
    assert choose(["tf2.15"], IDS, option="--environment", names=names) == ("tf2.15-py3.11",)


def test_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        chosen("tf2.15-py3.1")
    assert str(caught.value) == (
        "--environment 'tf2.15-py3.1' matches nothing; did you mean 'tf2.15-py3.11'"
    )
    assert caught.value.advice == f"choose from {joined(IDS)}"


def test_one_dead_pattern_among_living_ones_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^--environment 'zzz\*' matches nothing$"):
        chosen("tf*", "zzz*")


def test_nothing_to_choose_from() -> None:
    with pytest.raises(UsageError) as caught:
        choose(["a"], [], option="--model")
    assert caught.value.advice == "there is nothing to choose from"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a", ("a",)),
        ("a{b,c}d", ("abd", "acd")),
        ("{a,b}{c,d}", ("ac", "ad", "bc", "bd")),
        ("{a,b{c,d}}", ("a", "bc", "bd")),
        ("a{,b}", ("a", "ab")),
        ("{a}", ("{a}",)),
        ("a{b,c", ("a{b,c",)),
        ("{a,a}", ("a",)),
    ],
)
def test_braces_expand(pattern: str, expected: tuple[str, ...]) -> None:
    found = expand_braces(pattern)
    assert found is not None
    assert sorted(found) == sorted(expected)


def test_explosion_of_braces_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        Selection.parse(["{a,b}" * 40], option="--cell")
    assert str(caught.value) == f"--cell {'{a,b}' * 40!r} stands for more than 1000 patterns"
