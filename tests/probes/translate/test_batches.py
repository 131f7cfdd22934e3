"""Whether the samples of a batch stay first, and shapes that are open at two places."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]
B = None


class Made:
    """A tensor of Keras 3: its shape, and what made it."""

    def __init__(
        self, kind: str, shape: tuple[int | None, ...], *inputs: Made, **more: Any
    ) -> None:
        node = SimpleNamespace(input_tensors=list(inputs))
        operation = type(kind, (), {"__module__": "keras.src.ops", "_inbound_nodes": [node]})()
        vars(operation).update(more)
        self.shape = shape
        self._keras_history = SimpleNamespace(operation=operation, node_index=0)


def given(*shape: int | None) -> Made:
    return Made("InputLayer", (B, *shape))


def layer(shape: tuple[int | None, ...], *inputs: Made, kind: str = "Dense") -> Made:
    return Made(kind, shape, *inputs, trainable_weights=[])


X = given(4, 6)


@pytest.mark.parametrize(
    ("tensor", "wanted"),
    [
        (X, True),
        (layer((B, 4, 8), X), True),
        (Made("Multiply", (B, 4, 6), X, X), True),
        (Made("Multiply", (B, 4, 6), X, given(6)), False),
        (Made("Reshape", (B, 24), X), True),
        (Made("Reshape", (B, 6), X), False),
        (Made("Transpose", (B, 6, 4), X, axes=(0, 2, 1)), True),
        (Made("Transpose", (4, B, 6), X, axes=(1, 0, 2)), False),
        (Made("Matmul", (B, 4, 4), X, given(6, 4)), True),
        (Made("GetItem", (B, 6), X), False),
        (layer((B, 4, 6), X, kind="Lambda"), False),
        (layer((B, 4, 6), Made("Reshape", (B, 6), X)), False),
        (SimpleNamespace(shape=(B, 3)), False),
    ],
)
def test_only_what_is_known_to_keep_the_samples_first_does(
    probe: Probe, tensor: Any, wanted: object
) -> None:
    assert probe("translate.batches").come_first(tensor) is wanted


def test_the_size_that_is_left_is_computed_beside_that_of_the_batch(probe: Probe) -> None:
    sizes = probe("translate.sizes")
    batch = sizes.of(layer((B, 3), given(3)))[0]
    assert batch is sizes.BATCH
    assert sizes.as_target([batch, -1, 2], X) == [-1, 12, 2]
    assert sizes.as_target([batch, 4, -1, 2], layer((B, 4, 6), X)) == [-1, 4, 3, 2]


def test_samples_that_were_joined_are_not_taken_apart_by_a_guess(probe: Probe) -> None:
    sizes, joined = probe("translate.sizes"), Made("Reshape", (B, 6), X)
    assert sizes.of(joined)[0] is sizes.OPEN
    for shape, tensor in (
        ([sizes.BATCH, -1, 6], joined),
        ([sizes.OPEN, -1, 2], X),
        ([sizes.BATCH, -1, 2], given(None, 6)),
        ([sizes.BATCH, -1, sizes.OPEN], X),
    ):
        with pytest.raises(ValueError, match="more than one size is open"):
            sizes.as_target(shape, tensor)
