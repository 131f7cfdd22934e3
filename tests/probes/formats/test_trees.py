"""Weights of a Keras 3 file by the tree of layers within layers, given to stand-ins for layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]


class Variable:
    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape


class Layer:
    """A layer with weights of its own, and with layers under their attributes."""

    layers: list[Layer]

    def __init__(self, name: str, *shapes: tuple[int, ...], **inner: Any) -> None:
        self.name = name
        self.weights = [Variable(shape) for shape in shapes]
        for part in inner.values():
            for one in part if isinstance(part, list) else [part]:
                self.weights += one.weights
        vars(self).update(inner)
        self.arrays: list[float] = []

    def set_weights(self, arrays: list[Any]) -> None:
        self.arrays = [float(array.flat[0]) for array in arrays]


class Dense(Layer):
    pass


class Functional(Layer):
    pass


def tree(probe: Probe, **arrays: tuple[float, tuple[int, ...]]) -> Any:
    """A tree by paths (`__` for `/`) to (value, shape); the last part is the array's key."""
    root = probe("formats.trees").Node()
    for path, (value, shape) in arrays.items():
        *parts, key = path.split("__")
        root.at(parts).arrays[key] = np.full(shape, value)
    return root


def test_layers_within_layers_get_theirs_by_class_and_place(probe: Probe) -> None:
    first, second = Dense("one", (2, 3)), Dense("two", (2, 3))
    model = Layer("m", layers=[Functional("inner", layers=[first, second]), Dense("top", (2, 3))])
    root = tree(
        probe,
        layers__functional__layers__dense_2__0=(2, (2, 3)),
        layers__functional__layers__dense__0=(1, (2, 3)),
        layers__dense__0=(3, (2, 3)),
    )
    probe("formats.trees").assign(model, root)
    assert [layer.arrays for layer in model.layers] == [[1, 2], [3]]
    probe("formats.trees").assign(model, root, order=["two", "one"])
    assert model.layers[0].arrays == [2, 1]


def test_a_stored_name_says_more_than_the_place(probe: Probe) -> None:
    model = Layer("m", layers=[Dense("one", (2,)), Dense("two", (2,))])
    root = tree(probe, layers__dense__0=(1, (2,)), layers__dense_1__0=(2, (2,)))
    root.inner["layers"].inner["dense"].name = "two"
    root.inner["layers"].inner["dense_1"].name = "one"
    probe("formats.trees").assign(model, root)
    assert [layer.arrays for layer in model.layers] == [[2], [1]]


@pytest.mark.parametrize("attribute", ["key_dense", "_key_dense"])
@pytest.mark.parametrize("key", ["key_dense", "_key_dense"])
def test_parts_are_found_whether_they_are_private_or_not(
    probe: Probe, attribute: str, key: str
) -> None:
    attention = Layer("heads", (3,), **{attribute: Dense("key", (2,))})
    path = {f"layers__layer__{key}__0": (1, (2,)), "layers__layer__0": (2, (3,))}
    probe("formats.trees").assign(Layer("m", layers=[attention]), tree(probe, **path))
    assert attention.arrays == [2, 1]


@pytest.mark.parametrize(
    "arrays",
    [
        {"layers__dense__0": (1, (9,))},
        {"layers__dense__other__0": (1, (2,))},
        {"layers__dense__0": (1, (2,)), "layers__dense__1": (1, (2,))},
        {},
    ],
    ids=["shape", "part", "more", "nothing"],
)
def test_the_tree_of_another_model_gives_nothing_at_all(
    probe: Probe, arrays: dict[str, Any]
) -> None:
    module = probe("formats.trees")
    model = Layer("m", layers=[Dense("one", (2,))])
    with pytest.raises(module.NoFit):
        module.assign(model, tree(probe, **arrays))
    assert model.layers[0].arrays == []


def test_names_arrays_and_other_separators_are_read_and_optimizers_are_not(
    probe: Probe, tmp_path: Path
) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 is read with h5py alone")
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file["layers\\dense/vars/0"] = np.zeros((2, 3))
        file["layers\\dense/vars"].attrs["name"] = "one"
        file["optimizer/vars/0"] = np.zeros(4)
    root = probe("formats.trees").read(str(path))
    dense = root.inner["layers"].inner["dense"]
    assert (dense.name, list(dense.arrays), root.shapes()) == ("one", ["0"], [(2, 3)])
    with h5py.File(path, "a") as file:
        file.attrs["layer_names"] = [b"dense"]
    assert probe("formats.trees").read(str(path)) is None


def test_keys_are_those_that_keras_makes_of_a_class(probe: Probe) -> None:
    snake = probe("formats.trees").snake
    names = ("Dense", "MultiHeadAttention", "Conv2D", "BatchNormalizationV1", "Model", "ReLU")
    wanted = ["dense", "multi_head_attention", "conv2d", "batch_normalization", "functional"]
    assert [snake(name) for name in names] == [*wanted, "re_lu"]
