"""Layers with the channels first, where TensorFlow has no GPU to compute them on."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.probes.toy_keras import Item

Probe = Callable[[str], ModuleType]


def framework(*, gpus: int = 0, keras3: bool = False, backend: str = "tensorflow") -> Any:
    config = SimpleNamespace(list_physical_devices=lambda _kind: ["gpu"] * gpus)
    return SimpleNamespace(
        is_keras3=keras3,
        backend=backend,
        find_tensorflow=lambda: SimpleNamespace(config=config),
    )


def layer(cls: str, data_format: str = "channels_first") -> Item:
    return {"class_name": cls, "config": {"data_format": data_format}}


def test_only_a_cpu_of_tensorflow_needs_the_channels_last(probe: Probe) -> None:
    needs_gpu = probe("translate.channels").needs_gpu
    assert needs_gpu(framework(), layer("Conv2D"))
    assert needs_gpu(framework(keras3=True), layer("ConvLSTM3D"))
    assert not needs_gpu(framework(), layer("Conv2D", "channels_last"))
    assert not needs_gpu(framework(), layer("GlobalAveragePooling2D"))
    assert not needs_gpu(framework(gpus=1), layer("Conv2D"))
    assert not needs_gpu(framework(backend="theano"), layer("Conv2D"))
    assert not needs_gpu(framework(keras3=True), layer("Conv3D"))


@pytest.mark.parametrize(
    ("cls", "config", "shape", "last"),
    [
        ("Conv1D", {}, (2, 5), (5, 2)),
        ("SeparableConv2D", {}, (2, 5, 6), (5, 6, 2)),
        ("MaxPooling3D", {}, (2, 5, 6, 7), (5, 6, 7, 2)),
        ("Conv2DTranspose", {}, (2, 5, 6), (5, 6, 2)),
        ("ConvLSTM2D", {"return_sequences": True}, (3, 2, 5, 6), (3, 5, 6, 2)),
    ],
)
def test_the_channels_move_to_the_end_and_back(
    probe: Probe, cls: str, config: Item, shape: tuple[int, ...], last: tuple[int, ...]
) -> None:
    before, after = probe("translate.channels").axes(cls, config)
    moved = np.zeros((1, *shape)).transpose(0, *before)
    assert moved.shape == (1, *last)
    assert moved.transpose(0, *after).shape == (1, *shape)


def test_a_recurrent_layer_that_returns_its_last_step_has_no_steps_to_keep(probe: Probe) -> None:
    before, after = probe("translate.channels").axes("ConvLSTM2D", {})
    assert (before, after) == ((1, 3, 4, 2), (3, 1, 2))


def test_directions_that_cannot_be_merged_with_channels_first_are_refused(probe: Probe) -> None:
    inner = layer("ConvLSTM2D")
    item = {"class_name": "Bidirectional", "config": {"layer": inner, "merge_mode": None}}
    maker = SimpleNamespace(framework=framework())
    with pytest.raises(probe("translate.plain").NotTranslated, match="merge_mode=None"):
        probe("translate.channels").find(maker, item)
    assert probe("translate.channels").find(maker, layer("Dense")) is None
