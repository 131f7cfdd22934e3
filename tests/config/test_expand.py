"""Expansion as GitHub Actions does it: one rule per test."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.config.expand import Axes, Combination, expand

FRUIT = (("fruit", ("apple", "pear")), ("animal", ("cat", "dog")))


def rows(
    *, include: tuple[Combination, ...] = (), exclude: tuple[Combination, ...] = ()
) -> list[str]:
    expanded = expand(Axes(FRUIT, exclude=exclude, include=include))
    return [" ".join(f"{key}={value}" for key, value in each.items()) for each in expanded]


def test_first_dimension_varies_slowest() -> None:
    assert rows() == [
        "fruit=apple animal=cat",
        "fruit=apple animal=dog",
        "fruit=pear animal=cat",
        "fruit=pear animal=dog",
    ]


def test_no_dimensions_give_nothing() -> None:
    assert expand(Axes(())) == ()


def test_product_size_is_known_without_expanding() -> None:
    assert Axes(tuple((str(n), ("a",) * 1000) for n in range(9))).product_size == 1000**9


def test_exclude_takes_away_every_partial_match() -> None:
    assert rows(exclude=({"fruit": "apple"},)) == ["fruit=pear animal=cat", "fruit=pear animal=dog"]


def test_exclude_needs_all_its_values() -> None:
    assert "fruit=apple animal=dog" in rows(exclude=({"fruit": "apple", "animal": "cat"},))


def test_exclude_that_matches_nothing_changes_nothing() -> None:
    assert rows(exclude=({"fruit": "fig"},)) == rows()


def test_include_without_dimensions_extends_all() -> None:
    assert all(row.endswith("color=green") for row in rows(include=({"color": "green"},)))


def test_include_extends_those_that_fit() -> None:
    assert rows(include=({"animal": "cat", "color": "pink"},)) == [
        "fruit=apple animal=cat color=pink",
        "fruit=apple animal=dog",
        "fruit=pear animal=cat color=pink",
        "fruit=pear animal=dog",
    ]


def test_include_overwrites_what_another_include_added() -> None:
    expanded = rows(include=({"color": "green"}, {"animal": "cat", "color": "pink"}))
    assert expanded[0] == "fruit=apple animal=cat color=pink"


def test_include_that_fits_nothing_is_a_combination() -> None:
    assert rows(include=({"fruit": "banana"},))[4:] == ["fruit=banana"]


def test_include_does_not_extend_an_included_combination() -> None:
    expanded = rows(include=({"fruit": "banana"}, {"fruit": "banana", "animal": "cat"}))
    assert expanded[4:] == ["fruit=banana", "fruit=banana animal=cat"]


def test_include_brings_back_what_exclude_took() -> None:
    each: Combination = {"fruit": "pear", "animal": "dog"}
    assert rows(exclude=(each,), include=(each,)) == rows()


def test_include_of_an_existing_combination_adds_nothing() -> None:
    assert rows(include=({"fruit": "pear", "animal": "dog"},)) == rows()


def test_include_alone_is_a_list_of_combinations() -> None:
    assert expand(Axes((), include=({"a": "1"}, {"a": "2"}))) == ({"a": "1"}, {"a": "2"})


def test_example_of_the_documentation() -> None:
    assert rows(
        include=(
            {"color": "green"},
            {"color": "pink", "animal": "cat"},
            {"fruit": "apple", "shape": "circle"},
            {"fruit": "banana"},
            {"fruit": "banana", "animal": "cat"},
        )
    ) == [
        "fruit=apple animal=cat color=pink shape=circle",
        "fruit=apple animal=dog color=green shape=circle",
        "fruit=pear animal=cat color=pink",
        "fruit=pear animal=dog color=green",
        "fruit=banana",
        "fruit=banana animal=cat",
    ]


_VALUES = st.sampled_from(["1", "2", "3"])
_RULES = st.lists(st.dictionaries(st.sampled_from("abx"), _VALUES, min_size=1), max_size=4)
_DIMENSIONS = st.dictionaries(
    st.sampled_from("abc"), st.lists(_VALUES, min_size=1, max_size=3, unique=True).map(tuple)
)


@given(_DIMENSIONS, _RULES, _RULES)
def test_expansion_is_deterministic_and_keeps_to_its_rules(
    dimensions: dict[str, tuple[str, ...]],
    include: list[dict[str, str]],
    exclude: list[dict[str, str]],
) -> None:
    exclude = [rule for rule in exclude if rule.keys() <= dimensions.keys()]
    axes = Axes(tuple(dimensions.items()), tuple(exclude), tuple(include))
    expanded = expand(axes)
    assert expanded == expand(axes)
    assert len(expanded) <= axes.product_size + len(include)
    plain = expand(Axes(axes.dimensions, axes.exclude))
    for each in plain:
        assert not any(each.items() >= rule.items() for rule in exclude)
    for before, after in zip(plain, expanded, strict=False):
        assert before.items() <= after.items()
