"""The hard sigmoid of the other Keras: its formula by scaled weights, by layers made of numpy."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]


def steep(x: Any) -> Any:
    return np.clip(0.2 * x + 0.5, 0, 1)


def flat(x: Any) -> Any:
    return np.clip(x / 6 + 0.5, 0, 1)


KERAS = SimpleNamespace(activations=SimpleNamespace(hard_sigmoid=flat))


def layer(kind: str, *shapes: tuple[int, ...], module: str = "keras.layers", **more: Any) -> Any:
    """A layer of that class, with weights drawn and parts as given."""

    def set_weights(self: Any, arrays: list[Any]) -> None:
        self.arrays = arrays

    methods = {"get_weights": lambda self: self.arrays, "set_weights": set_weights}
    made = type(kind, (), {**methods, "__module__": module})()
    made.arrays = [np.random.RandomState(3).uniform(-2, 2, shape) for shape in shapes]
    made.before = list(made.arrays)
    vars(made).update(more)
    return made


def scaled_by(one: Any) -> list[Any]:
    """What each array was multiplied by, along its last axis."""
    found = [after / before for before, after in zip(one.before, one.arrays, strict=True)]
    assert all(np.allclose(factor, factor.reshape(-1, factor.shape[-1])[0]) for factor in found)
    return [factor.reshape(-1, factor.shape[-1])[0].round(6).tolist() for factor in found]


@pytest.mark.parametrize(
    ("kind", "shapes", "argument", "wanted"),
    [
        ("LSTMCell", [(3, 4), (1, 4), (4,)], "recurrent_activation", [[1.2, 1.2, 1, 1.2]] * 3),
        ("ConvLSTMCell", [(2, 2, 3, 4)], "recurrent_activation", [[1.2, 1.2, 1, 1.2]]),
        ("GRUCell", [(3, 3), (1, 3), (2, 3)], "recurrent_activation", [[1.2, 1.2, 1]] * 3),
        ("GRU", [(3, 3), (1, 3)], "activation", [[1, 1, 1.2]] * 2),
        ("SimpleRNNCell", [(3, 1), (1, 1), (1,)], "activation", [[1.2]] * 3),
        ("Dense", [(3, 2), (2,)], "activation", [[1.2, 1.2]] * 2),
        ("Conv2DTranspose", [(2, 2, 1, 3)], "activation", [[1.2] * 3]),
        ("SeparableConv2D", [(2, 2, 1, 1), (1, 2), (2,)], "activation", [[1], *[[1.2] * 2] * 2]),
        ("LSTMCell", [(3, 4)], "activation", [[1] * 4]),
        ("Embedding", [(3, 4)], "activation", [[1] * 4]),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_only_what_goes_into_the_hard_sigmoid_is_scaled(
    probe: Probe, kind: str, shapes: list[Any], argument: str, wanted: list[Any]
) -> None:
    one = layer(kind, *shapes)
    setattr(one, argument, flat)
    probe("translate.slopes").scale(KERAS, SimpleNamespace(layers=[one]), 1.2)
    assert scaled_by(one) == wanted


def test_a_dense_layer_then_answers_as_it_did(probe: Probe) -> None:
    module = probe("translate.slopes")
    inputs = np.random.RandomState(1).uniform(-3, 3, (50, 3))
    for from_keras3, own, other in ((False, flat, steep), (True, steep, flat)):
        keras = SimpleNamespace(activations=SimpleNamespace(hard_sigmoid=own))
        one = layer("Dense", (3, 2), (2,), activation=own)
        wanted = other(inputs @ one.arrays[0] + one.arrays[1])
        assert 0 < (wanted == 0).mean() < 0.9
        module.scale(keras, SimpleNamespace(layers=[one]), module.ratio(from_keras3))
        found = own(inputs @ one.arrays[0] + one.arrays[1])
        assert np.abs(found - wanted).max() < 1e-12


def test_layers_within_others_are_scaled_once(probe: Probe) -> None:
    cell = layer("GRUCell", (3, 3), recurrent_activation=flat)
    both = layer(
        "Bidirectional", forward_layer=layer("GRU", cell=cell), layer=layer("X", cell=cell)
    )
    stacked = layer("RNN", cell=layer("StackedRNNCells", cells=[cell]))
    inner = SimpleNamespace(layers=[both, both, stacked])
    probe("translate.slopes").scale(KERAS, SimpleNamespace(layers=[inner, both]), 1.2)
    assert scaled_by(cell) == [[1.2, 1.2, 1]]


def test_custom_layers_and_other_activations_are_left_alone(probe: Probe) -> None:
    mine = layer("Dense", (3, 2), module="mine", activation=flat)
    other = layer("Dense", (3, 2), activation=steep)
    fresh = layer("Dense", activation=flat)
    probe("translate.slopes").scale(KERAS, SimpleNamespace(layers=[mine, other, fresh]), 1.2)
    assert scaled_by(mine) == scaled_by(other) == [[1, 1]]
    assert fresh.arrays == []
