"""What is tried is the union of what all have; a probe that fails is left out with its reason."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.atlas import Family, Kind
from crossload.runner.atlas.answers import ClassFacts
from crossload.runner.atlas.harvest import harvest
from crossload.runner.atlas.ranges import described
from crossload.runner.atlas.shapes import shape
from crossload.runner.atlas.union import make_union
from tests.atlas.conftest import MSE, environment, first_pass, layer
from tests.runs import A, build


def test_the_union_has_the_names_of_all_and_the_seeds() -> None:
    one = first_pass(LSTM=layer({"units": 2}))
    other = first_pass(GRU=layer({"units": 3}, public=["GRU", "OldGRU"]))
    names = make_union([one, other]).names[Kind.LAYERS]
    assert list(names) == ["GRU", "LSTM", "Merge", "OldGRU"]
    assert names["OldGRU"] == {"units": 3}


def test_values_that_differ_only_in_a_number_are_tried_once() -> None:
    one = first_pass(LSTM=layer({"units": 2, "name": "lstm", "mode": "a"}))
    other = first_pass(LSTM=layer({"units": 3, "name": "lstm_1", "mode": "b"}))
    keys = make_union([one, other]).keys[Kind.LAYERS]["LSTM"]
    assert (keys["units"], keys["name"], keys["mode"]) == ([2], ["lstm"], ["a", "b"])
    assert keys["axis"] == [[3], 3]
    assert keys["output_dim"] == [2]  # Keras 1's word for units


def test_a_function_has_names_and_no_keys() -> None:
    one = first_pass()
    one.classes[Kind.LOSSES]["mean_squared_error"] = ClassFacts.model_validate(MSE)
    union = make_union([one])
    assert set(union.names[Kind.LOSSES]) == {"MSE", "mean_squared_error", "mse"}
    assert union.keys[Kind.LOSSES] == {}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (1, 2, True),
        (1, 1.0, False),
        (1, True, False),
        (None, False, False),
        ("a", "b", False),
        ([1, 2], [3, 4], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 2}, True),
        ({"a": 1}, {"b": 1}, False),
    ],
)
def test_shapes_tell_values_apart(one: object, other: object, *, alike: bool) -> None:
    assert (shape("key", one) == shape("key", other)) is alike


def test_an_environment_that_gives_no_answer_is_left_out() -> None:
    built = replace(build(A), python=Path(sys.executable))  # has no Keras
    found = harvest([built])
    assert found.environments == ()
    (failure,) = found.failures
    assert failure.environment_id == A.id
    assert "tensorflow" in failure.reason


def test_runs_of_versions_become_words() -> None:
    old, new = Family.TF_DOT_KERAS, Family.KERAS_3
    members = ((old, "1.15.0"), (old, "2.10.1"), (old, "2.3.0"), (new, "3.0.5"), (new, "3.15.1"))
    every = [environment(f"{family}{version}", family, version) for family, version in members]
    by_version = {one.version: one.id for one in every}

    def words(*versions: str) -> str:
        return "; ".join(described(every, {by_version[one] for one in versions}))

    assert words("1.15.0", "2.3.0") == "tf.keras 1.15 to 2.3"
    assert words("1.15.0", "2.10.1") == "tf.keras 1.15, 2.10"
    assert words(*by_version) == "all of tf.keras; all of Keras 3"
    assert words("3.15.1") == "Keras 3 3.15"
    assert words() == ""
