"""Which stored arrays a layer gets, and which tensor of a signature stands for which input."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]


class Variable:
    def __init__(self, name: str) -> None:
        self.name = name


class Dense:
    """A stand-in for a layer with a kernel and a bias."""

    def __init__(self, name: str, inputs: int, units: int) -> None:
        self.name = name
        self.weights = [Variable(f"{name}/kernel:0"), Variable(f"{name}/bias:0")]
        self.arrays: list[Any] = [np.zeros((inputs, units)), np.zeros(units)]

    def get_weights(self) -> list[Any]:
        return self.arrays

    def set_weights(self, arrays: list[Any]) -> None:
        self.arrays = arrays


class Model:
    def __init__(self, *layers: Dense) -> None:
        self.layers = layers


def group(name: str, value: float, inputs: int = 2, units: int = 3) -> tuple[str, Any]:
    return name, [("0", np.full((inputs, units), value)), ("1", np.full(units, value))]


def received(model: Model) -> list[float]:
    return [float(layer.arrays[0][0, 0]) for layer in model.layers]


def test_layers_of_one_shape_get_their_own_by_name(probe: Probe) -> None:
    model = Model(Dense("z", 2, 3), Dense("a", 2, 3))
    probe("formats.arrays").assign(model, [group("layers/a", 1), group("layers/z", 2)])
    assert received(model) == [2, 1]


def test_without_names_the_stored_order_decides(probe: Probe) -> None:
    model = Model(Dense("x", 2, 3), Dense("y", 2, 3))
    probe("formats.arrays").assign(model, [group("dense", 1), group("dense_1", 2)])
    assert received(model) == [1, 2]


def test_a_class_name_breaks_the_tie_between_shapes(probe: Probe) -> None:
    model = Model(Dense("x", 2, 3))
    probe("formats.arrays").assign(model, [group("conv", 1), group("dense_4", 2)])
    assert received(model) == [2]


def test_variables_are_put_in_the_layers_order_by_their_names(probe: Probe) -> None:
    model = Model(Dense("x", 3, 3))
    entries = [("bias", np.full(3, 1.0)), ("kernel", np.full((3, 3), 2.0))]
    probe("formats.arrays").assign(model, [("", entries)])
    assert received(model) == [2]


def test_single_arrays_are_taken_by_shape(probe: Probe) -> None:
    model = Model(Dense("x", 2, 3))
    loose = [("", [("0", np.full((2, 3), 5.0))]), ("", [("1", np.full(3, 5.0))])]
    probe("formats.arrays").assign(model, loose)
    assert received(model) == [5]


def test_a_checkpoint_holds_layers_by_number_and_cells_apart(probe: Probe) -> None:
    suffix = "/.ATTRIBUTES/VARIABLE_VALUE"
    stored = {
        f"layer_with_weights-10/bias{suffix}": 1,
        f"layer_with_weights-2/kernel{suffix}": 2,
        f"layer_with_weights-2/kernel/.OPTIMIZER_SLOT/optimizer/m{suffix}": 3,
        f"variables/0{suffix}": 4,
        f"optimizer/_variables/1{suffix}": 5,
        "_CHECKPOINTABLE_OBJECT_GRAPH": 6,
    }
    reader = SimpleNamespace(get_variable_to_shape_map=lambda: stored, get_tensor=stored.get)
    tensorflow = SimpleNamespace(train=SimpleNamespace(load_checkpoint=lambda _: reader))
    groups = probe("formats.arrays").read_checkpoint(tensorflow, "prefix")
    assert groups == [("", [("kernel", 2)]), ("", [("bias", 1)]), ("", [("0", 4)])]


def test_what_fits_nowhere_is_refused_by_the_name_of_the_layer(probe: Probe) -> None:
    module = probe("formats.arrays")
    with pytest.raises(module.NoFit, match=r"^nothing in the file fits layer 'x' \[\(2, 3\), "):
        module.assign(Model(Dense("x", 2, 3)), [group("x", 1, units=4)])


def test_numbers_in_stored_names_are_ordered_as_numbers(probe: Probe) -> None:
    natural = probe("formats.arrays").natural
    assert sorted(["dense_10", "dense_2", "dense"], key=natural) == ["dense", "dense_2", "dense_10"]


def test_a_signature_is_matched_by_name_first(probe: Probe) -> None:
    match = probe("formats.serving").match
    offered = {"left": (None, 4), "right": (None, 4)}
    assert match(["right", "left"], [(8, 4), (8, 4)], offered) == ["right", "left"]


def test_renamed_tensors_are_matched_by_shape(probe: Probe) -> None:
    match = probe("formats.serving").match
    offered = {"output_0": (8, 2), "output_1": (8, 1)}
    assert match(["score", "value"], [(8, 1), (8, 2)], offered) == ["output_1", "output_0"]


def test_a_name_that_fits_is_not_taken_by_another_shape(probe: Probe) -> None:
    match = probe("formats.serving").match
    offered = {"a": (8, 3), "b": (8, 3)}
    assert match(["x", "a"], [(8, 3), (8, 3)], offered) == ["b", "a"]


def test_another_number_of_tensors_is_refused(probe: Probe) -> None:
    module = probe("formats.serving")
    with pytest.raises(module.NoSignature, match=r"^it has 1 tensors instead of 2$"):
        module.match(["a", "b"], [(8, 1), (8, 1)], {"a": (8, 1)})


def test_layers_of_an_inner_model_get_theirs_by_the_names_in_the_file(probe: Probe) -> None:
    """As a frozen model of Keras 2 is stored: what could be trained before all the rest."""
    first, second = Dense("first", 2, 3), Dense("second", 2, 3)
    inner = SimpleNamespace(
        name="inner",
        layers=[first, second],
        weights=first.weights + second.weights,
        get_weights=lambda: first.arrays + second.arrays,
    )
    values = {"second/kernel:0": 3, "first/kernel:0": 1, "second/bias:0": 4, "first/bias:0": 2}
    shapes = {"kernel": (2, 3), "bias": (3,)}
    short = probe("formats.arrays").short_name
    entries = [(name, np.full(shapes[short(name)], value)) for name, value in values.items()]
    order = probe("formats.arrays").order_arrays
    wanted = [array.shape for array in inner.get_weights()]
    assert [float(array.flat[0]) for array in order(inner, entries, wanted)] == [1, 2, 3, 4]
