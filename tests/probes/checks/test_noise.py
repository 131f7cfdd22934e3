"""Moving a model's numbers by one unit in the last place, with models that need no framework."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType, SimpleNamespace

import numpy as np
import numpy.typing as npt
import pytest

Probe = Callable[[str], ModuleType]
Array = npt.NDArray[np.float32]
FIRST = np.asarray([[0.1, 0.7], [0.3, 0.9]], np.float32)


class Model:
    """A matrix, and a function of what it gives."""

    def __init__(self, function: Callable[[Array], Array]) -> None:
        self.function = function
        self.weights: list[Array] = [FIRST]

    def get_weights(self) -> list[Array]:
        return self.weights

    def set_weights(self, weights: list[Array]) -> None:
        self.weights = weights


FRAMEWORK = SimpleNamespace(
    predict=lambda model, inputs: [model.function(inputs[0] @ model.weights[0])]
)


def measured(probe: Probe, model: Model) -> float:
    inputs = [np.asarray([[0.2, 0.6], [0.5, 0.4]], np.float32)]
    outputs: Sequence[Array] = FRAMEWORK.predict(model, inputs)
    found: float = probe("checks.noise").sensitivity(FRAMEWORK, model, inputs, outputs)
    assert model.weights[0] is FIRST
    return found


def test_a_model_that_only_adds_hardly_moves(probe: Probe) -> None:
    assert 0 < measured(probe, Model(lambda sums: sums)) < 1e-6


def test_a_model_that_takes_a_small_difference_moves_more(probe: Probe) -> None:
    steep = Model(lambda sums: sums - np.float32(0.1999))
    flat = Model(lambda sums: sums + np.float32(0.1999))
    assert measured(probe, steep) > measured(probe, flat)


def test_outputs_that_jump_say_nothing_of_rounding(probe: Probe) -> None:
    exact = [np.asarray([[0.2, 0.6], [0.5, 0.4]], np.float32)]
    at = (exact[0] @ FIRST)[0, 0]
    assert measured(probe, Model(lambda sums: np.sign(sums - at))) == 0.0


def test_a_model_whose_weights_cannot_be_set_is_left_alone(probe: Probe) -> None:
    class Fixed(Model):
        def set_weights(self, weights: list[Array]) -> None:
            raise ValueError(f"a table of texts, not {weights}")

    assert measured(probe, Fixed(lambda sums: sums)) == 0.0


@pytest.mark.parametrize(
    "kept", [np.asarray([0.0, 3.0, -2.0]), np.asarray([1, 2]), np.asarray(["a"])]
)
def test_codes_zeros_and_texts_stay_what_they_are(probe: Probe, kept: Array) -> None:
    found = probe("checks.noise").nudged(kept, np.random.RandomState(0))
    assert np.array_equal(found, kept)


def test_every_other_number_moves_to_a_neighbour(probe: Probe) -> None:
    found = probe("checks.noise").nudged(FIRST, np.random.RandomState(0))
    assert found.dtype == FIRST.dtype
    assert np.array_equal(np.abs(found.view(np.int32) - FIRST.view(np.int32)), np.ones((2, 2)))
