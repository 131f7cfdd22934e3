"""What each part of a way costs, in numbers: the order of the ways rests on them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from crossload.runner.atlas import Atlas
from crossload.runner.environments.model import Environment
from crossload.runner.migration.edges import Edges
from crossload.runner.migration.routes import Map, _chance, first_bridges, further_bridges
from crossload.runner.prediction import Outcome, Prediction
from crossload.runner.prediction.model import Reason, Rule
from crossload.runner.words import Format, Strategy
from tests.checking.examples import EVERY, TF26, TF210, TF215, TF221
from tests.migration.world import mine


def known(edges: Edges | None = None, *, built: bool = True) -> Map:
    return Map(EVERY, lambda _: built, Atlas.load(), edges or Edges({}))


def pinned(environment: Environment, *packages: str) -> Environment:
    spec = environment.spec.model_copy(update={"packages": dict.fromkeys(packages, "1.0")})
    return replace(environment, spec=spec)


def test_a_station_costs_one_and_building_it_half_as_much_again() -> None:
    assert known().cost(TF210, 1.0) == 1.0
    assert known(built=False).cost(TF210, 1.0) == 1.5


def test_every_pin_costs_half_a_station() -> None:
    assert known().cost(pinned(TF210, "h5py"), 1.0) == 1.5
    assert known().cost(pinned(TF210, "h5py", "numpy"), 1.0) == 2.0


def test_a_chance_costs_its_negative_logarithm() -> None:
    assert known().cost(TF210, 0.5) == pytest.approx(1.0 + math.log(2))


@pytest.mark.parametrize(
    ("outcome", "avoided_by", "chance"),
    [
        (Outcome.LOADS, (), 0.95),
        (Outcome.UNKNOWN, (), 0.6),
        (Outcome.FAILS, (), 0.02),
        (Outcome.FAILS, (Strategy.NO_COMPILE,), 0.6),
    ],
)
def test_a_prediction_is_a_chance(
    outcome: Outcome, avoided_by: tuple[Strategy, ...], chance: float
) -> None:
    reasons = (Reason(next(iter(Rule)), "a reason", avoided_by=avoided_by),)
    assert _chance(Prediction("here", outcome, reasons)) == chance


def test_a_file_that_nothing_is_known_of_may_load_or_not() -> None:
    unread = replace(mine(), inspection=None)
    assert known().chance(unread, TF210) == 0.6
    own = replace(TF210, spec=TF210.spec.model_copy(update={"name": "own"}))
    assert known().chance(mine(), own) == 0.6


def test_a_way_costs_its_stations_and_the_target() -> None:
    """Of a pair that was never measured a quarter of all files are taken to get through."""
    routes = first_bridges(mine(), TF215, TF221, known())
    (first,) = {one.cost for one in routes if one.legs[0].environment is TF215}
    assert first == pytest.approx(1.0 + 1.0 + math.log(4))


def test_a_longer_way_adds_a_station_and_its_load() -> None:
    start = first_bridges(mine(), TF215, TF221, known())[0]
    longer = further_bridges([start.legs], TF221, known())
    assert {len(one.legs) for one in longer} == {2}
    assert {round(one.cost, 6) for one in longer} == {round(2.0 + 2 * math.log(4), 6)}


@pytest.mark.parametrize(("measured", "tried"), [(6, True), (7, False)])
def test_six_failures_are_too_few_to_give_a_way_up(measured: int, *, tried: bool) -> None:
    to_target = Edges({"tf2.10": {"h5": {"tf2.21": (0, measured)}}})
    routes = first_bridges(mine(), TF210, TF221, known(to_target))
    assert (TF210.id in {one.legs[0].environment.id for one in routes}) is tried
    between = Edges({"tf2.15": {"h5": {"tf2.6": (0, measured), "tf2.21": (9, 9)}}})
    (start,) = (
        one
        for one in first_bridges(mine(), TF215, TF221, known(between))
        if one.legs[0].environment is TF215
    )
    assert start.legs[0].format is Format.H5
    onward = further_bridges([start.legs], TF221, known(between))
    assert (TF26.id in {one.legs[-1].environment.id for one in onward}) is tried
