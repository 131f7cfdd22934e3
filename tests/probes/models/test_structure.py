"""The reference models of a special structure, saved and loaded again by real frameworks."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

from crossload.runner.models.listing import MODELS_FILE
from tests.probes.real_frameworks import Start, load, lost, save
from tests.probes.worker_driver import PROBES

Probe = Callable[[str], ModuleType]
LISTED = json.loads((PROBES / MODELS_FILE).read_text())["models"]
MODELS = [entry["name"] for entry in LISTED if entry["file"] == "structure"]
OLDEST, KERAS2, KERAS3 = "tf2.3-h5py2-py3.8", "tf2.15-py3.11", "tf2.21-py3.13"
KERAS3_EARLY = "tf2.18-py3.12"
PLACES = [(OLDEST, "h5"), (KERAS2, "h5"), (KERAS2, "keras"), (KERAS3, "h5"), (KERAS3, "keras")]

# How it has to be loaded where a plain load is refused; None where nothing helps.
NOT_PLAIN = {
    (KERAS2, "keras", "lambda-arguments"): "unsafe",  # byte code, in a format that refuses it
    (KERAS3, "h5", "lambda-arguments"): "custom-objects",  # the name of a function
    (KERAS3, "keras", "lambda-arguments"): "custom-objects",
    (KERAS3, "h5", "operators"): None,  # it writes its operations as layers that it has not got
}
OPTIMIZER = ["optimizer", "step"]
LOST = {
    # It takes the restored metric "accuracy" for one of equal values, whatever the loss.
    (OLDEST, "h5", "mobilenet-block"): ["metrics"],
    (KERAS2, "keras", "mobilenet-block"): OPTIMIZER,  # a legacy optimizer's state is not written
    (KERAS3, "h5", "mobilenet-block"): OPTIMIZER,
    (KERAS3, "h5", "large"): OPTIMIZER,
}


def test_there_are_models_of_every_structure() -> None:
    assert len(MODELS) == 8


def test_outputs_within_each_other_are_compared_as_one_list(probe: Probe) -> None:
    flatten = probe("frameworks").flatten
    assert flatten([["a", ["b"]], {"z": "d", "y": ("c",)}]) == ["a", "b", "c", "d"]
    assert flatten("a") == ["a"]


def test_a_subclass_of_model_has_no_names_of_inputs(probe: Probe) -> None:
    model = SimpleNamespace(output_names=None)
    assert probe("checks.structure").end_names(model) == {"inputs": [], "outputs": []}


def test_long_names_exceed_what_one_attribute_holds(probe: Probe) -> None:
    module = probe("models.structure")
    assert module.LONG_NAMES * module.NAME_LENGTH > 64 * 1024


@pytest.mark.integration
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("environment", "file_format"), PLACES)
def test_a_structure_comes_back_as_it_was(
    start: Start, environment: str, file_format: str, model: str
) -> None:
    worker, cell = start(environment), (environment, file_format, model)
    bundle = save(worker, model, file_format)
    strategy = NOT_PLAIN.get(cell, "plain")
    if cell in NOT_PLAIN:
        assert load(worker, model, file_format, "plain", bundle)["status"] == "refused"
    if strategy is None:
        return
    found = [check for check, _ in lost(load(worker, model, file_format, strategy, bundle))]
    assert found == LOST.get(cell, [])


@pytest.mark.integration
def test_early_keras_3_never_returns_from_a_nested_model_of_keras_2(start: Start) -> None:
    bundle = save(start(KERAS2), "nested", "h5")
    answer = start(KERAS3_EARLY).load("nested-hang", "nested", "h5", "plain", bundle, cpu_seconds=5)
    assert (answer["kind"], answer["code"]) == ("died", 128 + signal.SIGXCPU)
    assert load(start(KERAS3), "nested", "h5", "plain", bundle)["status"] == "refused"


@pytest.mark.integration
def test_early_keras_3_joins_along_another_axis_and_says_nothing(start: Start) -> None:
    bundle = save(start(KERAS2), "merges", "h5")
    answer = load(start(KERAS3_EARLY), "merges", "h5", "plain", bundle)
    assert "outputs" in [check for check, _ in lost(answer)]
