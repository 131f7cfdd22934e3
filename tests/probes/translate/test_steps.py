"""What makes training steps differ, and masks that only one side of Keras 3 hands on."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]
EMBEDDING: dict[str, Any] = {"class_name": "Embedding", "config": {"name": "e", "mask_zero": True}}
LSTM = {"class_name": "LSTM", "config": {"name": "r"}}


def timed(inner: dict[str, Any]) -> dict[str, Any]:
    return {"class_name": "TimeDistributed", "config": {"name": "t", "layer": inner}}


def notes(probe: Probe, items: list[Any], backend: str = "tensorflow", name: str = "Adam") -> Any:
    origin = probe("translate.optimizers").Origin(
        {"class_name": name, "config": {}}, from_keras3=False
    )
    framework = SimpleNamespace(is_keras3=True, backend=backend)
    return probe("translate.steps").notes(framework, {"config": {"layers": items}}, origin)


def test_gradients_of_an_embedding_are_squared_otherwise(probe: Probe) -> None:
    (text,) = notes(probe, [EMBEDDING])
    assert text.startswith("equal steps of Adam: Keras 3 on TensorFlow counts an index")
    assert notes(probe, [EMBEDDING], "jax") == []
    assert notes(probe, [EMBEDDING], name="SGD") == []
    assert notes(probe, [LSTM]) == []


def test_a_normalization_sees_one_step_at_a_time(probe: Probe) -> None:
    normalization = {"class_name": "BatchNormalization", "config": {}}
    inner = {"class_name": "Sequential", "config": {"layers": [normalization]}}
    assert len(notes(probe, [timed(normalization)])) == len(notes(probe, [timed(inner)])) == 1
    assert notes(probe, [normalization, timed(LSTM)]) == []


def test_a_mask_that_layers_use_stops_a_translation_to_keras_3(probe: Probe) -> None:
    check = probe("translate.timed").check
    with pytest.raises(probe("translate.plain").NotTranslated, match=r"Embedding within .* 't'"):
        check({"config": {"layers": [timed(EMBEDDING), timed(LSTM)]}})
    check({"config": {"layers": [timed(EMBEDDING), {"class_name": "Flatten", "config": {}}]}})
    check({"config": {"layers": [EMBEDDING, timed(LSTM)]}})


def test_a_mask_that_keras_3_does_not_hand_on_is_not_made(probe: Probe) -> None:
    without = probe("translate.timed").without_mask
    found = without(timed(EMBEDDING)["config"])
    assert found["layer"]["config"] == {"name": "e", "mask_zero": False}
    assert EMBEDDING["config"]["mask_zero"] is True
    assert without(timed(LSTM)["config"]) == timed(LSTM)["config"]
