"""The wrapper around an optimizer under mixed precision: what each version stores of it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
ADAM = {"class_name": "Adam", "config": {"learning_rate": 0.5}}


@pytest.mark.parametrize(
    ("name", "config", "expected"),
    [
        ("LossScaleOptimizer", {"initial_scale": 8.0, "dynamic_growth_steps": 5}, (True, 8.0, 5)),
        (
            "LossScaleOptimizerV3",
            {"dynamic": False, "initial_scale": 8.0, "dynamic_growth_steps": None},
            (False, 8.0, 2000),
        ),
    ],
)
def test_the_optimizer_within_is_found(
    probe: Probe, name: str, config: dict[str, Any], expected: tuple[bool, float, int]
) -> None:
    item = {"class_name": name, "config": {"inner_optimizer": ADAM, **config}}
    assert probe("translate.loss_scaling").unwrapped(item) == (ADAM, expected)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (("FixedLossScale", {"loss_scale_value": 4.0}), (False, 4.0, None)),
        (
            ("DynamicLossScale", {"initial_loss_scale": 4.0, "increment_period": 9}),
            (True, 4.0, 9),
        ),
    ],
)
def test_the_wrapper_of_tensorflow_before_2_4_says_the_same(
    probe: Probe, stored: tuple[str, dict[str, Any]], expected: tuple[bool, float, int | None]
) -> None:
    scale = {"class_name": stored[0], "config": stored[1]}
    config = {"optimizer": ADAM, "loss_scale": scale}
    item = {"class_name": "LossScaleOptimizer", "config": config}
    assert probe("translate.loss_scaling").unwrapped(item) == (ADAM, expected)


def test_another_growth_of_the_scale_is_refused(probe: Probe) -> None:
    given = {"initial_loss_scale": 4.0, "increment_period": 9, "multiplier": 3.0}
    scale = {"class_name": "DynamicLossScale", "config": given}
    item = {
        "class_name": "LossScaleOptimizer",
        "config": {"optimizer": ADAM, "loss_scale": scale},
    }
    with pytest.raises(probe("translate.plain").NotTranslated, match=r"multiplied by 3\.0"):
        probe("translate.loss_scaling").unwrapped(item)


def test_a_fixed_scale_is_an_argument_in_keras_3(probe: Probe) -> None:
    module = probe("translate.loss_scaling")
    factor = {"class_name": "Adam", "config": {"loss_scale_factor": 16.0}}
    without, scaling = module.unwrapped(factor)
    assert without["config"] == {"loss_scale_factor": None}
    assert scaling == (False, 16.0, None)
    assert module.unwrapped(ADAM) == (ADAM, None)
    made = module.wrap(SimpleNamespace(is_keras3=True), SimpleNamespace(), scaling)
    assert made.loss_scale_factor == 16.0
    with pytest.raises(probe("translate.plain").NotTranslated, match="no LossScaleOptimizer"):
        module.wrap(SimpleNamespace(is_keras3=False, keras=SimpleNamespace()), made, scaling)


def test_the_numbers_of_the_wrapper_are_split_from_the_optimizer_state(probe: Probe) -> None:
    split = probe("translate.loss_scaling").split
    numbers = [np.array(one) for one in (0, 0.0, 7, 64.0)]
    state = [np.array(3), np.array(0.5), np.zeros((2, 2))]
    stored = [("", array) for array in (*numbers, *state)]
    assert split(stored) == (stored[4:], (64.0, 7))
    assert split(stored[4:]) == (stored[4:], None)
