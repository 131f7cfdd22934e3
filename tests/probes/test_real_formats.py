"""Every format in real frameworks: what its own saver finds again, and who else can read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.probes.real_frameworks import Start, load, lost, save

pytestmark = pytest.mark.integration
GRAPH = "tf1.15-py3.7"
OLD = "tf2.10-py3.10"
LAST2 = "tf2.15-py3.11"
BOTH = "tf2.18-both-py3.12"
NEW = "tf2.21-py3.13"
KERAS2_ONLY = ("h5+save-format", "weights-tf")
OWN = [
    *((saver, one) for saver in (GRAPH, OLD, LAST2) for one in KERAS2_ONLY),
    *((saver, "h5+no-optimizer") for saver in (GRAPH, OLD, LAST2, NEW)),
    *((saver, "json+weights") for saver in (GRAPH, OLD, LAST2, NEW)),
    *((saver, "export") for saver in (LAST2, NEW)),
    (OLD, "savedmodel+no-optimizer"),
]


@pytest.mark.parametrize("model", ["dense", "functional-io"])
@pytest.mark.parametrize(("environment", "file_format"), OWN)
def test_a_saver_finds_everything_again(
    start: Start, environment: str, file_format: str, model: str
) -> None:
    worker = start(environment)
    bundle = save(worker, model, file_format)
    assert lost(load(worker, model, file_format, "plain", bundle)) == []


@pytest.mark.parametrize(
    ("environment", "file_format", "error"),
    [
        (OLD, "savedmodel+save-format", "crossload.NotWritten"),
        (NEW, "savedmodel+save-format", "crossload.NotWritten"),
        (OLD, "export", "crossload.NotWritten"),
        (NEW, "h5+save-format", "ValueError"),
        (NEW, "weights-tf", "TypeError"),
    ],
)
def test_what_a_framework_does_not_write_is_unsaved(
    start: Start, environment: str, file_format: str, error: str
) -> None:
    answer = start(environment).save("unsaved", "dense", file_format)
    assert answer["status"] == "refused"
    assert answer["error"]["type"] == error


@pytest.mark.parametrize("model", ["dense", "functional-io", "lstm", "custom-layer"])
@pytest.mark.parametrize(
    ("saver", "loader"), [(GRAPH, NEW), (OLD, NEW), (OLD, GRAPH), (LAST2, NEW)]
)
def test_weights_of_a_checkpoint_reach_every_keras(
    start: Start, saver: str, loader: str, model: str
) -> None:
    bundle = save(start(saver), model, "weights-tf")
    answer = load(start(loader), model, "weights-tf", "rebuild+weights", bundle)
    assert lost(answer) == []
    assert answer["concessions"] == ["weights-by-name"]


def test_json_takes_custom_objects(start: Start) -> None:
    worker = start(NEW)
    bundle = save(worker, "custom-layer", "json+weights")
    assert load(worker, "custom-layer", "json+weights", "plain", bundle)["status"] == "refused"
    assert lost(load(worker, "custom-layer", "json+weights", "custom-objects", bundle)) == []


def test_json_runs_code_only_where_that_is_asked_for(start: Start) -> None:
    worker = start(NEW)
    bundle = save(worker, "lambda", "json+weights")
    assert lost(load(worker, "lambda", "json+weights", "unsafe", bundle)) == []
    # The switch is turned back: it must not outlive the attempt.
    assert load(worker, "lambda", "json+weights", "plain", bundle)["status"] == "refused"


@pytest.mark.parametrize("file_format", ["h5", "keras", "json+weights"])
def test_tf_keras_alongside_keras_3_reads_what_keras_2_saved(
    start: Start, file_format: str
) -> None:
    bundle = save(start(LAST2), "lstm", file_format)
    assert load(start(BOTH), "lstm", file_format, "plain", bundle)["status"] == "refused"
    answer = load(start(BOTH), "lstm", file_format, "legacy", bundle)
    assert lost(answer) == []
    assert answer["concessions"] == []
    # What tf-keras left behind does not change the Keras of the process.
    own = save(start(BOTH), "dense", "keras")
    assert lost(load(start(BOTH), "dense", "keras", "plain", own)) == []


def test_an_export_is_called_by_its_endpoint_and_by_its_signature(start: Start) -> None:
    bundle = save(start(LAST2), "functional-io", "export")
    for strategy in ("plain", "serving"):
        assert lost(load(start(NEW), "functional-io", "export", strategy, bundle)) == []


@pytest.mark.parametrize("environment", [GRAPH, OLD, NEW])
def test_the_layer_where_a_difference_begins_is_found(
    start: Start, environment: str, probe: Callable[[str], ModuleType]
) -> None:
    worker = start(environment)
    bundle = save(worker, "lstm", "h5")
    change_expectation(probe("checks.expectations"), bundle)
    answer = load(worker, "lstm", "h5", "no-compile", bundle)
    checks = {check["check"]: check for check in answer["checks"]}
    assert checks["outputs"]["difference"] > 0.01
    assert checks["layers"]["detail"].startswith("begins at layer 'second' (GRU), 2 of 3: ")


def change_expectation(expectation: ModuleType, bundle: Path) -> None:
    """Let the saver have seen other outputs, from its second layer on."""
    found = expectation.read(str(bundle))
    assert [name for _, name in found["layer_names"]] == ["first", "second", "head"]
    found["layers"] = [found["layers"][0], *(array + 1 for array in found["layers"][1:])]
    found["outputs"] = [array + 1 for array in found["outputs"]]
    expectation.write(str(bundle), found)
