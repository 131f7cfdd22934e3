"""What a model remembers between calls is put back, so that every prediction is the first one."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest


class Recurrent:
    stateful = True

    def __init__(self) -> None:
        self.state = 5

    def reset_states(self) -> None:
        self.state = 0


class Framework:
    def values(self, variables: list[Any]) -> list[Any]:
        return [one.value.copy() for one in variables]

    def assign(self, variable: Any, value: Any) -> None:
        variable.value = value


@pytest.fixture
def states(probe: Callable[[str], ModuleType]) -> ModuleType:
    return probe("states")


def test_state_is_reset_in_wrapped_and_nested_layers(states: ModuleType) -> None:
    wrapped, nested = Recurrent(), Recurrent()
    bidirectional = SimpleNamespace(forward_layer=wrapped, backward_layer=None)
    model = SimpleNamespace(layers=[bidirectional, SimpleNamespace(layers=[nested])])
    states.reset(model)
    assert (wrapped.state, nested.state) == (0, 0)


def test_metrics_and_layers_that_keep_nothing_are_left_alone(states: ModuleType) -> None:
    metric, other = Recurrent(), Recurrent()
    metric.update_state = None  # type: ignore[attr-defined]
    other.stateful = False
    states.reset(SimpleNamespace(layers=[metric, other]))
    assert (metric.state, other.state) == (5, 5)


def test_a_counter_is_put_back(states: ModuleType) -> None:
    counter = SimpleNamespace(value=np.array([3.0]))
    model = SimpleNamespace(layers=[], non_trainable_weights=[counter])
    with states.unchanged(Framework(), model):
        counter.value += 1
    assert counter.value.tolist() == [3.0]
