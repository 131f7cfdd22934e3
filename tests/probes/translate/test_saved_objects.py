"""Variables of a SavedModel given to the layers of the same names, without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.probes.translate import saved_files

Probe = Callable[[str], ModuleType]


class Layer:
    def __init__(self, name: str, *shapes: tuple[int, ...]) -> None:
        self.name = name
        self.arrays = [np.zeros(shape) for shape in shapes]
        names = ("kernel", "bias", "third")
        self.weights = [SimpleNamespace(name=one) for one, _ in zip(names, shapes, strict=False)]

    def get_weights(self) -> list[Any]:
        return self.arrays

    def set_weights(self, arrays: list[Any]) -> None:
        self.arrays = list(arrays)


def model(*layers: Any, name: str = "model") -> Any:
    return SimpleNamespace(
        name=name, layers=list(layers), weights=[one for layer in layers for one in layer.weights]
    )


def dense(saved: saved_files.Model, name: str, value: float) -> int:
    """A layer of a kernel and a bias, in the SavedModel."""
    kernel = saved.variable(f"{name}/kernel", np.full((2, 2), value))
    bias = saved.variable(f"{name}/bias", np.full(2, value))
    return saved.layer(
        {"class_name": "Dense", "name": name, "config": {"name": name}}, kernel, bias
    )


def write(path: Path, *, older: bool = False, **layers: float) -> Path:
    """A SavedModel of such layers, the last two within a model called `inner`."""
    saved = saved_files.Model()
    saved.add({"class_name": "Functional", "config": {"name": "model", "layers": []}})
    numbers = [dense(saved, name, value) for name, value in layers.items()]
    within = {f"layer-{place}": one for place, one in enumerate(numbers[-2:])}
    inner = saved.layer({"class_name": "Functional", "config": {"name": "inner"}}, **within)
    places = [*numbers[:-2], inner]
    # Layers with weights are listed once more.
    saved.inner[0] = {f"layer-{place}": one for place, one in enumerate(places)}
    saved.inner[0]["layer_with_weights-0"] = places[0]
    return saved.write(path, older=older)


def assign(probe: Probe, path: Path, given: Any) -> None:
    objects = probe("translate.saved_objects")
    objects.assign(given, objects.read(str(path), path / "variables" / "variables"))


@pytest.mark.parametrize("older", [False, True], ids=["metadata", "in-the-graph"])
def test_layers_of_one_shape_are_told_by_their_names(
    probe: Probe, tmp_path: Path, *, older: bool
) -> None:
    path = write(tmp_path / "m", older=older, first=1.0, second=2.0, deep=3.0, deeper=4.0)
    layers = {name: Layer(name, (2, 2), (2,)) for name in ("deeper", "second", "deep", "first")}
    within = model(layers["deeper"], layers["deep"], name="inner")
    assign(probe, path, model(layers["second"], within, layers["first"]))
    found = {name: {float(one) for one in layer.arrays[0].flat} for name, layer in layers.items()}
    assert found == {"first": {1.0}, "second": {2.0}, "deep": {3.0}, "deeper": {4.0}}


def test_a_layer_that_the_file_does_not_have_is_named(probe: Probe, tmp_path: Path) -> None:
    path = write(tmp_path / "m", a=1.0, b=2.0, c=3.0)
    other = Layer("other", (2, 2), (2,))
    with pytest.raises(probe("formats.arrays").NoFit, match="no weights for layer 'other'"):
        assign(probe, path, model(other))
    assert not other.arrays[0].any()


def test_weights_that_the_model_has_no_layer_for_are_named(probe: Probe, tmp_path: Path) -> None:
    path = write(tmp_path / "m", a=1.0, b=2.0, c=3.0)
    inner = model(Layer("b", (2, 2), (2,)), Layer("c", (2, 2), (2,)), name="inner")
    with pytest.raises(probe("formats.arrays").NoFit, match="no layer 'a' for weights"):
        assign(probe, path, model(inner))


def test_other_shapes_are_named(probe: Probe, tmp_path: Path) -> None:
    path = write(tmp_path / "m", a=1.0, b=2.0, c=3.0)
    with pytest.raises(probe("formats.arrays").NoFit, match="layer 'a' have other shapes"):
        assign(probe, path, model(Layer("a", (2, 3), (2,))))


def test_weights_of_a_layer_are_known_by_their_numbers(probe: Probe, tmp_path: Path) -> None:
    path = write(tmp_path / "m", a=1.0, b=1.0, c=1.0)
    layers = [Layer(name, (2, 2), (2,)) for name in "abc"]
    given = model(layers[0], model(*layers[1:], name="inner"))
    objects = probe("translate.saved_objects")
    read = objects.read(str(path), path / "variables" / "variables")
    places = objects.places(given, read)
    assert len(places) == len(set(places.values())) == 6
    kernel = places[id(layers[1].weights[0])]
    assert read.node(kernel).names == ["b/kernel"]
