"""Initializers, regularizers and constraints that this Keras does not know stop no translation."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.probes.toy_keras import Item, framework

Probe = Callable[[str], ModuleType]
Make = Callable[..., tuple[Any, Any]]


class Orthogonal:
    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain, self.seed = gain, seed


class MaxNorm:
    def __init__(self, max_value: float = 2.0, axis: int = 0) -> None:
        self.max_value, self.axis = max_value, axis


def get(name: str) -> str:
    if name != "orthogonal":
        raise ValueError(name)
    return name


@pytest.fixture
def make(probe: Probe) -> Make:
    """Make one argument of a layer; also returns the notes of the translation."""

    def run(key: str, value: Any, custom_objects: Item | None = None) -> tuple[Any, Any]:
        toy = framework(keras3=False)
        names = {"deserialize": lambda config: config["class_name"], "get": get}
        toy.keras.initializers = SimpleNamespace(Orthogonal=Orthogonal, **names)
        toy.keras.regularizers = SimpleNamespace(**names)
        toy.keras.constraints = SimpleNamespace(MaxNorm=MaxNorm, **names)
        changes = probe("translate.plain").Changes()
        maker = probe("translate.layers").Maker(
            toy, {}, custom_objects or {}, changes, unsafe=False
        )
        return maker.argument("Dense", key, value), changes

    return run


def test_the_names_of_both_sides_of_keras_3_are_the_same_initializer(make: Make) -> None:
    made, changes = make("kernel_initializer", obj("OrthogonalInitializer", gain=3.0))
    assert (type(made), made.gain) == (Orthogonal, 3.0)
    assert (changes.texts(), changes.lost) == ([], [])
    assert make("kernel_initializer", "OrthogonalInitializer")[0] == "zeros"
    assert make("kernel_initializer", "orthogonal")[0] == "orthogonal"


def test_a_generator_of_seeds_becomes_its_seed(make: Make) -> None:
    made, _ = make("kernel_initializer", obj("Orthogonal", seed=obj("SeedGenerator", seed=5)))
    assert made.seed == 5


def test_an_unknown_initializer_is_replaced_and_reported(make: Make) -> None:
    for value in (obj("Odd"), "Odd"):
        made, changes = make("kernel_initializer", value)
        assert made == "zeros"
        assert changes.lost == []
        assert changes.texts() == [
            "initializer Odd of Dense replaced: unknown here, and weights follow"
        ]


def test_an_unknown_regularizer_or_constraint_is_lost(make: Make) -> None:
    for kind in ("regularizer", "constraint"):
        made, changes = make(f"kernel_{kind}", obj("Odd", factor=2))
        assert made is None
        assert (changes.texts(), changes.lost) == ([], [f"{kind} Odd of Dense"])


def test_what_the_user_gives_comes_first(make: Make) -> None:
    class Own:
        pass

    def penalty(weights: object) -> object:
        return weights

    assert isinstance(make("kernel_initializer", obj("Own"), {"Own": Own})[0], Own)
    assert make("kernel_regularizer", "penalty", {"penalty": penalty})[0] is penalty


def test_constraints_of_keras_1_keep_their_numbers(probe: Probe) -> None:
    from_keras1 = probe("translate.parts").from_keras1
    assert from_keras1("constraint", {"name": "MaxNorm", "m": 3, "axis": 1}) == {
        "class_name": "MaxNorm",
        "config": {"max_value": 3, "axis": 1},
    }
    assert from_keras1("regularizer", {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.1}) == {
        "class_name": "L1L2",
        "config": {"l1": 0.0, "l2": 0.1},
    }
    assert from_keras1("regularizer", None) is None


def obj(name: str, **config: Any) -> Item:
    return {"class_name": name, "config": config}
