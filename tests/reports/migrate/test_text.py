"""What a terminal shows of a migration: folded, in words, without foreign control characters."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from crossload.reports.migrate.text import draw
from crossload.reports.migrate.tried import groups_of
from crossload.runner.migration.migrating import Wish
from crossload.runner.migration.model import Leg, Migration, Stage, Trial
from crossload.runner.words import Check, Format, Strategy
from tests.checking.examples import TF26, TF210, TF215, TF221
from tests.migration.world import USER, World, everywhere, migrate, mine

BRIDGED = {
    **everywhere(TF210),
    (TF210.spec.name, Format.H5, TF221.spec.name): Strategy.PLAIN,
}
TRANSLATED = {(USER, Format.H5, TF221.spec.name): Strategy.TRANSLATED}
REBUILT = {
    **everywhere(TF210),
    (USER, Format.H5, TF221.spec.name): Strategy.REBUILD_WEIGHTS,
}
OWN = ("tf2.21", Format.KERAS, "tf2.21")
TARGET = TF221.id
NO_LOSS = {Check.WEIGHTS, Check.OUTPUTS, Check.LAYERS}


def shown(migration: Migration, width: int = 80, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=width, no_color=True)
    proof = Path("new.keras.proof.json") if migration.result else None
    draw(migration, Path("new.keras"), proof, console)
    stream.flush()
    stream.seek(0)
    return stream.read()


def test_the_route_is_listed_step_by_step() -> None:
    text = shown(migrate(World(BRIDGED), TF221))
    assert f"  1. {TF210.id}: load h5, save as h5\n  2. {TARGET}: load h5, save as keras\n" in text
    assert f"mine.h5 now loads in {TARGET}; its outputs differ from those in" in text
    assert "wrote new.keras\nproof new.keras.proof.json\n" in text


def test_a_direct_route_lists_no_failed_attempts() -> None:
    text = shown(migrate(World(everywhere(TF210, TF221)), TF221))
    assert "Tried without success" not in text
    assert "Not carried over" not in text


def test_weights_alone_and_losses_are_put_in_words() -> None:
    lost = {OWN: (Check.COMPILE, Check.OPTIMIZER)}
    text = " ".join(shown(migrate(World(REBUILT, lost), TF221)).split())
    assert "It has only the weights of the old file; the code built the model:" in text
    assert "something was left out" in text
    assert "compile: the training configuration (optimizer, loss, metrics)" in text
    assert "optimizer: the optimizer's state: training continues with a new optimizer" in text


def test_a_translated_model_says_what_was_written_anew() -> None:
    text = shown(migrate(World({**everywhere(TF210), **TRANSLATED}), TF221))
    assert f"1. {TARGET}: load h5 with translated, save as keras" in text
    assert "crossload's translator wrote its architecture anew:\n  something was left" in text


def test_without_a_proof_it_is_offered_and_then_says_so() -> None:
    world = World(TRANSLATED)
    offered = " ".join(shown(migrate(world, TF221)).split())
    assert (
        "may help: add --unproved: the target loads through crossload's translator, but nothing "
        "can prove that the outputs are right"
    ) in offered
    done = " ".join(shown(migrate(world, TF221, wish=Wish(Format.KERAS, unproved=True))).split())
    assert f"mine.h5 now loads in {TARGET}, but nothing proves that its outputs are right." in done
    assert "No environment loads the old file, so nothing says what it answers" in done
    assert "--unproved" not in done


def test_outputs_that_were_passed_are_what_a_file_is_compared_with() -> None:
    given = replace(mine(), expects=True)
    done = " ".join(shown(migrate(World(TRANSLATED), TF221, one=given)).split())
    assert "its outputs differ from those passed as --outputs by" in done
    assert "nothing proves" not in done
    assert "No environment loads the old file" not in done


def test_a_file_whose_outputs_were_passed_and_that_nothing_converts() -> None:
    given = replace(mine(), expects=True)
    world = World(TRANSLATED, unwritten=frozenset({("tf2.21", Format.KERAS)}))
    told = " ".join(shown(migrate(world, TF221, one=given)).split())
    assert f"No route was found for mine.h5 to {TARGET}: every route above failed." in told


@pytest.mark.parametrize("check", sorted(set(Check) - NO_LOSS))
def test_every_loss_has_its_words(check: Check) -> None:
    text = shown(migrate(World(REBUILT, {OWN: (check,)}), TF221))
    assert f"  {check}: " in text
    assert "not as it was" not in text


def test_an_uncompiled_model_is_reported_only_once() -> None:
    lost = {OWN: (Check.COMPILE, Check.METRICS, Check.STEP)}
    text = shown(migrate(World(REBUILT, lost), TF221))
    assert "  compile: " in text
    assert "  metrics: " not in text
    assert "  step: " not in text


def test_another_route_is_offered_where_only_the_direct_one_was_looked_at() -> None:
    offer = "--keep-training looks for a route that keeps this"
    direct = {**everywhere(TF210), **TRANSLATED}
    assert offer in shown(migrate(World(direct, {OWN: (Check.COMPILE,)}), TF221))
    assert offer not in shown(migrate(World(direct), TF221))
    assert offer not in shown(migrate(World(BRIDGED, {OWN: (Check.COMPILE,)}), TF221))


def test_code_and_custom_objects_are_named_as_needed() -> None:
    custom = dict.fromkeys((*everywhere(TF210, TF221), OWN), Strategy.CUSTOM_OBJECTS)
    text = shown(migrate(World(custom), TF221, one=mine(custom=True)))
    assert "--custom-objects" in text
    unsafe = {**everywhere(TF221), OWN: Strategy.UNSAFE}
    assert "safe_mode=False" in shown(migrate(World(unsafe), TF221, one=mine(code=True)))
    assert "read it before" in shown(migrate(World(BRIDGED), TF221, one=mine(code=True)))


def test_if_nothing_works_each_step_is_listed_with_its_reason() -> None:
    unwritten = frozenset((one, form) for one in ("tf2.6", "tf2.10", "tf2.15") for form in Format)
    found = migrate(World(everywhere(TF26, TF210, TF215), unwritten=unwritten), TF221)
    text = shown(found)
    assert f"directly into {TARGET}\n    failed to load in {TARGET}: " in text
    assert "failed to load and save there: " in text
    assert f"No route was found for mine.h5 to {TARGET}: {found.baseline} loads" in text
    assert "may help: pass the model's code with --custom-objects" in text
    assert "more: crossload explain " in text


def test_if_nothing_loads_the_file_each_environment_is_listed_once_with_its_error() -> None:
    found = migrate(World({}), TF221)
    text = shown(found)
    assert "None of the environments tried loads mine.h5" in text
    assert text.count("ValueError: no way: model.h5") == 1
    assert all(one.environment in text for one in found.checked.refusals[:4])


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_no_line_is_longer_than_the_terminal(width: int, encoding: str) -> None:
    for reads in (BRIDGED, REBUILT, {}):
        found = migrate(World(reads), TF221)
        for line in shown(found, width, encoding).splitlines():
            assert len(line) <= width


def test_foreign_text_cannot_reach_the_terminal() -> None:
    found = migrate(World(BRIDGED), TF221)
    name = Path("\x1b]0;owned\x07[bold]mine.h5")
    subject = replace(found.checked.subject, path=name)
    text = shown(replace(found, checked=replace(found.checked, subject=subject)), 200)
    assert "\x1b" not in text
    assert "[bold]mine.h5 now loads" in text


def leg(name: str, file_format: Format = Format.H5) -> Leg:
    environments = {one.spec.name: one for one in (TF26, TF210, TF215)}
    return Leg(environments[name], file_format)


def test_ways_that_stopped_alike_are_one_line() -> None:
    trials = [
        Trial((), TARGET, Stage.LOAD, "no layer", "unknown-layer"),
        Trial((leg("tf2.6"),), TARGET, Stage.LOAD, "no layer in 2.6", "unknown-layer"),
        Trial((leg("tf2.10"),), TARGET, Stage.LOAD, "no layer in 2.10", "unknown-layer"),
        Trial((leg("tf2.15"),), TF215.id, Stage.MAKE, "EOFError: at 3"),
        Trial((leg("tf2.6"), leg("tf2.10")), TF210.id, Stage.MAKE, "EOFError: at 4"),
    ]
    groups, more = groups_of(trials, TARGET)
    assert more == 0
    assert [one.ways for one in groups] == [
        f"directly into {TARGET}",
        f"via {TF26.id} as h5; and via {TF210.id} as h5",
        f"via {TF215.id} as h5; and via {TF26.id} as h5, then {TF210.id} as h5",
    ]
    assert groups[2].stopped == "failed to load and save there: EOFError: at 3"


def test_many_ways_are_counted() -> None:
    words = "abcdefghijklmnopqrst"
    different = [Trial((leg("tf2.6"),), TARGET, Stage.LOAD, word) for word in words]
    groups, more = groups_of(different, TARGET)
    assert len(groups) + more == len(words)
    alike = [
        Trial((leg(name, form),), TARGET, Stage.LOAD, "no", "c")
        for name in ("tf2.6", "tf2.10", "tf2.15")
        for form in (Format.H5, Format.KERAS)
    ]
    (group,), _ = groups_of(alike, TARGET)
    assert group.ways.endswith("; and 3 more")


def test_a_rebuilt_model_lost_in_its_own_file_is_reported() -> None:
    text = " ".join(shown(migrate(World({**REBUILT, OWN: None}), TF221)).split())
    assert f"directly into {TARGET}, weights only" in text
    assert "saved the rebuilt model but could not load its own file back" in text
    assert "it was rebuilt: something was left out" in text
