"""Kernels of LocallyConnected layers in the order of `implementation=1`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]


@pytest.mark.parametrize(
    ("padding", "stride", "expected"),
    [
        ("valid", 1, [[0, 1, 2], [1, 2, 3], [2, 3, 4]]),
        ("valid", 2, [[0, 1, 2], [2, 3, 4]]),
        ("same", 2, [[-1, 0, 1], [1, 2, 3], [3, 4, -1]]),
    ],
)
def test_a_window_looks_at_these_positions_of_the_input(
    probe: Probe, padding: str, stride: int, expected: list[list[int]]
) -> None:
    geometry = probe("translate.local_kernels").Geometry((5,), (3,), (stride,), padding)
    assert geometry.inputs().tolist() == expected
    edges = (1, 1) if padding == "same" else (0, 0)
    assert geometry.before + geometry.after == edges
    assert geometry.sizes == (len(expected),)


def test_two_axes_are_counted_row_by_row(probe: Probe) -> None:
    geometry = probe("translate.local_kernels").Geometry((2, 3), (2, 2), (1, 1), "valid")
    assert geometry.inputs().tolist() == [[0, 1, 3, 4], [1, 2, 4, 5]]
    assert geometry.count == 2


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("first", [False, True], ids=["channels-last", "channels-first"])
def test_both_stored_forms_hold_the_same_kernel(probe: Probe, padding: str, *, first: bool) -> None:
    module = probe("translate.local_kernels")
    geometry = module.Geometry((5,), (3,), (2,), padding)
    inputs, channels, filters = geometry.inputs(), 2, 3
    pairs = np.random.RandomState(0).rand(5, channels, geometry.count, filters)
    used = np.zeros((geometry.count, 5), bool)
    for position, row in enumerate(inputs):
        used[position, row[row >= 0]] = True
    # (output, filter, input, channel), as a sparse matrix is ordered
    listed = pairs.transpose(2, 3, 0, 1)[np.broadcast_to(used[:, None], (len(used), filters, 5))]
    given = pairs
    if first:  # (filter, output, channel, input)
        mask = np.broadcast_to(used[None, :, None], (filters, len(used), channels, 5))
        listed = pairs.transpose(3, 2, 1, 0)[mask]
        given = pairs.transpose(1, 0, 3, 2)
    bias = np.ones((geometry.count, filters))
    stored = [module.Stored(form, channels, filters, first) for form in (2, 3)]
    masked = module.converter(geometry, stored[0])([("kernel", given), ("bias", bias)])
    sparse = module.converter(geometry, stored[1])([("kernel", listed.ravel())])
    assert [name for name, _ in masked] == ["kernel", "bias"]
    assert np.array_equal(masked[0][1], sparse[0][1])
    row, place = np.argwhere(inputs >= 0)[-1]
    block = masked[0][1][row].reshape(3, channels, filters)[place]
    assert np.array_equal(block, pairs[inputs[row, place], :, row, :])
    assert np.count_nonzero(masked[0][1]) == (inputs >= 0).sum() * channels * filters
    assert masked[1][1].shape == ((filters, geometry.count) if first else bias.shape)
