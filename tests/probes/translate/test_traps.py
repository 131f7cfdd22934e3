"""What Keras 3 does not read of its own HDF5 files, and what is said instead."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.probes.toy_keras import Item, framework, functional, given, layer

Probe = Callable[[str], ModuleType]


def normalised(axis: Any, **more: Any) -> Item:
    node: list[Any] = [{"args": [], "kwargs": {}}]
    item = layer("a", "LayerNormalization", node, axis=axis, trainable=True)
    item.pop("module", None)
    item.update(more)
    return functional(given(), item, output=["a", 0, 0], version="3.6.0")


@pytest.mark.parametrize(
    ("axis", "is_lost"),
    [(-1, False), (None, False), ([2], False), (1, True), ([2, 3], True)],
    ids=str,
)
def test_keras3_is_not_given_an_axis_of_hdf5_that_it_would_ignore(
    probe: Probe, axis: Any, *, is_lost: bool
) -> None:
    toy = framework(keras3=True)
    toy.backend = "jax"
    find = probe("translate.traps").find_trap
    assert (find(toy, normalised(axis)) is not None) is is_lost
    assert find(toy, normalised(axis, module="keras.layers")) is None


def test_a_vocabulary_that_is_not_in_the_file_is_named(probe: Probe) -> None:
    node: list[Any] = [{"args": [], "kwargs": {}}]
    item = layer("words", "StringLookup", node, vocabulary=None, trainable=True)
    stored = functional(given(), item, output=["words", 0, 0], version="3.6.0")
    toy = framework(keras3=True)
    toy.backend = "jax"
    with pytest.raises(
        probe("translate.plain").NotTranslated, match="vocabulary of the StringLookup layer 'words'"
    ):
        probe("translate.architectures").build(toy, stored, {})


def test_keras1_is_refused_as_the_loader(probe: Probe) -> None:
    toy = SimpleNamespace(keras_version=(1, 2))
    with pytest.raises(
        probe("translate.plain").NotTranslated, match="is not supported as the loader"
    ):
        probe("translate.architectures").build(toy, normalised(-1), {})


def test_a_lambda_of_theano_is_told_its_shape(probe: Probe) -> None:
    operations = probe("translate.operations")
    assert operations.shape_by(lambda given: given[0][:, 1:], (None, 5, 3)) == (None, 4, 3)
    assert operations.rank_of(SimpleNamespace(ndim=3, shape=None)) == 3
    assert operations.rank_of(SimpleNamespace(shape=(2, 5))) == 2
    assert operations.rank_of(np.zeros((2, 1))) == 2


def test_the_shape_of_a_symbol_is_that_of_its_value(probe: Probe) -> None:
    def symbol(given: Any) -> Any:
        return SimpleNamespace(eval=lambda: given[0][..., None], shape=None)

    assert probe("translate.operations").shape_by(symbol, (None, 3)) == (None, 3, 1)
