"""The shape of a tensor as a value in a graph: sizes may be taken, and reshaped to."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

Probe = Callable[[str], ModuleType]


def test_sizes_are_taken_as_from_a_tensor(probe: Probe) -> None:
    sizes = probe("translate.sizes")
    found = sizes.Sizes((None, 5, 3))
    assert found.shape == (3,)
    assert found[0] is sizes.OPEN
    assert found[(1,)] == 5
    assert found[(slice(1, None),)].sizes == (5, 3)


def test_one_open_size_is_found_by_reshaping(probe: Probe) -> None:
    sizes = probe("translate.sizes")
    found = sizes.Sizes((None, 5, 3))
    assert sizes.as_target([found[0], 15]) == [-1, 15]
    assert sizes.as_target(found) == [-1, 5, 3]
    assert sizes.as_target((2, -1)) == [2, -1]


@pytest.mark.parametrize("shape", [(None, None, 3), (None, -1)])
def test_two_open_sizes_are_refused(probe: Probe, shape: tuple[int | None, ...]) -> None:
    sizes = probe("translate.sizes")
    with pytest.raises(ValueError, match="more than one size is open"):
        sizes.as_target(sizes.Sizes(shape))


def test_no_number_is_made_up_for_an_open_size(probe: Probe) -> None:
    with pytest.raises(TypeError):
        probe("translate.sizes").OPEN * 2


def test_sizes_side_by_side_are_a_shape(probe: Probe) -> None:
    sizes = probe("translate.sizes")
    shape = sizes.Sizes((None, 5, 3))
    assert sizes.joined([shape[0], 15]).sizes == (sizes.OPEN, 15)
    assert sizes.joined([shape[:1], [7, 8]]).sizes == (sizes.OPEN, 7, 8)
    assert sizes.joined([1, 2]) is None
    assert sizes.joined([shape[0], "tensor"]) is None
