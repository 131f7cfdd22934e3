"""The reference models with code of the user's own, saved and loaded again by real frameworks."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from crossload.runner.models.listing import MODELS_FILE
from tests.probes.real_frameworks import Start, load, lost, save
from tests.probes.worker_driver import PROBES

Probe = Callable[[str], ModuleType]
LISTED = json.loads((PROBES / MODELS_FILE).read_text())["models"]
MODELS = [entry["name"] for entry in LISTED if entry["file"].startswith("custom")]
OLDEST, KERAS2, KERAS3 = "tf2.3-h5py2-py3.8", "tf2.15-py3.11", "tf2.21-py3.13"
PLACES = [(OLDEST, "h5"), (KERAS2, "h5"), (KERAS2, "keras"), (KERAS3, "h5"), (KERAS3, "keras")]

# What a framework refuses, by environment and format; each was looked at, and is its own doing.
UNSAVED = {
    (OLDEST, "h5"): {"custom-no-config", "subclassed"},
    (KERAS2, "h5"): {"subclassed"},
}
REFUSED = {
    (KERAS2, "h5"): {"custom-activation"},  # it looks for a function called "function"
    (KERAS3, "h5"): {"subclassed"},  # it reads weights before the model has any
}


def test_there_are_models_with_every_kind_of_custom_code() -> None:
    assert len(MODELS) == 6


@pytest.mark.parametrize("model", MODELS)
def test_the_code_is_new_each_time_and_of_no_module(probe: Probe, model: str) -> None:
    objects = probe("models.registry").find(model).custom_objects
    keras = fake_keras()
    first, second = objects(keras), objects(keras)
    assert sorted(first) == sorted(second)
    for name, thing in first.items():
        assert thing is not second[name]
        assert thing.__module__ == probe("models.foreign").MODULE


def fake_keras() -> Any:
    """The classes that the custom code derives from."""
    names = {"layers": "Layer", "models": "Model", "optimizers": "Adam"}
    parts = {part: SimpleNamespace(**{name: type(name, (), {})}) for part, name in names.items()}
    metrics = SimpleNamespace(Metric=type("Metric", (), {}), Mean=type("Mean", (), {}))
    return SimpleNamespace(metrics=metrics, **parts)


@pytest.mark.integration
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("environment", "file_format"), PLACES)
def test_it_comes_back_with_the_code_and_not_without(
    start: Start, environment: str, file_format: str, model: str
) -> None:
    worker, place = start(environment), (environment, file_format)
    if model in UNSAVED.get(place, ()):
        assert worker.save("no", model, file_format)["status"] == "refused"
        return
    bundle = save(worker, model, file_format)
    assert load(worker, model, file_format, "plain", bundle)["status"] == "refused"
    answer = load(worker, model, file_format, "custom-objects", bundle)
    if model in REFUSED.get(place, ()):
        assert answer["status"] == "refused"
        return
    found = [check for check, _ in lost(answer)]
    # Keras 3 never restores an optimizer from HDF5; see test_real_frameworks.
    assert found == [] or (place == (KERAS3, "h5") and found == ["optimizer", "step"])


@pytest.mark.integration
@pytest.mark.parametrize("environment", [OLDEST, KERAS2])
def test_a_saved_model_does_without_some_of_the_code(start: Start, environment: str) -> None:
    worker = start(environment)
    for model in ("custom-no-config", "custom-activation", "subclassed"):
        bundle = save(worker, model, "savedmodel")
        assert lost(load(worker, model, "savedmodel", "plain", bundle)) == []


@pytest.mark.integration
@pytest.mark.parametrize("environment", [OLDEST, KERAS2, KERAS3])
def test_what_is_registered_to_rebuild_a_model_is_not_there_for_the_next_job(
    start: Start, environment: str
) -> None:
    worker = start(environment)
    weights, whole = (save(worker, "custom-registered", kind) for kind in ("weights-h5", "h5"))
    answer = load(worker, "custom-registered", "weights-h5", "plain", weights)
    assert lost(answer) == []
    assert load(worker, "custom-registered", "h5", "plain", whole)["status"] == "refused"
