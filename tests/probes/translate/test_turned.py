"""Kernels of Theano: turned once, where the loader has not, and only those that Theano turns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
KERNEL, BIAS = np.arange(12.0).reshape(2, 3, 1, 2), np.zeros(2)


class Conv2D:
    name, padding, strides = "conv", "valid", (1, 1)

    def __init__(self) -> None:
        self.arrays: list[Any] = [KERNEL, BIAS]

    def get_weights(self) -> list[Any]:
        return self.arrays

    def set_weights(self, arrays: list[Any]) -> None:
        self.arrays = arrays


class DepthwiseConv2D(Conv2D):
    pass


class Conv2DTranspose(Conv2D):
    padding, strides = "same", (2, 2)


def test_both_axes_in_space_are_reversed_and_the_bias_stays(probe: Probe) -> None:
    layer = Conv2D()
    changed = probe("translate.turned").turn([layer], "theano", lambda _array: True)
    assert changed == ["kernels of Conv2D turned: they were trained on Theano"]
    assert layer.arrays[0].tolist() == KERNEL[::-1, ::-1].tolist()
    assert layer.arrays[1] is BIAS


def test_what_the_loader_turned_and_what_theano_does_not_turn_stay(probe: Probe) -> None:
    turn = probe("translate.turned").turn
    assert turn([Conv2D()], "theano", lambda _array: False) == []
    layer = DepthwiseConv2D()
    assert turn([layer], "theano", lambda _array: True) == []
    assert layer.arrays[0] is KERNEL


def test_a_transposed_convolution_that_theano_pads_otherwise_is_refused(probe: Probe) -> None:
    with pytest.raises(probe("translate.plain").NotTranslated, match="'conv': Theano pads"):
        probe("translate.turned").turn([Conv2DTranspose()], "theano", lambda _array: True)


def test_files_are_concerned_where_one_side_alone_is_theano(probe: Probe) -> None:
    concerns = probe("translate.turned").concerns
    tensorflow, theano = SimpleNamespace(backend="tensorflow"), SimpleNamespace(backend="theano")
    assert concerns(tensorflow, "theano", ["Dense", "Conv2D"])
    assert not concerns(tensorflow, "theano", ["Dense", "DepthwiseConv2D"])
    assert not concerns(tensorflow, "tensorflow", ["Conv2D"])
    assert not concerns(theano, "theano", ["Conv2D"])
    assert concerns(theano, "jax", ["Conv2D"])
    assert not concerns(theano, None, ["Conv2D"])  # Keras 1 names no backend


def test_keras_on_theano_reads_kernels_of_those_backends_that_it_knows(probe: Probe) -> None:
    is_trap, theano = probe("translate.turned").is_trap, SimpleNamespace(backend="theano")
    assert not is_trap(theano, "tensorflow", ["Conv2D"])
    assert is_trap(theano, "torch", ["Conv2D"])
    assert is_trap(SimpleNamespace(backend="jax"), "theano", ["Conv2D"])


@pytest.mark.parametrize("place", ["/", "model_weights"])
def test_the_backend_is_read_from_either_place(probe: Probe, tmp_path: Path, place: str) -> None:
    with h5py.File(tmp_path / "model.h5", "w") as file:
        file.create_group("model_weights")
        file[place].attrs["backend"] = b"theano"
        assert probe("translate.weights").backend_of(file) == "theano"


@pytest.mark.parametrize("place", ["layer", "_layer_checkpoint_dependencies/layer"])
def test_weights_of_keras_3_are_those_of_a_backend_that_turns_no_kernels(
    probe: Probe, tmp_path: Path, place: str
) -> None:
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset(f"{place}/vars/0", data=KERNEL)
    weights, layer = probe("translate.weights"), Conv2D()
    stored = weights.Stored(SimpleNamespace(backend="theano"), SimpleNamespace(), str(path))
    model = SimpleNamespace(layers=[layer])
    assert stored.turn(model) == [
        "kernels of Conv2D turned: they were trained on another backend than Theano"
    ]
    assert layer.arrays[0].tolist() == KERNEL[::-1, ::-1].tolist()


def test_a_file_that_names_no_backend_keeps_its_kernels(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"conv"]
        file.create_dataset("conv/kernel", data=KERNEL)
    layer = Conv2D()
    stored = probe("translate.weights").Stored(
        SimpleNamespace(backend="theano"), SimpleNamespace(), str(path)
    )
    assert stored.turn(SimpleNamespace(layers=[layer])) == []
    assert layer.arrays[0] is KERNEL
