"""SpectralNormalization where this Keras has none."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

Probe = Callable[[str], ModuleType]
INNER = {"class_name": "Dense", "config": {"name": "dense", "units": 2}}


def maker(probe: Probe, known: object = None) -> Any:
    return SimpleNamespace(
        find_layer_class=lambda _name: known,
        inner=lambda item: SimpleNamespace(**item["config"]),
        changes=probe("translate.plain").Changes(),
    )


def test_the_layer_within_takes_its_place_and_name(probe: Probe) -> None:
    spectral, given = probe("translate.spectral"), maker(probe)
    made = spectral.within(given, "SpectralNormalization", {"name": "sn", "layer": INNER})
    assert (made.name, made.units) == ("sn", 2)
    assert given.changes.lost == [
        "SpectralNormalization: its layer is not normalized while it trains"
    ]
    entries = [("sn/kernel:0", 1), ("sn/bias:0", 2), ("sn/vector_u:0", 3)]
    layouts = probe("formats.layouts")
    assert getattr(made, layouts.OWN)(entries) == entries[:2]


def test_a_keras_that_has_it_and_other_layers_are_left_alone(probe: Probe) -> None:
    within = probe("translate.spectral").within
    assert within(maker(probe, object), "SpectralNormalization", {"layer": INNER}) is None
    assert within(maker(probe), "Dense", {}) is None


def test_its_weights_in_a_tree_become_those_of_the_layer_within(probe: Probe) -> None:
    root = probe("formats.trees").Node()
    wrapper = root.at(["layers", "spectral_normalization_1"])
    wrapper.arrays = {"0": np.ones((2, 2)), "1": np.ones((1, 2))}
    wrapper.at(["layer"]).arrays = {"0": np.zeros((2, 2)), "1": np.zeros(2)}
    probe("translate.spectral").unwrap(root)
    assert wrapper.shapes() == [(2, 2), (2,)]
    assert wrapper.inner == OrderedDict()
