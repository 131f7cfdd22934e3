"""The probes against real frameworks: what a saver finds again in its own files, and who refuses.

The environments are rows of the shipped matrix, built in the home of the integration tests.
"""

from __future__ import annotations

import pytest

from tests.probes.real_frameworks import KERAS2, KERAS3, Start, load, lost, save

pytestmark = pytest.mark.integration
COMPILED = ("dense", "functional-io", "conv-bn", "lstm")
# TF 2.3 takes the restored metric "accuracy" for one of equal values, whatever the loss.
LOST = {("tf2.3-h5py2-py3.8", "conv-bn"): ["metrics"]}


@pytest.mark.parametrize("model", COMPILED)
@pytest.mark.parametrize("environment", KERAS2)
def test_keras_2_finds_everything_again_in_its_own_hdf5(
    start: Start, environment: str, model: str
) -> None:
    worker = start(environment)
    found = [
        check for check, _ in lost(load(worker, model, "h5", "plain", save(worker, model, "h5")))
    ]
    assert found == LOST.get((environment, model), [])


@pytest.mark.parametrize("model", COMPILED)
@pytest.mark.parametrize("environment", KERAS3)
def test_keras_3_finds_everything_again_in_its_own_zip(
    start: Start, environment: str, model: str
) -> None:
    worker = start(environment)
    assert lost(load(worker, model, "keras", "plain", save(worker, model, "keras"))) == []


@pytest.mark.parametrize("environment", KERAS2 + KERAS3)
def test_a_saver_has_slots_to_lose(start: Start, environment: str) -> None:
    worker = start(environment)
    expected = (save(worker, "dense", "h5") / "expected.json").read_text()
    assert '"slots": 8' in expected
    assert '"iterations": 2' in expected


@pytest.mark.parametrize("environment", KERAS2 + KERAS3)
def test_a_custom_class_is_unknown_until_it_is_passed(start: Start, environment: str) -> None:
    worker = start(environment)
    bundle = save(worker, "custom-layer", "h5")
    assert load(worker, "custom-layer", "h5", "plain", bundle)["status"] == "refused"
    assert lost(load(worker, "custom-layer", "h5", "custom-objects", bundle)) == []


@pytest.mark.parametrize("model", ["twin-dense", "custom-layer", "lstm"])
@pytest.mark.parametrize("strategy", ["plain", "rebuild+weights"])
@pytest.mark.parametrize("environment", KERAS2 + KERAS3)
def test_weights_are_found_by_the_framework_and_by_hand(
    start: Start, environment: str, strategy: str, model: str
) -> None:
    worker = start(environment)
    bundle = save(worker, model, "weights-h5")
    assert lost(load(worker, model, "weights-h5", strategy, bundle)) == []


@pytest.mark.parametrize("model", ["dense", "functional-io"])
@pytest.mark.parametrize("saver", KERAS2)
def test_keras_3_refuses_a_saved_model_and_tensorflow_serves_it(
    start: Start, saver: str, model: str
) -> None:
    bundle = save(start(saver), model, "savedmodel")
    loader = start("tf2.21-py3.13")
    plain = load(loader, model, "savedmodel", "plain", bundle)
    assert plain["status"] == "refused"
    served = load(loader, model, "savedmodel", "serving", bundle)
    assert lost(served) == []
    # Slots of the optimizers before Keras 2.11 cannot be revived without that Keras.
    assert served["concessions"] == ([] if saver.startswith("tf2.15") else ["graph-session"])
    assert lost(load(loader, model, "savedmodel", "rebuild+weights", bundle)) == []


def test_the_cells_of_recurrent_layers_are_found_in_a_checkpoint(start: Start) -> None:
    bundle = save(start("tf2.15-py3.11"), "lstm", "savedmodel")
    answer = load(start("tf2.21-py3.13"), "lstm", "savedmodel", "rebuild+weights", bundle)
    assert lost(answer) == []


@pytest.mark.parametrize("environment", KERAS3)
def test_keras_3_writes_no_saved_model(start: Start, environment: str) -> None:
    assert start(environment).save("no", "dense", "savedmodel")["status"] == "refused"


@pytest.mark.parametrize("environment", KERAS3)
def test_the_string_mse_in_hdf5_is_too_much_for_keras_3(start: Start, environment: str) -> None:
    worker = start(environment)
    bundle = save(worker, "dense", "h5")
    assert load(worker, "dense", "h5", "plain", bundle)["status"] == "refused"
    found = [check for check, _ in lost(load(worker, "dense", "h5", "no-compile", bundle))]
    assert found == ["compile", "optimizer", "metrics", "step"]


def test_keras_3_loses_the_optimizer_in_hdf5_and_the_checks_say_so(start: Start) -> None:
    worker = start("tf2.21-py3.13")
    answer = load(worker, "lstm", "h5", "plain", save(worker, "lstm", "h5"))
    assert [check for check, _ in lost(answer)] == ["optimizer", "step"]


def test_code_is_refused_until_it_is_allowed(start: Start) -> None:
    worker = start("tf2.21-py3.13")
    bundle = save(worker, "lambda", "keras")
    assert load(worker, "lambda", "keras", "plain", bundle)["status"] == "refused"
    assert lost(load(worker, "lambda", "keras", "unsafe", bundle)) == []


def test_weights_that_an_old_reader_misses_are_read_by_shape(start: Start) -> None:
    bundle = save(start("tf2.21-py3.13"), "dense", "keras")
    answer = load(start("tf2.10-py3.10"), "dense", "keras", "rebuild+weights", bundle)
    assert lost(answer) == []
    assert answer["concessions"] == ["weights-by-name"]
