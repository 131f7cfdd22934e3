"""TensorFlow's functions that pick, order and count numbers, by NumPy in the place of Keras 3."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
X = np.array([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]], "float32")


class Ops:
    """NumPy under the names that Keras 3 has for the same."""

    arctan2 = staticmethod(np.arctan2)
    cast = staticmethod(lambda x, dtype: np.asarray(x).astype(dtype))
    elu = staticmethod(lambda x, alpha: np.where(x > 0, x, alpha * (np.exp(x) - 1)))
    relu = staticmethod(lambda x: np.maximum(x, 0))
    sigmoid = staticmethod(lambda x: 1 / (1 + np.exp(-x)))
    silu = staticmethod(lambda x: x / (1 + np.exp(-x)))

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


WITH_ARGUMENTS = [
    ("math.cumsum", {"axis": 1, "exclusive": True}, [[0, 1, -1], [0, 0.5, 0.5]]),
    ("math.cumsum", {"axis": 1, "reverse": True}, [[2, 1, 3], [-0.5, -1, -1]]),
    ("math.cumprod", {"axis": 1, "exclusive": True}, [[1, 1, -2], [1, 0.5, 0]]),
    ("sort", {"axis": -1, "direction": "DESCENDING"}, [[3, 1, -2], [0.5, 0, -1]]),
    ("argsort", {"axis": -1}, [[1, 0, 2], [2, 1, 0]]),
    ("math.count_nonzero", {"axis": 1}, [3, 2]),
    ("norm", {"ord": np.inf, "axis": 1}, [3, 1]),
    ("slice", {"begin": [0, 1], "size": [-1, 2]}, X[:, 1:3]),
    ("ensure_shape", {"shape": [None, 3]}, X),
    ("ones_like", {"dtype": "int32"}, np.ones((2, 3))),
    ("math.atan2", {"x": X}, np.arctan2(X, X)),
    ("nn.silu", {"beta": 2.0}, X / (1 + np.exp(-2 * X))),
    ("keras.activations.elu", {"alpha": 0.5}, np.where(X > 0, X, 0.5 * (np.exp(X) - 1))),
    ("keras.activations.relu", {"max_value": 2.0}, np.clip(X, 0, 2)),
    ("keras.activations.relu", {"alpha": 0.5, "threshold": 1.0}, np.where(X > 1, X, (X - 1) / 2)),
    ("keras.activations.hard_sigmoid", {}, np.clip(0.2 * X + 0.5, 0, 1)),
    ("compat.v1.floor_div", {"y": 0.4}, X // np.float32(0.4)),
    ("math.xdivy", {"y": X}, [[1, 1, 1], [1, 0, 1]]),
]


@pytest.mark.parametrize(("name", "kwargs", "wanted"), WITH_ARGUMENTS)
def test_an_argument_of_tensorflow_is_followed(
    probe: Probe, name: str, kwargs: dict[str, Any], wanted: Any
) -> None:
    found = probe("translate.keras_ops").find(Ops(), name)(X, **kwargs)
    np.testing.assert_allclose(found, np.asarray(wanted), rtol=1e-6)


def test_an_argument_that_is_not_known_is_refused(probe: Probe) -> None:
    find = probe("translate.keras_ops").find
    with pytest.raises(ValueError, match="more arguments than a tensor"):
        find(Ops(), "math.exp")(X, base=2)
    assert find(Ops(), "math.exp")(X, layout=3) == pytest.approx(np.exp(X))


def test_a_mean_of_whole_numbers_is_whole_as_in_tensorflow(probe: Probe) -> None:
    found = probe("translate.keras_ops").find(Ops(), "reduce_mean")(np.array([[1, 2], [2, 5]]), 1)
    assert found.tolist() == [1, 3]


def test_rows_are_taken_by_indices_of_their_own_sample(probe: Probe) -> None:
    gather = probe("translate.keras_ops").find(Ops(), "gather")
    x, at = np.arange(12).reshape(2, 3, 2), np.array([[2, 0], [1, 1]])
    assert gather(x, at, axis=1, batch_dims=1).tolist() == [[[4, 5], [0, 1]], [[8, 9], [8, 9]]]
    with pytest.raises(ValueError, match="batch_dims=1"):
        gather(x, at[:, 0], axis=2, batch_dims=1)


def test_sizes_are_computed_with_as_numbers(probe: Probe) -> None:
    find, sizes = probe("translate.keras_ops").find, probe("translate.sizes")
    assert find(Ops(), "compat.v1.floor_div")(7, 2) == 3
    assert isinstance(find(Ops(), "math.subtract")(7, 2), int)
    with pytest.raises(TypeError, match="open until the model computes"):
        find(Ops(), "math.subtract")(sizes.OPEN, 2)
    with pytest.raises(ValueError, match="open until the model computes"):
        find(Ops(), "broadcast_to")(X, sizes.Sizes((None, 2, 3)))


@pytest.mark.parametrize("dtype", ["bool", "int32"])
def test_invert_follows_the_numbers(probe: Probe, dtype: str) -> None:
    given = np.array([0, 1]).astype(dtype)
    found = probe("translate.keras_ops").find(Ops(), "bitwise.invert")(given)
    assert found.tolist() == (~given).tolist()
