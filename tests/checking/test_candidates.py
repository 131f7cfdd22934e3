"""Who may say what a file answers: whoever is nearest to what wrote it, as it tells itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from crossload.runner.atlas import Atlas
from crossload.runner.checking.candidates import Search, candidates, distance
from crossload.runner.environments.model import Environment
from tests.checking.examples import (
    EVERY,
    TF26,
    TF115,
    TF210,
    TF215,
    TF221,
    THEANO,
    inspection,
    subject,
)
from tests.runs import MISSING


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.load()


UNBUILT = Search()


def tiers(
    atlas: Atlas, *wanted: Environment, search: Search = UNBUILT, **origin: Any
) -> list[list[str]]:
    found = candidates(subject(**origin), wanted, EVERY, atlas, search)
    return [[one.spec.name for one in tier] for tier in found.tiers]


def order(atlas: Atlas, *wanted: Environment, **origin: Any) -> list[str]:
    """The first of those that are built for it, then the others, as if nothing were built."""
    return [name for tier in tiers(atlas, *wanted, **origin) for name in tier]


def built(*environments: Environment, wide: bool = False) -> Search:
    return Search(frozenset(one.id for one in environments), wide=wide)


@pytest.mark.parametrize(
    ("keras", "generation", "first"),
    [
        ("2.10.0", 2, "tf2.10"),
        ("2.9.0", 2, "tf2.10"),
        ("2.6.0", 2, "tf2.6"),
        ("2.15.0", 2, "tf2.15"),
        ("2.2.4-tf", 2, "tf1.15"),
        ("3.12.0", 3, "tf2.21"),
        (None, 3, "tf2.21"),
        ("not a version", 3, "tf2.21"),
    ],
)
def test_the_nearest_comes_first(
    atlas: Atlas, keras: str | None, generation: int, first: str
) -> None:
    assert order(atlas, TF221, keras=keras, generation=generation)[0] == first


def test_one_of_the_same_generation_that_is_asked_about_comes_first(atlas: Atlas) -> None:
    found = tiers(atlas, TF221, TF215, keras="2.6.0")
    assert found == [["tf2.15"], ["tf2.6"], ["tf2.21"]]


def test_what_is_built_is_asked_before_anything_is_built(atlas: Atlas) -> None:
    found = tiers(atlas, TF221, search=built(TF215, TF210), keras="2.6.0")
    assert found == [["tf2.10"], ["tf2.15"], ["tf2.6"], ["tf2.21"]]


def test_another_generation_may_compute_something_else_and_comes_after_the_one_to_build(
    atlas: Atlas,
) -> None:
    assert tiers(atlas, TF221, keras="2.6.0") == [["tf2.6"], ["tf2.21"]]


def test_only_a_wide_search_builds_more_than_one(atlas: Atlas) -> None:
    narrow = candidates(subject(keras="2.6.0"), [TF221], EVERY, atlas, built())
    wide = candidates(subject(keras="2.6.0"), [TF221], EVERY, atlas, built(wide=True))
    assert wide.tiers[: len(narrow.tiers)] == narrow.tiers
    (more,) = wide.tiers[len(narrow.tiers) :]
    assert {"tf2.10", "tf2.15"} <= {one.spec.name for one in more}
    assert TF26 not in more
    assert (narrow.beyond, wide.beyond) == (len(more), 0)


def test_another_backend_than_the_file_names_is_far(atlas: Atlas) -> None:
    assert order(atlas, keras="2.2.4", backend="theano")[0] == "keras2.2.4-theano"
    assert order(atlas, keras="2.2.4", backend="tensorflow")[0] == "tf1.15"


def test_a_file_without_a_backend_is_taken_for_one_of_tensorflow(atlas: Atlas) -> None:
    assert order(atlas, keras="2.2.4", backend=None)[0] == "tf1.15"


def test_what_cannot_be_built_is_not_a_candidate(atlas: Atlas) -> None:
    broken = replace(TF210, problem=MISSING)
    every = tuple(broken if one is TF210 else one for one in EVERY)
    found = candidates(subject(keras="2.10.0"), [broken], every, atlas, built(broken))
    assert "tf2.10" not in {one.spec.name for tier in found.tiers for one in tier}
    assert found.tiers


def test_keras_1_is_nearest_to_the_first_of_keras_2(atlas: Atlas) -> None:
    ids = {one.name: one for one in atlas.environments}
    old = inspection(keras="1.2.2", generation=1)
    places = [ids[one.spec.name] for one in (TF115, TF26, TF221)]
    far = [distance(old, one) for one in places]
    assert far == sorted(far)
    assert far[-1] > 100
    assert distance(old, ids[THEANO.spec.name]) > distance(old, ids[TF115.spec.name])


def test_a_rare_backend_is_some_versions_away_but_not_a_generation(atlas: Atlas) -> None:
    ids = {one.name: one for one in atlas.environments}
    nameless = inspection(keras="2.6.0", backend=None)
    theano, near, far = (ids[one.spec.name] for one in (THEANO, TF215, TF221))
    assert distance(nameless, near) < distance(nameless, theano) < distance(nameless, far)
