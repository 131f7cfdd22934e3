"""What LocallyConnected layers become where this Keras has none: where each crop is taken."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from tests.probes.toy_keras import framework

Probe = Callable[[str], ModuleType]


@pytest.mark.parametrize(
    ("length", "window", "stride"), [(7, 3, 1), (7, 3, 2), (8, 3, 2), (5, 5, 1)], ids=str
)
def test_crops_and_strides_take_every_place_of_the_window(
    probe: Probe, length: int, window: int, stride: int
) -> None:
    values, size = np.arange(length), (length - window) // stride + 1
    for place in range(window):
        before, after = probe("translate.local").cropping((place,), (length,), [size], (stride,))
        taken = values[before : length - after][::stride]
        assert taken.tolist() == [place + number * stride for number in range(size)]


def test_what_another_layout_computes_is_refused(probe: Probe) -> None:
    changes = probe("translate.plain").Changes()
    maker = probe("translate.layers").Maker(framework(keras3=True), {}, {}, changes, unsafe=False)
    find, refused = probe("translate.local").find, probe("translate.plain").NotTranslated
    assert find(maker, {"class_name": "Dense", "config": {}}) is None
    config = {"filters": 2, "kernel_size": [3], "implementation": 4}
    with pytest.raises(refused, match="implementation=4 has no counterpart"):
        find(maker, {"class_name": "LocallyConnected1D", "config": config})
    found = find(maker, {"class_name": "LocallyConnected1D", "config": {"kernel_size": [3]}})
    with pytest.raises(refused, match="open shape"):
        found.of((None, None, 2))


def test_arguments_of_keras_1_are_read_under_their_later_names(probe: Probe) -> None:
    changes = probe("translate.plain").Changes()
    maker = probe("translate.layers").Maker(framework(keras3=True), {}, {}, changes, unsafe=False)
    maker.from_keras1 = True
    config = {"nb_filter": 2, "filter_length": 3, "subsample_length": 1, "init": "uniform"}
    found = probe("translate.local").find(
        maker, {"class_name": "LocallyConnected1D", "config": config}
    )
    assert found.config["filters"] == 2
    assert found.config["kernel_size"] == 3
    assert found.config["strides"] == 1
