"""Only unmistakable arrays of another layout are converted."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
KERNEL, BIAS = np.zeros((6, 4, 2)), np.arange(12.0).reshape(2, 3, 2)


@pytest.mark.parametrize("order", [1, -1], ids=["stored", "by-name"])
def test_a_bias_of_positions_gets_the_positions_of_its_kernel(probe: Probe, order: int) -> None:
    stored = [("kernel", KERNEL), ("bias", BIAS)][::order]
    found = dict(probe("formats.layouts").flat_positions(stored))
    assert found["kernel"] is KERNEL
    assert found["bias"].tolist() == BIAS.reshape(6, 2).tolist()


@pytest.mark.parametrize(
    "entries",
    [
        [("kernel", KERNEL)],
        [("kernel", KERNEL), ("bias", np.zeros((6, 2)))],
        [("kernel", KERNEL), ("other", np.zeros((5, 4, 2)))],
    ],
    ids=["no-bias", "flat-already", "other-size"],
)
def test_other_arrays_stay(probe: Probe, entries: list[tuple[str, Any]]) -> None:
    assert probe("formats.layouts").flat_positions(entries) is entries


def test_a_layer_that_replaces_another_converts_its_arrays(probe: Probe) -> None:
    module = probe("formats.layouts")
    entries = [("kernel", np.zeros(3))]
    layer = SimpleNamespace(**{module.OWN: lambda given: [(given[0][0], "converted")]})
    assert module.of(entries, layer)[-1] == [("kernel", "converted")]
    assert len(module.of(entries, SimpleNamespace())) == len(module.of(entries, layer)) - 1
