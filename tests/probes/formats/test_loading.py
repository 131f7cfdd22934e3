"""What a load reports besides the model: here, weights that were never found."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]


class Layer:
    """A layer with one array."""

    def __init__(self) -> None:
        self.arrays = [np.zeros(2)]

    def get_weights(self) -> list[Any]:
        return [one.copy() for one in self.arrays]


class Model(Layer):
    """A model of one layer, which finds `found` in every file."""

    def __init__(self, found: list[float]) -> None:
        super().__init__()
        self.layers = [Layer()]
        self.found = found

    def load_weights(self, _path: str) -> None:
        self.layers[0].arrays = [np.array(self.found)]


@pytest.mark.parametrize(
    ("found", "warned"),
    [([0.0, 0.0], ["no weight was found in the file, and none was missed"]), ([0.0, 1.0], [])],
    ids=["nothing", "some"],
)
def test_a_load_that_changes_no_weight_is_a_load_with_a_warning(
    probe: Probe, monkeypatch: pytest.MonkeyPatch, found: list[float], warned: list[str]
) -> None:
    loading, own_code = probe("formats.loading"), probe("formats.own_code")
    own, model = own_code.OwnCode({}), Model(found)

    def build() -> Model:
        own.built.append((model, model.layers[0].get_weights()))
        return model

    own.things["build"], own.builds = build, "build()"
    monkeypatch.setattr(own_code, "find", lambda _framework, _name: own)
    framework = SimpleNamespace(
        api="keras", backend="tensorflow", is_keras3=True, keras=SimpleNamespace(layers=object())
    )
    job = {"strategy": "plain", "model": "mine", "kind": "weights-h5"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loaded = loading.load(framework, job, "w.weights.h5", {})
    assert loaded == (framework, model)
    assert [str(one.message) for one in caught] == warned
