"""Newer normalization layers where this Keras has none: when they are replaced, and by what."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
GROUPS = {"class_name": "GroupNormalization", "config": {"name": "groups"}}


def maker(api: str = "tf.keras", version: tuple[int, int] = (2, 8), *, known: bool = False) -> Any:
    return SimpleNamespace(
        framework=SimpleNamespace(api=api, keras_version=version, is_keras3=False),
        keras=SimpleNamespace(layers=SimpleNamespace(Input=lambda shape: shape)),
        custom_class=lambda _: None,
        find_layer_class=lambda _: object if known else None,
    )


def test_only_a_layer_that_is_missing_here_is_replaced(probe: Probe) -> None:
    find = probe("translate.norms").find
    assert find(maker(), GROUPS).kind == "GroupNormalization"
    assert find(maker(known=True), GROUPS) is None
    assert find(maker("keras", (2, 3)), GROUPS) is None
    assert find(maker(), {"class_name": "SpectralNormalization", "config": {}}) is None


@pytest.mark.parametrize(
    ("config", "shape"), [({"axis": 1}, (4, 6)), ({}, (4, None)), ({"axis": [1, 2]}, (4, 6))]
)
def test_other_axes_are_refused_by_name(
    probe: Probe, config: dict[str, Any], shape: tuple[int | None, ...]
) -> None:
    found = probe("translate.norms").find(maker(), {**GROUPS, "config": {"name": "me", **config}})
    with pytest.raises(probe("translate.plain").NotTranslated, match="layer 'me': this Keras has"):
        found.make(shape)


def test_factors_are_the_kernel_of_a_depthwise_convolution(probe: Probe) -> None:
    as_kernel = probe("translate.norms").as_kernel
    gamma, beta = np.arange(3.0), np.ones(3)
    shapes = {name: array.shape for name, array in as_kernel([("0", gamma), ("1", beta)])}
    assert shapes == {"0": (1, 1, 3, 1), "1": (3,)}
    shapes = {name: array.shape for name, array in as_kernel([("a/beta", beta), ("a/gamma", beta)])}
    assert shapes == {"a/beta": (3,), "a/gamma": (1, 1, 3, 1)}
