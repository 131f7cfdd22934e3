"""What `predict()` and `evaluate()` give is recorded in the saver and compared in the loader."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def usage(probe: Callable[[str], ModuleType]) -> ModuleType:
    return probe("checks.usage")


@pytest.fixture
def comparing(probe: Callable[[str], ModuleType]) -> ModuleType:
    return probe("checks.comparing")


def framework(predicted: float) -> Any:
    return SimpleNamespace(eager=True, call_predict=lambda *_: [np.array([predicted])])


JOB = {"tolerances": {"relative": 1e-5, "noise_factor": 4.0}}


def outputs(comparing: ModuleType, called: float, predicted: float, saved: float) -> Any:
    """The check where the saver's `predict()` gave `saved`, and a direct call 1."""
    expected = {
        "inputs": [],
        "outputs": [np.array([1.0])],
        "predicted": [] if saved == 1 else [np.array([saved])],
        "predicts": True,
        "noise": 0.0,
    }
    found = [np.array([called])]
    return comparing.check_outputs(framework(predicted), object(), JOB, expected, found)


def test_a_lost_predict_step_is_another_output(comparing: ModuleType) -> None:
    found = outputs(comparing, called=1, predicted=1, saved=10)
    assert found["difference"] == 0.9
    assert found["detail"] == "predict() gives different outputs, calling the model the same"


def test_a_kept_predict_step_agrees(comparing: ModuleType) -> None:
    assert outputs(comparing, called=1, predicted=10, saved=10)["difference"] == 0


def test_a_call_that_alone_differs_is_named(comparing: ModuleType) -> None:
    found = outputs(comparing, called=2, predicted=1, saved=1)
    assert found["difference"] == 1
    assert found["detail"] == "calling the model gives different outputs, predict() the same"


def test_where_both_differ_nothing_is_said_of_either(comparing: ModuleType) -> None:
    found = outputs(comparing, called=2, predicted=2, saved=1)
    assert (found["difference"], found["detail"]) == (1, "")


@pytest.mark.parametrize(
    ("kind", "called", "saved", "difference"),
    [
        pytest.param("savedmodel", 1, 1, 0.0, id="no predict() of its own"),
        pytest.param("savedmodel", 1, 10, 0.9, id="its predict() gives something else"),
        pytest.param("savedmodel", 2, 10, 1.0, id="not even what calling the model gives"),
        pytest.param("export", 1, 10, 0.0, id="an export holds the call alone"),
    ],
)
def test_a_signature_is_no_predict(
    comparing: ModuleType, kind: str, called: float, saved: float, difference: float
) -> None:
    expected = {
        "outputs": [np.array([1.0])],
        "predicted": [] if saved == 1 else [np.array([saved])],
        "noise": 0.0,
    }
    job = {**JOB, "kind": kind}
    found = comparing.check_outputs(None, None, job, expected, [np.array([called])])
    assert found["difference"] == difference
    assert ("the signature gives" in found["detail"]) == (difference == 0.9)


def test_predictions_are_kept_only_where_they_are_not_the_outputs(usage: ModuleType) -> None:
    expectation: dict[str, Any] = {"inputs": [], "outputs": [np.array([1.0])]}
    usage.record_predict(framework(1.0), None, expectation)
    assert (expectation["predicts"], expectation["predicted"]) == (True, [])
    usage.record_predict(framework(10.0), None, expectation)
    assert expectation["predicted"][0].tolist() == [10.0]


def test_a_changed_accuracy_is_named(usage: ModuleType) -> None:
    difference, said = usage.lost_or_other(
        {"loss": 1.0, "acc": 0.0}, {"loss": 1.0, "accuracy": 0.5}
    )
    assert (difference, said) == (1.0, "accuracy was 0.5, is 0")


def test_metrics_with_other_names_are_paired_in_order(usage: ModuleType) -> None:
    found = {"loss": 1.0, "output_1_loss": 3.0, "compile_metrics": 0.5}
    assert usage.lost_or_other(found, {"loss": 1.0, "mine": 0.5}) == (0.0, "")


def test_a_metric_that_is_gone_is_named(usage: ModuleType) -> None:
    assert usage.lost_or_other({"loss": 1.0}, {"loss": 1.0, "accuracy": 0.5}) == (
        float("inf"),
        "accuracy is gone",
    )


@pytest.mark.parametrize(
    ("kind", "outputs", "wanted"),
    [
        ("classes", [[0.1, 0.9], [0.1, 0.9]], [[1], [0]]),
        ("one-hot", [[0.1, 0.9], [0.1, 0.9]], [[0, 1], [1, 0]]),
        ("one-hot", [[0.9], [0.9]], [[1], [0]]),
        ("zeros", [[0.9], [0.9]], [[0], [0]]),
    ],
)
def test_every_second_sample_meets_its_target(
    probe: Callable[[str], ModuleType], kind: str, outputs: Any, wanted: Any
) -> None:
    (found,) = probe("subjects.training_data").half_right(kind, [np.array(outputs)])
    assert found.tolist() == wanted
