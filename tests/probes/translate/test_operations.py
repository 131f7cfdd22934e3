"""Slices of tensors: those that go backwards are written so that every backend computes them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
X = np.arange(2 * 3 * 5).reshape(2, 3, 5)


@pytest.mark.parametrize(
    "parts",
    [
        [slice(None), slice(None, None, -1)],
        [slice(None, None, -2), 1, slice(1, 4)],
        [None, slice(None, None, -1), None, slice(None, None, 2)],
    ],
    ids=str,
)
def test_a_whole_axis_from_its_end_is_flipped(probe: Probe, parts: list[Any]) -> None:
    turned, forwards = probe("translate.operations").turned_forwards(np, X, parts)
    kept = [one for one in forwards if isinstance(one, slice)]
    assert all(one.step is None or one.step > 0 for one in kept)
    np.testing.assert_array_equal(turned[tuple(forwards)], X[tuple(parts)])


def test_other_slices_stay_as_they_are(probe: Probe) -> None:
    parts = [slice(0, 1), slice(2, 0, -1), slice(None, None, np.int64(-1))]
    tensor, same = probe("translate.operations").turned_forwards(np, X, parts)
    assert tensor is X
    assert same == parts


CALLED: list[dict[str, Any]] = [{"args": [], "kwargs": {}}]


@pytest.mark.parametrize(
    ("name", "config", "expected"),
    [
        ("Cast", {"name": "cast", "dtype": "float16"}, True),
        ("OneHot", {"name": "one_hot", "num_classes": 4, "axis": -1, "dtype": None}, True),
        ("Relu", {"name": "relu"}, True),
        # Layers whose configuration lacks what that of other layers has.
        ("Discretization", {"name": "buckets", "num_bins": 3, "dtype": "float32"}, False),
        ("SpatialDropout1D", {"name": "drop", "rate": 0.5, "dtype": "float32"}, False),
        ("SomebodysOwn", {"name": "own", "dtype": "float32"}, False),
        ("Softmax", {"name": "softmax", "trainable": True, "axis": -1}, False),
    ],
)
def test_in_hdf5_an_operation_is_known_by_what_it_keeps(
    probe: Probe, name: str, config: dict[str, Any], *, expected: bool
) -> None:
    item = {"class_name": name, "config": config, "inbound_nodes": CALLED}
    assert probe("translate.operations").is_operation(item) is expected
