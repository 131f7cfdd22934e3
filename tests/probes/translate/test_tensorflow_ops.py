"""Operations of Keras 3 by functions of TensorFlow; NumPy stands in for TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
X = np.arange(24, dtype="float64").reshape(2, 3, 4) / 10 - 1


def split(x: Any, parts: Any, axis: int) -> Any:
    return np.split(x, parts if isinstance(parts, int) else np.cumsum(parts)[:-1], axis)


def over(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


TF = SimpleNamespace(
    abs=np.abs,
    cast=lambda x, dtype: x.astype(dtype),
    reduce_mean=lambda x, axis, keepdims: (
        np.trunc(np.mean(x, over(axis), keepdims=keepdims))
        if x.dtype.kind == "i"
        else np.mean(x, over(axis), keepdims=keepdims)
    ),
    slice=lambda x, starts, sizes: x[
        tuple(slice(a, a + n) for a, n in zip(starts, sizes, strict=True))
    ],
    argmax=lambda x, axis, output_type: np.argmax(x, axis).astype(output_type),
    expand_dims=np.expand_dims,
    gather=np.take,
    math=SimpleNamespace(rsqrt=lambda x: 1 / np.sqrt(x), log1p=np.log1p),
    maximum=np.maximum,
    minimum=np.minimum,
    exp=np.exp,
    nn=SimpleNamespace(relu6=lambda x: np.clip(x, 0, 6)),
    reduce_sum=lambda x, axis, keepdims: np.sum(x, over(axis), keepdims=keepdims),
    reverse=np.flip,
    split=split,
    square=np.square,
    tile=np.tile,
    transpose=np.transpose,
)


def call(probe: Probe, name: str, *given: Any, **kept: Any) -> Any:
    return probe("translate.tensorflow_ops").find(TF, name, kept)(*given)


@pytest.mark.parametrize(
    ("name", "kept", "wanted"),
    [
        ("Absolute", {}, np.abs(X)),
        ("Sum", {"axis": [1, 2], "keepdims": True}, X.sum((1, 2), keepdims=True)),
        ("Mean", {"axis": 1}, X.mean(1)),
        ("Slice", {"start_indices": [0, 1, 0], "shape": [2, 2, 3]}, X[:, 1:, :3]),
        ("Swapaxes", {"axis1": -1, "axis2": 0}, X.swapaxes(-1, 0)),
        ("Moveaxis", {"source": -1, "destination": 1}, np.moveaxis(X, -1, 1)),
        ("Moveaxis", {"source": [0, 1], "destination": [-1, 0]}, np.moveaxis(X, [0, 1], [-1, 0])),
        ("Flip", {"axis": -2}, np.flip(X, 1)),
        ("Flip", {"axis": None}, np.flip(X)),
        ("Argmax", {"axis": 1, "keepdims": True}, X.argmax(1)[:, None]),
        ("Tile", {"repeats": [2, 1]}, np.tile(X, [1, 2, 1])),
        ("Normalize", {"axis": -1}, X / np.sqrt((X**2).sum(-1, keepdims=True))),
        ("HardSigmoid", {}, np.clip(X + 3, 0, 6) / 6),
        ("ExpandDims", {"axis": [0, 2]}, X[None, :, None]),
    ],
    ids=str,
)
def test_one_tensor(probe: Probe, name: str, kept: dict[str, Any], wanted: Any) -> None:
    np.testing.assert_allclose(call(probe, name, X, **kept), wanted)


def test_a_mean_of_whole_numbers_is_none(probe: Probe) -> None:
    assert call(probe, "Mean", np.array([[1, 2], [2, 5]]), axis=1).tolist() == [1.5, 3.5]


def test_parts_of_unequal_sizes(probe: Probe) -> None:
    found = call(probe, "Split", X, indices_or_sections=[1, 3], axis=-1)
    assert [one.shape[-1] for one in found] == [1, 2, 1]


def test_places_are_counted_from_the_end_as_well(probe: Probe) -> None:
    found = call(probe, "Take", X, [0, -1], axis=1)
    np.testing.assert_array_equal(found, X[:, [0, 2]])


def test_two_tensors(probe: Probe) -> None:
    np.testing.assert_allclose(call(probe, "Logaddexp", X, X[::-1]), np.logaddexp(X, X[::-1]))


@pytest.mark.parametrize(
    ("name", "kept", "message"),
    [
        ("Max", {"axis": 0, "initial": 3.0}, "initial=3.0"),
        ("OneHot", {"num_classes": 3, "sparse": True}, "sparse=True"),
    ],
)
def test_an_argument_that_no_function_takes_is_refused(
    probe: Probe, name: str, kept: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        probe("translate.tensorflow_ops").find(TF, name, kept)
    assert probe("translate.tensorflow_ops").find(TF, "Cross", {}) is None


@pytest.mark.parametrize(
    ("name", "kept", "message"),
    [
        ("Take", {}, "all axes"),
        ("Round", {"decimals": 2}, "2 decimals"),
        ("Resize", {"size": [2, 2], "crop_to_aspect_ratio": True}, "crop_to_aspect_ratio"),
        ("Resize", {"size": [2, 2], "interpolation": "area"}, "area"),
        ("MaxPool", {"pool_size": 2, "data_format": "channels_first"}, "channels_first"),
    ],
)
def test_what_is_computed_differently_is_refused(
    probe: Probe, name: str, kept: dict[str, Any], message: str
) -> None:
    indices = [0] if name == "Take" else []
    with pytest.raises(ValueError, match=message):
        call(probe, name, X, *[one for one in (indices,) if one], **kept)
