"""Which ways are worth trying: the likeliest first, never through the target or a place twice."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.atlas import Atlas
from crossload.runner.environments.model import Environment
from crossload.runner.formats import WRITTEN_FORMATS
from crossload.runner.migration.edges import Edges, shipped_edges
from crossload.runner.migration.model import Leg, Route
from crossload.runner.migration.routes import _LEAST as LEAST
from crossload.runner.migration.routes import Map, first_bridges, further_bridges
from crossload.runner.words import Format
from tests.checking.examples import EVERY, NAMES, TF26, TF210, TF215, TF221
from tests.migration.world import mine
from tests.runs import MISSING

ATLAS = Atlas.load()
COUNTS = st.integers(0, 20).flatmap(lambda most: st.tuples(st.integers(0, most), st.just(most)))
TABLES = st.dictionaries(
    st.sampled_from(list(NAMES)),
    st.dictionaries(
        st.sampled_from([str(one) for one in WRITTEN_FORMATS]),
        st.dictionaries(st.sampled_from(list(NAMES)), COUNTS),
    ),
)


def known(
    edges: Edges, built: frozenset[str] = frozenset(), every: tuple[Environment, ...] = EVERY
) -> Map:
    return Map(every, lambda one: one.id in built, ATLAS, edges)


def all_routes(edges: Edges, target: Environment, baseline: Environment) -> tuple[Route, ...]:
    place = known(edges)
    first = first_bridges(mine(), baseline, target, place)
    return (*first, *further_bridges([one.legs for one in first], target, place))


@given(TABLES, st.sampled_from(EVERY), st.sampled_from(EVERY))
def test_no_way_leads_through_the_target_or_through_a_place_twice(
    table: dict[str, dict[str, dict[str, tuple[int, int]]]],
    target: Environment,
    baseline: Environment,
) -> None:
    for route in all_routes(Edges(table), target, baseline):
        stations = [leg.environment.id for leg in route.legs]
        assert target.id not in stations
        assert len(set(stations)) == len(stations)
        assert 0 < route.cost < math.inf


@given(TABLES, st.sampled_from(EVERY), st.sampled_from(EVERY))
def test_the_cheapest_comes_first(
    table: dict[str, dict[str, dict[str, tuple[int, int]]]],
    target: Environment,
    baseline: Environment,
) -> None:
    place = known(Edges(table))
    first = first_bridges(mine(), baseline, target, place)
    assert [one.cost for one in first] == sorted(one.cost for one in first)
    more = further_bridges([one.legs for one in first], target, place)
    assert [one.cost for one in more] == sorted(one.cost for one in more)


@given(st.integers(8, 40))
def test_what_never_got_through_is_not_tried(measured: int) -> None:
    table = {"tf2.10": {"savedmodel": {"tf2.21": (0, measured)}}}
    routes = first_bridges(mine(), TF210, TF221, known(Edges(table)))
    assert TF210.id not in {one.legs[0].environment.id for one in routes}


@given(st.integers(0, 18))
def test_the_more_models_got_through_the_cheaper(got: int) -> None:
    def cost(count: int) -> float:
        table = {"tf2.10": {"h5": {"tf2.21": (count, 20)}}}
        routes = first_bridges(mine(), TF210, TF221, known(Edges(table)))
        found = [one.cost for one in routes if one.legs[0].environment is TF210]
        return found[0] if found else math.inf

    assert cost(got + 1) < cost(got) or cost(got) == math.inf


def test_the_environment_that_took_the_file_over_is_the_surest_first_station() -> None:
    routes = first_bridges(mine(), TF215, TF221, known(Edges({})))
    assert routes[0].legs[0].environment is TF215


def test_what_is_built_comes_before_what_is_not() -> None:
    place = known(Edges({}), built=frozenset({TF26.id}))
    routes = first_bridges(mine(), TF215, TF221, place)
    others = [one for one in routes if one.legs[0].environment is not TF215]
    assert others[0].legs[0].environment is TF26


@pytest.mark.parametrize("target", EVERY, ids=lambda one: one.spec.name)
def test_wherever_the_target_is_listed_all_others_are_stations(target: Environment) -> None:
    place = known(Edges({}))
    baseline = next(one for one in EVERY if one is not target)
    found = first_bridges(mine(), baseline, target, place)
    others = {one.id for one in EVERY if place.chance(mine(), one) >= LEAST} - {target.id}
    assert {one.legs[0].environment.id for one in found} == others | {baseline.id}
    start = Leg(baseline, Format.H5)
    more = further_bridges([(start,)], target, place)
    assert {one.legs[1].environment.id for one in more} == (
        {one.id for one in EVERY} - {target.id, baseline.id}
    )


def test_a_station_without_a_chance_is_left_out_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Map, "chance", lambda _, __, one: 0.0 if one is EVERY[0] else 0.5)
    found = first_bridges(mine(), TF215, TF221, known(Edges({})))
    stations = {one.legs[0].environment.id for one in found}
    assert stations == {one.id for one in EVERY[1:]} - {TF221.id}


def test_the_last_step_decides_whether_a_longer_way_has_hope() -> None:
    table = {"tf2.15": {"h5": {"tf2.21": (0, 40)}, "keras": {"tf2.21": (40, 40)}}}
    made = [(Leg(TF210, Format.H5),)]
    found = [one.legs[1] for one in further_bridges(made, TF221, known(Edges(table)))]
    assert Leg(TF215, Format.KERAS) in found
    assert Leg(TF215, Format.H5) not in found


def test_an_impossible_or_unknown_environment_is_not_on_a_route() -> None:
    gone = replace(TF26, problem=MISSING)
    own = replace(TF210, id="own-py3.10", spec=TF210.spec.model_copy(update={"name": "own"}))
    place = known(Edges({}), every=(gone, own, TF215, TF221))
    assert [one.spec.name for one in place.usable()] == ["tf2.15", "tf2.21"]


def test_files_of_one_generation_and_format_are_of_a_kind() -> None:
    place = known(Edges({}))
    kinds = {place.kind(Leg(one, Format.H5)) for one in (TF26, TF210, TF215)}
    assert kinds == {(2, Format.H5)}
    assert place.kind(Leg(TF221, Format.H5)) == (3, Format.H5)


def test_the_shipped_edges_know_the_bridge_that_people_take() -> None:
    """A SavedModel of Keras 2 reaches Keras 3 as one file: what loads the one writes the other."""
    subject = replace(mine(Format.SAVEDMODEL), inspection=None)
    routes = first_bridges(subject, TF210, TF221, known(shipped_edges()))
    assert routes[0].legs[0] == Leg(TF210, Format.KERAS)
    assert all(leg.format is not Format.SAVEDMODEL for leg in routes[0].legs)


def test_a_saver_that_was_measured_writes_only_what_it_was_seen_to_write() -> None:
    edges = shipped_edges()
    assert not edges.writes("tf2.21", Format.SAVEDMODEL)
    assert edges.writes("tf2.21", Format.KERAS)
    assert edges.writes("nobody-knows-it", Format.SAVEDMODEL)


def test_every_pinned_package_makes_a_station_dearer() -> None:
    def cost(*pins: str) -> float:
        spec = TF26.spec.model_copy(update={"packages": dict.fromkeys(pins, "1.0")})
        return known(Edges({})).cost(replace(TF26, spec=spec), 0.5)

    assert cost() < cost("h5py") < cost("h5py", "numpy")
    assert cost("h5py", "numpy") - cost("h5py") == pytest.approx(cost("h5py") - cost())


def test_where_nothing_ever_got_through_everything_is_tried() -> None:
    """The target's translator may load what the counts, which do not know it, rule out."""
    never = {"h5": {TF221.spec.name: (0, 40)}, "savedmodel": {TF221.spec.name: (0, 40)}}
    table = {one.spec.name: never for one in EVERY}
    routes = first_bridges(mine(), TF210, TF221, known(Edges(table)))
    assert routes[0].legs[0].environment.id == TF210.id
    assert {leg.format for one in routes for leg in one.legs} == {Format.H5, Format.SAVEDMODEL}
