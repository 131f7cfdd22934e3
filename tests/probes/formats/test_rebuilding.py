"""What is done to a rebuilt model besides reading its weights: order, layouts, states."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

Probe = Callable[[str], ModuleType]


class Normalization:
    """A layer that computes with copies of its weights, until it is told to look again."""

    def __init__(self, name: str, mean: float, learned: float) -> None:
        self.name, self.learned = name, learned
        self.mean, self.variance = np.array([mean]), np.array([1.0])

    def finalize_state(self) -> None:
        self.mean = np.array([self.learned])


def model(*layers: Any, name: str = "model") -> SimpleNamespace:
    return SimpleNamespace(name=name, layers=layers)


def test_a_normalization_without_state_is_finalized_by_a_line_of_the_recipe(probe: Probe) -> None:
    lines = probe("formats.rebuilding").finalizing
    stale, fresh = Normalization("stale", 0, 3), Normalization("fresh", 3, 3)
    assert lines(model(fresh)) == []
    assert lines(model(model(stale, name="inner"), fresh)) == [
        'model.get_layer("inner").get_layer("stale").finalize_state()'
    ]
    assert stale.mean.tolist() == [3]


def test_weights_of_cudnn_layers_become_those_of_plain_ones(probe: Probe) -> None:
    plain = probe("formats.cudnn").plain
    units, inputs = 2, 3
    gate, square = np.arange(6.0).reshape(inputs, units), np.arange(4.0).reshape(units, units)
    for gates, wanted in ((4, [9.0] * 8), (3, [[3.0] * 6, [6.0] * 6])):
        bias = np.repeat([3.0, 6.0], gates * units)
        arrays = [np.hstack([gate] * gates), np.hstack([square] * gates), bias]
        found = dict(plain(list(zip("kub", arrays, strict=True))))
        assert found["k"][:, :units].tolist() == gate.T.reshape(3, 2, order="F").tolist()
        assert found["u"][:, :units].tolist() == square.T.tolist()
        assert found["b"].tolist() == wanted


def test_weights_of_plain_layers_stay_as_they_are(probe: Probe) -> None:
    plain = probe("formats.cudnn").plain
    for bias in (np.ones(8), np.ones((2, 6))):
        entries: list[Any] = [
            ("k", np.ones((3, bias.shape[-1]))),
            ("u", np.ones((2, bias.shape[-1]))),
        ]
        entries.append(("b", bias))
        assert list(map(id, plain(entries))) == list(map(id, entries))
