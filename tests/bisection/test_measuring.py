"""What the search is told of a version, and when there is nothing to be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from crossload.runner.bisection.measuring import Measuring, NoAnswerError
from crossload.runner.checking.running import Session
from crossload.runner.environments.model import Environment
from crossload.runner.errors import EnvironmentsError, ExitCode
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format, Strategy, Verdict
from tests.checking.examples import TF210, TF215, TF221, script
from tests.migration.world import USER, World, everywhere, mine
from tests.runs import MISSING

Make = Callable[[World], Measuring]


def measuring(
    world: World, saver: Environment | None = None, one: Subject | None = None
) -> Measuring:
    session = cast("Session", world)
    made = Measuring(one or mine(), Format.H5, session, Verdict.ASSISTED)
    made.saver = saver
    return made


def test_the_environment_that_adopts_the_file_provides_its_outputs() -> None:
    world = World(everywhere(TF210))
    one = measuring(world)
    assert one.find_saver(TF221) is TF210
    assert one.saver is TF210


def test_nothing_is_built_to_find_it_but_what_is_needed_anyway() -> None:
    world = World(everywhere(TF210))
    measuring(world).find_saver(TF221)
    assert {one.id for plan in world.plans for one in plan.environments} == {TF210.id, TF221.id}


def test_a_file_that_nothing_loads_ends_it_with_the_errors() -> None:
    with pytest.raises(NoAnswerError, match="no environment could load the model") as caught:
        measuring(World({})).find_saver(TF221)
    assert "says ValueError: no way: model.h5" in str(caught.value)
    assert caught.value.exit_code is ExitCode.INCOMPATIBLE


def test_each_version_is_reported_in_its_place() -> None:
    reads = {**everywhere(TF210, TF215), (USER, Format.H5, "tf2.21"): Strategy.NO_COMPILE}
    answers = measuring(World(reads), TF210).measure([TF221, TF215, TF210])
    assert [one.environment for one in answers] == [TF221, TF215, TF210]
    assert [one.works for one in answers] == [False, True, True]
    assert answers[0].verdict is Verdict.ASSISTED


def test_the_users_own_code_does_not_count_as_help() -> None:
    reads = dict.fromkeys(everywhere(TF210, TF221), Strategy.CUSTOM_OBJECTS)
    one = mine(custom=True)
    (answer,) = measuring(World(reads), TF210, one).measure([TF221])
    assert (answer.works, answer.verdict) == (True, Verdict.SAME)


def test_a_version_that_cannot_be_used_gives_no_answer() -> None:
    world = World(everywhere(TF210, TF221), broken={"tf2.21": MISSING})
    (answer,) = measuring(world, TF210).measure([TF221])
    assert (answer.works, answer.verdict) == (None, Verdict.UNAVAILABLE)


def test_where_the_good_end_cannot_be_used_the_search_does_not_begin() -> None:
    world = World(everywhere(TF210, TF221), broken={"tf2.10": MISSING})
    with pytest.raises(EnvironmentsError, match=r"cannot be used: python 3\.7 was not found"):
        measuring(world, TF210).measure([TF210, TF221])
    assert len(world.plans) == 1


def test_a_given_good_end_that_does_not_load_the_file_is_bad_itself() -> None:
    own, other = measuring(World(everywhere(TF221)), TF210).measure([TF210, TF221])
    assert (own.works, own.verdict) == (False, Verdict.FAILS)
    assert other.works is None


def test_a_script_whose_model_cannot_be_saved_ends_it_with_the_reason() -> None:
    world = World({(USER, Format.H5, "tf2.10"): None})
    one = replace(script(), artifact="c" * 64)
    with pytest.raises(NoAnswerError, match="cannot build and save the model as h5: ValueError"):
        measuring(world, TF210, one).measure([TF210, TF221])
