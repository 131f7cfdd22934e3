"""Arguments of layers get the names and values that a version of Keras takes."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.probes.toy_keras import Item, framework

Probe = Callable[[str], ModuleType]


def maker_of(probe: Probe, *, keras3: bool = True) -> Any:
    """What makes layers for that Keras from a file that says nothing of its own."""
    changes = probe("translate.plain").Changes()
    return probe("translate.layers").Maker(framework(keras3=keras3), {}, {}, changes, unsafe=False)


class Newer:
    def __init__(self, bin_boundaries: Any = None, num_bins: Any = None) -> None: ...


class Older:
    def __init__(self, bins: Any) -> None: ...


@pytest.mark.parametrize(
    ("cls", "config", "wanted"),
    [
        (Newer, {"bins": [1.0]}, {"bin_boundaries": [1.0]}),
        (Older, {"bin_boundaries": [1.0]}, {"bins": [1.0]}),
        (Newer, {"bin_boundaries": [1.0], "num_bins": 2}, {"bin_boundaries": [1.0]}),
        (Newer, {"num_bins": 2}, {"num_bins": 2}),
    ],
)
def test_boundaries_go_by_the_name_that_a_version_takes(
    probe: Probe, cls: type, config: Item, wanted: Item
) -> None:
    maker_of(probe).use_alternatives(cls, "Discretization", config)
    assert config == wanted


@pytest.mark.parametrize(
    ("name", "stored", "wanted"),
    [
        ("Dense", "tf-idf", "tf_idf"),  # a class among the layers of this Keras
        ("StringLookup", "tf_idf", "tf-idf"),  # one that it only has as an experiment
        ("StringLookup", "count", "count"),
    ],
)
def test_modes_have_the_names_of_the_time(
    probe: Probe, name: str, stored: str, wanted: str
) -> None:
    config: Item = {"output_mode": stored}
    maker_of(probe).use_alternatives(Newer, name, config)
    assert config == {"output_mode": wanted}


@pytest.mark.parametrize(
    ("config", "left"), [({"use_bias": False}, {}), ({"use_bias": True}, None)]
)
def test_an_embedding_only_loses_a_bias_that_it_does_not_have(
    probe: Probe, config: Item, left: Item | None
) -> None:
    probe("translate.values").fix(maker_of(probe, keras3=False), "Embedding", config)
    assert config == ({"use_bias": True} if left is None else left)


@pytest.mark.parametrize("salt", [None, [1, 2]])
def test_a_salt_that_was_not_used_is_none(probe: Probe, salt: Any) -> None:
    config = {"salt": salt or list(probe("translate.tables").NO_SALT), "dtype": "float32"}
    probe("translate.values").fix(maker_of(probe), "Hashing", config)
    assert config == {"salt": salt}


def test_the_shape_of_a_head_is_a_tuple(probe: Probe) -> None:
    config: Item = {"output_shape": 6}
    probe("translate.values").fix(maker_of(probe), "MultiHeadAttention", config)
    assert config == {"output_shape": (6,)}


@pytest.mark.parametrize("dtype", ["int64", "float32"])
@pytest.mark.parametrize(
    ("keras3", "wanted"),
    [
        (True, {"dtype": "float32"}),  # Keras 3 casts the inputs to it before it compares them
        (False, {}),
    ],
)
def test_the_numbers_of_buckets_do_not_round_what_goes_in(
    probe: Probe, dtype: str, *, keras3: bool, wanted: Item
) -> None:
    config: Item = {"dtype": dtype}
    probe("translate.values").fix(maker_of(probe, keras3=keras3), "Discretization", config)
    assert config == wanted
