"""Masks that meet in a layer with several inputs, joined as the Keras of the file did."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
LEFT, RIGHT = np.array([[True, True, False]]), np.array([[True, False, False]])
OLD, NEW = (3, 1), (3, 15)


class Tensor:
    """Numbers with a mask, as Keras keeps it beside them."""

    def __init__(self, mask: Any = None) -> None:
        self.shape, self.dtype = (1, 3, 2), "float32"
        self._keras_mask = mask


def ones_like(tensor: Tensor, dtype: str) -> Any:
    return np.ones(tensor.shape, dtype)


OPS = SimpleNamespace(
    all=np.all,
    any=np.any,
    concatenate=np.concatenate,
    expand_dims=np.expand_dims,
    logical_and=np.logical_and,
    multiply=np.multiply,
    ones_like=ones_like,
)


def maker(
    probe: Probe, here: tuple[int, int], *, there: str = "2.15.0", from_keras3: bool = False
) -> SimpleNamespace:
    tensorflow = SimpleNamespace(**vars(OPS), concat=np.concatenate, reduce_all=np.all)
    tensorflow.reduce_any = np.any
    return SimpleNamespace(
        framework=SimpleNamespace(
            is_keras3=here >= (3, 0),
            keras_version=here,
            keras=SimpleNamespace(ops=OPS),
            tensorflow=tensorflow,
        ),
        from_keras3=from_keras3,
        version=there,
        changes=probe("translate.plain").Changes(),
    )


def layer(kind: str, **attributes: Any) -> Any:
    return type(kind, (), {"name": "joined", **attributes})()


@pytest.mark.parametrize(
    ("given", "kind", "masks", "wanted"),
    [
        ({"here": NEW}, "Add", (LEFT, RIGHT), RIGHT),
        ({"here": NEW}, "Add", (LEFT, None), LEFT),
        ({"here": OLD}, "Average", (LEFT, RIGHT), RIGHT),
        ({"here": NEW}, "Concatenate", (LEFT, RIGHT), RIGHT),
        ({"here": NEW}, "Concatenate", (LEFT, None), LEFT),
        ({"here": (2, 15), "there": "3.15.1", "from_keras3": True}, "Add", (LEFT, RIGHT), LEFT),
        ({"here": (2, 15), "there": "3.15.1", "from_keras3": True}, "Add", (LEFT, None), None),
        ({"here": (2, 15), "there": "3.1.1", "from_keras3": True}, "Add", (LEFT, RIGHT), None),
        ({"here": NEW, "there": "3.1.1", "from_keras3": True}, "Concatenate", (LEFT, RIGHT), None),
    ],
)
def test_masks_are_joined_as_where_the_file_was_written(
    probe: Probe, given: dict[str, Any], kind: str, masks: tuple[Any, ...], wanted: Any
) -> None:
    here, made = maker(probe, **given), layer(kind, axis=-1)
    inputs = [Tensor(mask) for mask in masks]
    probe("translate.meeting").keep(here, made, [inputs])
    for found in (made.compute_mask(inputs, list(masks)), made.compute_mask(inputs)):
        np.testing.assert_array_equal(found, wanted)
    text = (
        "the mask of {} 'joined', once the model is saved again: this Keras joins masks otherwise"
    )
    assert here.changes.lost == [text.format(kind)]


def test_what_a_layer_computes_does_not_depend_on_masks_either(probe: Probe) -> None:
    here, made = maker(probe, NEW), layer("Multiply")
    probe("translate.meeting").keep(here, made, [[Tensor(LEFT), Tensor(None)]])
    assert made._merge_function([np.array([2.0]), np.array([3.0])]).tolist() == [6]


def test_what_newer_ones_compute_with_masks_is_refused_elsewhere(probe: Probe) -> None:
    here = maker(probe, (2, 15), there="3.15.1", from_keras3=True)
    with pytest.raises(probe("translate.plain").NotTranslated, match="with masked inputs"):
        probe("translate.meeting").keep(here, layer("Maximum"), [[Tensor(LEFT), Tensor(None)]])


@pytest.mark.parametrize(
    ("given", "kind", "inputs"),
    [
        ({"here": (2, 3)}, "Add", [Tensor(LEFT), Tensor(RIGHT)]),
        ({"here": NEW}, "Add", [Tensor(), Tensor()]),
        ({"here": NEW}, "Add", [Tensor(LEFT), Tensor(LEFT)]),
        ({"here": NEW}, "LSTM", [Tensor(LEFT), Tensor(RIGHT)]),
        ({"here": NEW, "there": "", "from_keras3": True}, "Add", [Tensor(LEFT), Tensor(RIGHT)]),
        ({"here": NEW, "there": "3.4.0", "from_keras3": True}, "Add", [Tensor(LEFT), Tensor()]),
    ],
)
def test_a_layer_stays_as_it_is_where_the_masks_are_the_same(
    probe: Probe, given: dict[str, Any], kind: str, inputs: list[Tensor]
) -> None:
    here, made = maker(probe, **given), layer(kind)
    probe("translate.meeting").keep(here, made, [inputs])
    assert vars(made) == {}
    assert here.changes.lost == []


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [(("Add", "Masking"), True), (("Add",), False), (("Masking",), False)],
)
def test_keras_does_not_read_a_model_in_which_masks_may_meet(
    probe: Probe, kinds: tuple[str, ...], wanted: object
) -> None:
    here = maker(probe, NEW).framework
    items = [{"class_name": kind, "config": {}} for kind in kinds]
    found = probe("translate.meeting").concerns(here, {"keras_version": "2.10.0"}, items, False)  # noqa: FBT003
    assert found is wanted
