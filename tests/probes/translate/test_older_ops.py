"""Operations of Keras 3 are called as its older versions take them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
OLD, NEW = (3, 1, 1), (3, 6, 0)
X = np.arange(24).reshape(2, 4, 3)


def argmax(x: object, axis: int | None = None) -> tuple[object, int | None]:
    return x, axis


def test_an_option_that_says_nothing_is_left_out_where_it_is_unknown(probe: Probe) -> None:
    adapted = probe("translate.older_ops").adapted
    assert adapted(argmax, "Argmax", {"axis": -1, "keepdims": False}, OLD)("x") == ("x", -1)
    with pytest.raises(TypeError, match="keepdims"):
        adapted(argmax, "Argmax", {"keepdims": True}, OLD)("x")


def test_an_axis_is_a_tuple_where_nothing_else_is_taken(probe: Probe) -> None:
    adapted = probe("translate.older_ops").adapted
    assert adapted(argmax, "Logsumexp", {"axis": 1}, OLD)("x") == ("x", (1,))
    assert adapted(argmax, "Logsumexp", {"axis": None}, OLD)("x") == ("x", None)


@pytest.mark.parametrize("version", [OLD, NEW])
@pytest.mark.parametrize(
    ("indices", "axis"), [([0, -1], 1), (-1, 2), ([[-1], [0]], 1), ([-1, 2], None)]
)
def test_indices_count_from_the_end(
    probe: Probe, indices: Any, axis: int | None, version: tuple[int, ...]
) -> None:
    def take(x: Any, indices: Any, axis: int | None = None) -> Any:
        assert version == NEW or np.min(indices) >= 0
        return np.take(x, indices, axis)

    call = probe("translate.older_ops").adapted(take, "Take", {"axis": axis}, version)
    np.testing.assert_array_equal(call(X, indices), np.take(X, indices, axis))


def test_an_index_from_the_end_of_an_open_size_is_refused(probe: Probe) -> None:
    class Open:
        shape = (None, None, 3)

    call = probe("translate.older_ops").adapted(np.take, "Take", {"axis": 1}, OLD)
    with pytest.raises(probe("translate.plain").NotTranslated, match="whose size is open"):
        call(Open(), [-1])


def test_an_equation_comes_before_what_it_is_applied_to(probe: Probe) -> None:
    options = {"subscripts": "ij,kj->ik"}
    call = probe("translate.older_ops").adapted(np.einsum, "Einsum", options, NEW)
    x = np.ones((2, 3))
    assert call(x, x).tolist() == [[3, 3], [3, 3]]


def test_what_would_fill_an_image_that_is_not_padded_is_left_out(probe: Probe) -> None:
    def resize(images: object, size: object) -> tuple[object, object]:
        return images, size

    adapted = probe("translate.older_ops").adapted
    options = {"size": 4, "fill_mode": "constant", "fill_value": 0.0, "pad_to_aspect_ratio": False}
    assert adapted(resize, "Resize", options, OLD)("x") == ("x", 4)
    with pytest.raises(TypeError, match="unexpected keyword"):
        adapted(resize, "Resize", {**options, "pad_to_aspect_ratio": True}, OLD)("x")


def test_a_part_is_never_taken_by_an_index_from_the_end(probe: Probe) -> None:
    class Ops:
        @staticmethod
        def take(x: Any, indices: Any, axis: int) -> Any:
            assert np.min(indices) >= 0
            return np.take(x, indices, axis)

    taken = probe("translate.operations").taken
    assert taken(Ops, X, [slice(None), -1, -3]).tolist() == X[:, -1, -3].tolist()
    assert taken(Ops, X, [slice(None), slice(-2, None)]).tolist() == X[:, -2:].tolist()
    with pytest.raises(ValueError, match="of unknown size"):
        probe("translate.operations").from_beginning(-1, None)
