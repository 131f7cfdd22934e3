"""The reference models of layers, built, saved and loaded again by real frameworks."""

from __future__ import annotations

import json

import pytest

from crossload.runner.models.listing import MODELS_FILE
from tests.probes.real_frameworks import Start, load, lost, save
from tests.probes.worker_driver import PROBES

pytestmark = pytest.mark.integration
FILES = ("recurrent", "convolution", "layers", "preprocessing")
LISTED = json.loads((PROBES / MODELS_FILE).read_text())["models"]
MODELS = [entry["name"] for entry in LISTED if entry["file"] in FILES]
CUSTOM = {entry["name"] for entry in LISTED if entry["custom"]}
KERAS2, KERAS3 = "tf2.15-py3.11", "tf2.21-py3.13"
OLDEST = "tf2.3-h5py2-py3.8"
TABLES = {"string-lookup", "text-vectorization"}  # HDF5 has no place for their vocabularies

# What a framework refuses, by environment and format; each was looked at, and is its own doing.
UNSAVED = {
    # The vocabulary of an integer lookup is a table too, where it is not yet part of the config.
    (OLDEST, "h5"): {"multi-head-attention", "normalisations", "integer-lookup", *TABLES},
    (KERAS2, "h5"): TABLES,
    (KERAS3, "h5"): {"locally-connected"},
    (KERAS3, "keras"): {"locally-connected"},
}
REFUSED = {
    (KERAS3, "h5"): {
        "attention",  # the text "dot" becomes a function
        "embedding-masking",  # masks are operations that the reader does not know
        "normalisations",  # of two axes it takes the first
        *TABLES,
    },
}


def test_there_are_models_of_every_kind() -> None:
    assert len(MODELS) == 16


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("environment", "file_format"),
    [(OLDEST, "h5"), (KERAS2, "h5"), (KERAS2, "keras"), (KERAS3, "h5"), (KERAS3, "keras")],
)
def test_a_model_comes_back_as_it_was(
    start: Start, environment: str, file_format: str, model: str
) -> None:
    worker, place = start(environment), (environment, file_format)
    if model in UNSAVED.get(place, ()):
        assert worker.save("no", model, file_format)["status"] == "refused"
        return
    strategy = "custom-objects" if model in CUSTOM else "plain"
    answer = load(worker, model, file_format, strategy, save(worker, model, file_format))
    if model in REFUSED.get(place, ()):
        assert answer["status"] == "refused"
        return
    found = [check for check, _ in lost(answer)]
    # Keras 3 never restores an optimizer from HDF5; see test_real_frameworks.
    assert found == [] or (place == (KERAS3, "h5") and found == ["optimizer", "step"])


@pytest.mark.parametrize("environment", [KERAS2, KERAS3])
def test_a_normalization_is_rebuilt_with_numbers_it_was_not_adapted_to(
    start: Start, environment: str
) -> None:
    worker = start(environment)
    bundle = save(worker, "normalization-adapted", "weights-h5")
    for strategy in ("plain", "rebuild+weights"):
        assert lost(load(worker, "normalization-adapted", "weights-h5", strategy, bundle)) == []


def test_a_hard_sigmoid_of_keras_2_is_another_one_in_keras_3(start: Start) -> None:
    bundle = save(start(KERAS2), "gru-reset-before", "weights-h5")
    answer = load(start(KERAS3), "gru-reset-before", "weights-h5", "plain", bundle)
    assert [check for check, _ in lost(answer) if check in ("weights", "outputs")] == ["outputs"]
