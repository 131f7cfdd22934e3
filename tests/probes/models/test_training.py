"""The reference models of training state, saved and loaded again by real frameworks."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

from crossload.runner.models.listing import MODELS_FILE
from tests.probes.real_frameworks import Start, load, lost, save
from tests.probes.worker_driver import PROBES

Probe = Callable[[str], ModuleType]
LISTED = json.loads((PROBES / MODELS_FILE).read_text())["models"]
MODELS = [entry["name"] for entry in LISTED if entry["file"] == "training"]
OLDEST, KERAS2, KERAS3 = "tf2.3-h5py2-py3.8", "tf2.15-py3.11", "tf2.21-py3.13"
PLACES = [(OLDEST, "h5"), (KERAS2, "h5"), (KERAS2, "keras"), (KERAS3, "h5"), (KERAS3, "keras")]

# Checks that find a difference after a plain load; each was looked at, and is Keras' own doing.
LOST = {
    (OLDEST, "h5", "loss-objects"): ["compile"],  # names of metrics get their output's twice
    # The delta of the Huber loss is not written.
    (KERAS3, "h5", "loss-objects"): ["optimizer", "metrics", "step"],
    (KERAS3, "keras", "loss-objects"): ["metrics", "step"],
    (KERAS3, "h5", "lr-schedule"): ["optimizer", "step"],
}


def test_there_are_models_of_every_kind_of_training_state() -> None:
    assert len(MODELS) == 3


def test_an_object_and_its_file_form_have_the_same_name(probe: Probe) -> None:
    told = {"class_name": "AUC", "config": {"name": "area", "num_thresholds": 20}}
    nameless = {"class_name": "BinaryCrossentropy", "config": {}}
    model = SimpleNamespace(optimizer=object(), loss={"b": told, "a": nameless}, metrics_names=[])
    state = probe("checks.training").compile_state(model)
    assert state["loss"] == ["binary_crossentropy", "area"]


@pytest.mark.integration
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("environment", "file_format"), PLACES)
def test_training_state_comes_back_or_what_is_lost_is_known(
    start: Start, environment: str, file_format: str, model: str
) -> None:
    worker = start(environment)
    bundle = save(worker, model, file_format)
    found = [check for check, _ in lost(load(worker, model, file_format, "plain", bundle))]
    assert found == LOST.get((environment, file_format, model), [])


@pytest.mark.integration
@pytest.mark.parametrize("environment", [OLDEST, KERAS2, KERAS3])
def test_a_precision_is_the_layers_own_and_does_not_reach_the_next_job(
    start: Start, environment: str
) -> None:
    worker = start(environment)
    mixed = save(worker, "mixed-precision", "h5")
    assert lost(load(worker, "mixed-precision", "h5", "plain", mixed)) == []
    plain = save(worker, "twin-dense", "h5")
    assert lost(load(worker, "twin-dense", "h5", "plain", plain)) == []
