"""Plans with scripted cases, and with cells left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crossload.runner.cases.model import Case
from crossload.runner.config.model import Profile
from crossload.runner.plan import Plan, PlannedSave, Selection, cases_of, make_plan
from crossload.runner.probing.material import Scripts
from crossload.runner.words import Format
from tests.test_plan import ENVIRONMENTS


def case(name: str, **limits: tuple[str, ...]) -> Case:
    return Case(name, Path(name), "title", Scripts("save", "load"), **limits)  # type: ignore[arg-type] # the patterns alone


ALL = (case("one"), case("two", savers=("b",), loaders=("c-py*",)), case("three"))


def plan(selection: Selection | None = None, **profile: Any) -> Plan:
    values = {"models": ["dense"], "formats": ["h5"], **profile}
    read = Profile.model_validate(values)
    return make_plan("quick", read, ENVIRONMENTS, selection or Selection(), ALL)


def short(made: Plan) -> list[str]:
    return [f"{cell.saver[0]} {cell.model}.{cell.format} {cell.loader[0]}" for cell in made.cells]


def test_a_case_goes_over_the_pairs_of_its_profile_after_the_models() -> None:
    made = plan(cases="one", pairs=[["a", "b"]])
    assert short(made) == ["a dense.h5 b", "a dense.h5 a", "a one.script b", "a one.script a"]
    assert made.cases == ALL[:1]
    assert PlannedSave("a-py3.11", "one", Format.SCRIPT) in made.saves


def test_a_case_limits_its_savers_and_loaders_but_keeps_their_own_reload() -> None:
    assert short(plan(models="none", cases="two")) == ["b two.script b", "b two.script c"]


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ("all", ["one", "two", "three"]),
        ("none", []),
        (["t*"], ["two", "three"]),
        (["three", "{one,x}"], ["one", "three"]),
    ],
)
def test_a_profile_names_cases_by_patterns(cases: object, expected: list[str]) -> None:
    profile = Profile.model_validate({"cases": cases})
    assert [one.name for one in cases_of(profile, ALL)] == expected


def test_a_profile_has_no_cases_unless_it_says_so() -> None:
    assert plan().cases == ()
    assert Profile().cases == ()


def test_options_select_cases_as_they_select_models() -> None:
    by_model = plan(Selection(model=lambda name: name == "one"), cases="all")
    assert {cell.model for cell in by_model.cells} == {"one"}
    by_format = plan(Selection(format=lambda name: name == "script"), cases="all")
    assert {cell.model for cell in by_format.cells} == {"one", "two", "three"}
    no_scripts = plan(Selection(format=lambda name: name == "h5"), cases="all")
    assert {cell.model for cell in no_scripts.cells} == {"dense"}
    assert no_scripts.cases == ()


@pytest.mark.parametrize(
    ("exclude", "left"),
    [
        pytest.param(["dense.h5"], [], id="a-file-everywhere"),
        pytest.param(["*/dense.h5/c"], ["aa", "ab", "ba", "bb", "ca", "cb"], id="loader-by-name"),
        pytest.param(["a-py3.11/*/{b,c}"], ["aa", "ba", "bb", "bc", "ca", "cb", "cc"], id="braces"),
        pytest.param(["b/d*/*", "*/*.h5/b"], ["aa", "ac", "ca", "cc"], id="one-for-both"),
        pytest.param(
            ["lstm.*"], ["aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"], id="other"
        ),
    ],
)
def test_what_is_excluded_is_not_planned_not_even_as_a_baseline(
    exclude: list[str], left: list[str]
) -> None:
    made = plan(exclude=exclude)
    assert [f"{cell.saver[0]}{cell.loader[0]}" for cell in made.cells] == left
    assert {save.saver[0] for save in made.saves} == {pair[0] for pair in left}


def test_a_case_is_excluded_as_a_model_is() -> None:
    made = plan(models="none", cases="two", exclude="b/two.script/c")
    assert short(made) == ["b two.script b"]
