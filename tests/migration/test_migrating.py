"""The search for a way: what is tried in which order, and where it says that it stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.errors import EnvironmentsError
from crossload.runner.migration.edges import Edges
from crossload.runner.migration.migrating import Wish
from crossload.runner.migration.model import Carried, Stage
from crossload.runner.words import Check, Format, Strategy, SubjectTask
from tests.checking.examples import TF26, TF210, TF215, TF221
from tests.migration.world import USER, World, everywhere, migrate, mine
from tests.runs import MISSING

BRIDGED = {
    **everywhere(TF210),
    (TF210.spec.name, Format.H5, TF221.spec.name): Strategy.PLAIN,
}
TRANSLATED = {(USER, Format.H5, TF221.spec.name): Strategy.TRANSLATED}
REBUILT = {
    **everywhere(TF210),
    (USER, Format.H5, TF221.spec.name): Strategy.REBUILD_WEIGHTS,
}


def test_a_file_that_loads_there_is_saved_again_there_and_nowhere_else() -> None:
    world = World(everywhere(TF210, TF221))
    found = migrate(world, TF221)
    assert found.result is not None
    assert world.made == [[("keras", "tf2.21", "plain")]]
    assert [(one.environment, one.loaded, one.saved) for one in found.result.steps] == [
        (TF221.id, Format.H5, Format.KERAS)
    ]
    assert found.trials == ()


def test_if_the_target_is_also_the_writer_the_file_is_saved_again() -> None:
    found = migrate(World(everywhere(TF221)), TF221)
    assert found.baseline == TF221.id
    assert found.result is not None
    assert len(found.result.steps) == 1


def test_a_strategy_of_the_target_comes_before_any_bridge() -> None:
    world = World({**BRIDGED, (USER, Format.H5, TF221.spec.name): Strategy.NO_COMPILE})
    found = migrate(world, TF221)
    assert found.result is not None
    assert [one.strategy for one in found.result.steps] == [Strategy.NO_COMPILE]


def test_the_translator_comes_before_any_bridge_and_says_what_it_changed() -> None:
    world = World({**BRIDGED, **TRANSLATED})
    found = migrate(world, TF221)
    assert found.result is not None
    assert found.result.carried is Carried.TRANSLATED
    assert found.result.changes == ("something was left out",)
    assert world.made == [[("keras", "tf2.21", "translated")]]
    assert found.trials == ()


def test_a_translated_model_that_cannot_be_saved_goes_over_a_bridge() -> None:
    lost = {("tf2.21", Format.KERAS, "tf2.21"): None}
    found = migrate(World({**BRIDGED, **TRANSLATED, **lost}), TF221)
    assert found.result is None
    assert (found.trials[0].stage, found.trials[0].legs) == (Stage.VERIFY, ())
    assert any(one.legs for one in found.trials), "no bridge was tried"


def test_the_last_step_over_a_bridge_may_be_translated() -> None:
    reads = {
        **everywhere(TF210),
        (TF210.spec.name, Format.H5, TF221.spec.name): Strategy.TRANSLATED,
    }
    found = migrate(World(reads), TF221)
    assert found.result is not None
    assert [one.strategy for one in found.result.steps] == [Strategy.PLAIN, Strategy.TRANSLATED]
    assert found.result.carried is Carried.TRANSLATED


def test_a_bridge_is_taken_where_the_target_loads_nothing_else() -> None:
    found = migrate(World(BRIDGED), TF221)
    assert found.result is not None
    assert found.result.carried is Carried.WHOLE
    assert [(one.environment, one.strategy, one.saved) for one in found.result.steps] == [
        (TF210.id, Strategy.PLAIN, Format.H5),
        (TF221.id, Strategy.PLAIN, Format.KERAS),
    ]
    straight = found.trials[0]
    assert (straight.legs, straight.stage, straight.environment) == ((), Stage.LOAD, TF221.id)


def test_two_bridges_are_taken_where_one_is_not_enough() -> None:
    reads = {
        **everywhere(TF210),
        (TF210.spec.name, Format.H5, TF215.spec.name): Strategy.PLAIN,
        (TF215.spec.name, Format.KERAS, TF221.spec.name): Strategy.PLAIN,
    }
    likely = {
        "tf2.10": {"h5": {"tf2.15": (10, 10)}},
        "tf2.15": {"keras": {"tf2.21": (10, 10)}},
    }
    found = migrate(World(reads), TF221, edges=Edges(likely))
    assert found.result is not None
    assert [one.environment for one in found.result.steps] == [TF210.id, TF215.id, TF221.id]


def test_weights_alone_come_last_and_say_what_was_changed() -> None:
    world = World(REBUILT)
    found = migrate(world, TF221)
    assert found.result is not None
    assert found.result.carried is Carried.WEIGHTS
    assert found.result.changes == ("something was left out",)
    assert world.made[-1] == [("keras", "tf2.21", "rebuild+weights")]
    assert len(world.made) == 2, "more than one round of bridges was tried"


def test_a_whole_model_over_a_bridge_wins_against_weights_alone() -> None:
    found = migrate(World({**REBUILT, **BRIDGED}), TF221)
    assert found.result is not None
    assert found.result.carried is Carried.WHOLE


def test_weights_may_go_over_a_bridge_too() -> None:
    reads = {
        **everywhere(TF210),
        (TF210.spec.name, Format.H5, TF221.spec.name): Strategy.REBUILD_WEIGHTS,
    }
    found = migrate(World(reads), TF221)
    assert found.result is not None
    assert found.result.carried is Carried.WEIGHTS
    assert [one.environment for one in found.result.steps] == [TF210.id, TF221.id]


def test_a_new_file_that_the_target_does_not_load_again_does_not_count() -> None:
    reads = {**everywhere(TF210, TF221), ("tf2.21", Format.KERAS, "tf2.21"): None}
    found = migrate(World(reads), TF221)
    assert found.result is None
    assert {one.stage for one in found.trials if one.legs == ()} == {Stage.VERIFY}


def test_weights_lost_in_their_own_file_are_reported_with_what_was_changed() -> None:
    reads = {**REBUILT, ("tf2.21", Format.KERAS, "tf2.21"): None}
    found = migrate(World(reads), TF221)
    assert found.result is None
    last = found.trials[-1]
    assert (last.stage, last.rebuilt) == (Stage.VERIFY, True)
    assert last.why.endswith("; it was rebuilt: something was left out")


def test_a_model_that_no_environment_can_save_says_where_it_stopped() -> None:
    unwritten = frozenset((one, form) for one in ("tf2.6", "tf2.10", "tf2.15") for form in Format)
    found = migrate(World(everywhere(TF26, TF210, TF215), unwritten=unwritten), TF221)
    assert found.result is None
    assert found.source is not None
    stages = {(one.stage, one.environment) for one in found.trials}
    assert (Stage.MAKE, TF210.id) in stages
    assert (Stage.LOAD, TF221.id) in stages


def test_a_file_that_nothing_loads_is_not_converted() -> None:
    world = World({})
    found = migrate(world, TF221)
    assert found.source is None
    assert found.checked.subject.task is SubjectTask.BARE
    assert world.made == []
    assert TF210.id in {one.environment for one in found.checked.refusals}


def test_what_nothing_else_loads_is_carried_over_unproved_only_if_asked() -> None:
    world = World(TRANSLATED)
    refused = migrate(world, TF221)
    assert (refused.result, refused.source) == (None, None)
    assert refused.unproved is Strategy.TRANSLATED
    found = migrate(world, TF221, wish=Wish(Format.KERAS, unproved=True))
    assert found.result is not None
    assert found.source is not None
    assert found.baseline is None
    assert found.result.changes == ("something was left out",)
    assert world.made == [[("keras", "tf2.21", "translated")]]


def test_outputs_that_were_passed_prove_what_no_environment_loads() -> None:
    world = World(TRANSLATED)
    found = migrate(world, TF221, one=replace(mine(), expects=True))
    assert found.result is not None
    assert found.source is not None
    assert (found.baseline, found.unproved) == (None, None)
    assert world.made[0] == [("keras", "tf2.21", "translated")]


def test_unproved_changes_nothing_where_an_environment_loads_the_file() -> None:
    found = migrate(World(BRIDGED), TF221, wish=Wish(Format.KERAS, unproved=True))
    assert found.baseline == TF210.id
    assert found.result is not None
    assert len(found.result.steps) == 2


def test_a_given_writer_that_does_not_load_it_is_named() -> None:
    found = migrate(World(everywhere(TF210)), TF221, wish=Wish(Format.KERAS, TF26))
    assert found.source is None
    assert [one.environment for one in found.checked.refusals] == [TF26.id]


def test_a_given_writer_is_the_one_whose_answers_count() -> None:
    found = migrate(World({**BRIDGED, **everywhere(TF26)}), TF221, wish=Wish(Format.KERAS, TF26))
    assert found.baseline == TF26.id


@pytest.mark.parametrize("name", ["tf2.21", "tf2.6"])
def test_a_named_environment_that_cannot_be_built_ends_it_with_its_reason(name: str) -> None:
    world = World(everywhere(TF210, TF26), broken={name: MISSING})
    saver = TF26 if name == "tf2.6" else None
    with pytest.raises(EnvironmentsError, match=r"cannot be used: python 3\.7 was not found"):
        migrate(world, TF221, wish=Wish(Format.KERAS, saver))


def test_a_bridge_that_cannot_be_built_counts_as_tried_without_success() -> None:
    broken = replace(MISSING, message="no disk")
    found = migrate(World(BRIDGED, broken={"tf2.6": broken}), TF221)
    assert found.result is not None
    assert "the environment could not be used" in {one.why for one in found.trials}


def test_custom_objects_that_the_user_gave_are_plain_loading() -> None:
    custom = dict.fromkeys(everywhere(TF210, TF221), Strategy.CUSTOM_OBJECTS)
    own = ("tf2.21", Format.KERAS, "tf2.21")
    world = World({**custom, own: Strategy.CUSTOM_OBJECTS})
    found = migrate(world, TF221, one=mine(custom=True))
    assert found.result is not None
    assert found.result.final.strategy is Strategy.CUSTOM_OBJECTS
    assert migrate(World(world.reads), TF221, one=mine()).result is None


def test_a_file_with_code_may_ask_for_leave_to_run_it() -> None:
    unsafe = {
        **everywhere(TF210),
        (USER, Format.H5, "tf2.21"): Strategy.UNSAFE,
        ("tf2.21", Format.KERAS, "tf2.21"): Strategy.UNSAFE,
    }
    found = migrate(World(unsafe), TF221, one=mine(code=True))
    assert found.result is not None
    assert found.result.final.strategy is Strategy.UNSAFE
    assert migrate(World(unsafe), TF221, one=mine(code=False)).result is None


def test_training_can_be_asked_for() -> None:
    """Other ways are looked at where the first loses the optimizer; the least loss wins."""
    reads = {**BRIDGED, (USER, Format.H5, "tf2.21"): Strategy.NO_COMPILE}
    lost = {("tf2.21", Format.KERAS, "tf2.21"): (Check.OPTIMIZER,)}
    first = migrate(World(reads, lost), TF221)
    assert first.result is not None
    assert not first.result.keeps_training
    assert len(first.result.steps) == 1
    world = World(reads, lost)
    asked = migrate(world, TF221, wish=Wish(Format.KERAS, keep_training=True))
    assert asked.result is not None
    assert asked.result.final.lost == ("optimizer",)
    assert len(world.made) > 1, "no other way was looked at"


def test_every_environment_of_every_run_is_remembered() -> None:
    found = migrate(World(BRIDGED), TF221)
    stations = {leg.environment.id for one in found.trials for leg in one.legs}
    assert len(stations) > 1
    assert {TF210.id, TF221.id, *stations} <= {one.id for one in found.environments}
    assert len({one.id for one in found.environments}) == len(found.environments)
