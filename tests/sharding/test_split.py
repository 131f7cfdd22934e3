"""All shards together are the plan, alike on every machine, and of like length."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from crossload.runner.config.model import EnvironmentSpec, Profile
from crossload.runner.environments.model import Environment
from crossload.runner.plan import Plan, PlannedSave, Selection, make_plan
from crossload.runner.sharding.estimate import BUILD_MS, CELL_MS, SAVE_MS, Durations
from crossload.runner.sharding.split import Part, Repeated, Shard, split
from crossload.runner.words import Format

NAMES = ("a", "b", "c", "d")


def environments(python: str) -> list[Environment]:
    return [
        Environment(
            id=f"{name}-py{python}",
            spec=EnvironmentSpec(name=name, tensorflow="2.15.1", python=python),
            python=python,
            interpreter=None,
        )
        for name in NAMES
    ]


def plan(pairs: object = "all", python: str = "3.11") -> Plan:
    profile = Profile.model_validate(
        {
            "environments": ["*"],
            "models": ["dense", "lstm", "lambda"],
            "formats": ["h5", "keras"],
            "pairs": pairs,
        }
    )
    return make_plan("quick", profile, environments(python), Selection())


def names(part: Part) -> list[str]:
    return [one.spec.name for one in part.plan.environments]


@pytest.mark.parametrize("pairs", ["all", "upgrade", [["a", "b"], ["c", "d"]]])
@pytest.mark.parametrize("count", [1, 2, 3, 8, 30])
def test_together_they_are_the_plan_and_nothing_is_in_two(pairs: object, count: int) -> None:
    whole = plan(pairs)
    parts = split(whole, count, Durations())
    assert [str(one.shard) for one in parts] == [f"{at + 1}/{count}" for at in range(count)]
    assert Counter(cell for one in parts for cell in one.plan.cells) == Counter(whole.cells)
    assert Counter(save for one in parts for save in one.plan.saves) == Counter(whole.saves)


def test_a_file_is_loaded_where_it_is_saved() -> None:
    for part in split(plan(), 3, Durations()):
        saves = {PlannedSave(one.saver, one.model, one.format) for one in part.plan.cells}
        assert saves == set(part.plan.saves)


def test_a_part_keeps_the_order_of_the_plan() -> None:
    whole = plan()
    for part in split(whole, 3, Durations()):
        assert list(part.plan.cells) == [one for one in whole.cells if one in part.plan.cells]


def test_the_split_does_not_depend_on_the_pythons_of_a_machine() -> None:
    here, there = (split(plan("upgrade", python), 3, Durations()) for python in ("3.11", "3.12"))
    for ours, theirs in zip(here, there, strict=True):
        renamed = [str(one).replace("py3.12", "py3.11") for one in theirs.plan.cells]
        assert [str(one) for one in ours.plan.cells] == renamed


def test_a_shard_has_only_its_environments() -> None:
    parts = split(plan([["a", "b"], ["c", "d"]]), 2, Durations())
    assert [names(one) for one in parts] == [["a", "b"], ["c", "d"]]


def test_equal_files_are_dealt_out_evenly() -> None:
    parts = split(plan(), 3, Durations())
    one = SAVE_MS + 4 * CELL_MS
    assert [part.milliseconds for part in parts] == [8 * one] * 3
    assert parts[0].with_building == 8 * one + 4 * BUILD_MS


def test_what_was_measured_balances_better_than_the_number_of_files() -> None:
    whole = plan()
    slow = PlannedSave("a-py3.11", "dense", Format.H5)
    known = dict.fromkeys(whole.saves, 100) | {slow: 2300}
    loads = {(save, one.id): 0 for save in whole.saves for one in whole.environments}
    parts = split(whole, 2, Durations(known, loads))
    assert sorted(part.milliseconds for part in parts) == [2300, 2300]
    assert [len(part.plan.saves) for part in parts] == [1, 23]


def test_a_file_that_was_never_loaded_takes_no_time_to_load() -> None:
    save = PlannedSave("a-py3.11", "dense", Format.H5)
    known = Durations({save: 70}, {})
    assert known.of(save, ["a-py3.11", "b-py3.11"]) == 70
    known = Durations({save: 70}, {(save, "a-py3.11"): 30})
    assert known.of(save, ["a-py3.11", "b-py3.11"]) == 100 + CELL_MS
    other = replace(save, model="lstm")
    assert known.of(other, ["a-py3.11"]) == SAVE_MS + CELL_MS


def test_only_building_is_repeated() -> None:
    parts = split(plan(), 3, Durations())
    found = Repeated.of(parts)
    total = sum(part.milliseconds for part in parts) + 12 * BUILD_MS
    assert found == Repeated(builds=12, environments=4, share=8 * BUILD_MS / total)
    assert Repeated.of(split(plan(), 1, Durations())).share == 0


def test_a_shard_is_spelled_as_on_the_command_line() -> None:
    assert str(Shard(2, 8)) == "2/8"
