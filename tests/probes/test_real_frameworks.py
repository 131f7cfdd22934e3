"""The probes against real frameworks: what a saver finds again in its own files, and who refuses.

The environments are rows of the shipped matrix, built in the home of the integration tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.commands.plan import PlanDocument, PlannedEnvironment
from tests.integration.conftest import HOME, crossload
from tests.probes.worker_driver import PROBES, WorkerDriver

pytestmark = pytest.mark.integration
ROOT = PROBES.parent
KERAS2 = ("tf2.3-h5py2-py3.8", "tf2.6-py3.9", "tf2.10-py3.10", "tf2.15-py3.11")
KERAS3 = ("tf2.18-py3.12", "tf2.21-py3.13")
COMPILED = ("dense", "functional-io", "conv-bn", "lstm")
TOLERANCE = 1e-6
Start = Callable[[str], WorkerDriver]


@pytest.fixture(scope="module")
def built() -> dict[str, PlannedEnvironment]:
    """The environments of these tests by id, built where that is possible."""
    names = [one.rpartition("-py")[0] for one in (*KERAS2, *KERAS3)]
    crossload(ROOT, "envs", "build", *names)
    plan = crossload(ROOT, "plan", "--profile", "full", "--json").stdout
    return {one.id: one for one in PlanDocument.model_validate_json(plan).environments}


@pytest.fixture(scope="module")
def start(
    built: dict[str, PlannedEnvironment], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Start]:
    """A running worker of an environment; one for each, shared by the tests of this file."""
    running: dict[str, WorkerDriver] = {}

    def get(environment: str) -> WorkerDriver:
        python = HOME / "envs" / environment / "bin" / "python"
        if environment not in built or built[environment].state != "built":
            pytest.skip(f"{environment!r} cannot be built here: `crossload doctor` says why")
        if environment not in running:
            scratch = tmp_path_factory.mktemp("scratch")
            legacy = {"TF_USE_LEGACY_KERAS": "1"} if "tfkeras" in environment else {}
            running[environment] = WorkerDriver(python, scratch, **legacy)
        return running[environment]

    yield get
    for worker in running.values():
        worker.close()


def save(worker: WorkerDriver, model: str, file_format: str) -> Path:
    name = f"{model}-{file_format}"
    answer = worker.save(name, model, file_format)
    assert answer["status"] == "done", answer["error"]
    assert answer["noise"] < TOLERANCE
    return worker.scratch / name / "bundle"


def load(
    worker: WorkerDriver, model: str, file_format: str, strategy: str, artifact: Path
) -> dict[str, Any]:
    return worker.load(f"{model}-{file_format}-load", model, file_format, strategy, artifact)


def lost(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Checks that found a difference, each with what it said."""
    assert answer["status"] == "done", answer["error"]
    return [
        (check["check"], check["detail"])
        for check in answer["checks"]
        if check["status"] in ("disagrees", "error")
        or (check["status"] == "measured" and check["difference"] > TOLERANCE)
    ]


@pytest.mark.parametrize("model", COMPILED)
@pytest.mark.parametrize("environment", KERAS2)
def test_keras_2_finds_everything_again_in_its_own_hdf5(
    start: Start, environment: str, model: str
) -> None:
    worker = start(environment)
    assert lost(load(worker, model, "h5", "plain", save(worker, model, "h5"))) == []


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
    assert lost(load(worker, "dense", "h5", "no-compile", bundle)) == []


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
    assert answer["concessions"] == ["weights-by-shape"]
