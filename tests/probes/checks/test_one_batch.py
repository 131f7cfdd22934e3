"""A call for one batch stands for `predict()` or `evaluate()` only where Keras defines both."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

INPUTS = [np.ones((4, 2))]
TARGETS = [np.ones(4)]


def predicting(name: str) -> Callable[..., Any]:
    """A method that is fed, notes its name and answers the model's number."""

    def call(model: Any, *_: Any) -> Any:
        model.calls.append(name)
        return [np.array([model.answer])]

    return call


def evaluating(name: str) -> Callable[..., Any]:
    def call(model: Any, *_: Any, return_dict: bool = False, **__: Any) -> Any:
        assert return_dict
        model.calls.append(name)
        return {"loss": model.answer}

    return call


class KerasModel:
    """What a model has from Keras."""

    run_eagerly = True
    predict = predicting("predict")
    predict_on_batch = predicting("predict_on_batch")
    evaluate = evaluating("evaluate")
    test_on_batch = evaluating("test_on_batch")

    def __init__(self, answer: Any = 1.0) -> None:
        self.calls: list[str] = []
        self.answer = answer

    def reset_metrics(self) -> None:
        self.calls.append("reset_metrics")


class OldModel(KerasModel):
    """Keras before `return_dict`."""

    def test_on_batch(self, *_: Any) -> Any:
        raise AssertionError


KerasModel.__module__ = OldModel.__module__ = "keras.src.models"


class OwnMethods(KerasModel):
    predict = predicting("own predict")
    test_on_batch = evaluating("own step")


FRAMEWORK: Any = SimpleNamespace(
    eager=True,
    is_keras3=True,
    tensorflow=None,
    keras=SimpleNamespace(models=SimpleNamespace(Model=KerasModel)),
    run_eagerly=lambda _: None,
    array=np.asarray,
    as_given=lambda array: array,
    values=lambda _: [],
)


@pytest.fixture
def one_batch(probe: Callable[[str], ModuleType]) -> ModuleType:
    return probe("checks.one_batch")


def test_it_stands_for_the_methods_of_keras(one_batch: ModuleType) -> None:
    model = KerasModel()
    assert one_batch.predictions(FRAMEWORK, model, {}, INPUTS)[0].tolist() == [1]
    assert one_batch.metrics(FRAMEWORK, model, {}, INPUTS, TARGETS) == {"loss": 1.0}
    assert model.calls == ["predict_on_batch", "reset_metrics", "test_on_batch", "reset_metrics"]


def test_a_class_with_its_own_method_is_measured_by_that(one_batch: ModuleType) -> None:
    model = OwnMethods()
    assert one_batch.predictions(FRAMEWORK, model, {}, INPUTS) is None
    assert one_batch.metrics(FRAMEWORK, model, {}, INPUTS, TARGETS) is None
    assert model.calls == []


def test_so_is_an_object_with_its_own_method(one_batch: ModuleType) -> None:
    model: Any = KerasModel()
    model.predict = lambda _: None
    assert one_batch.predictions(FRAMEWORK, model, {}, INPUTS) is None


def test_more_than_a_batch_is_left_to_the_method(one_batch: ModuleType) -> None:
    assert one_batch.predictions(FRAMEWORK, KerasModel(), {}, [np.ones((33, 2))]) is None


def test_a_traced_model_is_left_to_the_method(one_batch: ModuleType) -> None:
    model = KerasModel()
    model.run_eagerly = False
    assert one_batch.predictions(FRAMEWORK, model, {}, INPUTS) is None


def test_versions_that_name_no_metrics_are_left_to_the_method(one_batch: ModuleType) -> None:
    assert one_batch.metrics(FRAMEWORK, OldModel(), {}, INPUTS, TARGETS) is None


def test_an_error_is_left_to_the_method(one_batch: ModuleType) -> None:
    assert one_batch.metrics(FRAMEWORK, KerasModel("no number"), {}, INPUTS, TARGETS) is None


def outputs(comparing: ModuleType, model: Any, **job: Any) -> Any:
    """The difference of a model whose saver's outputs and predictions were 1."""
    framework = SimpleNamespace(
        **vars(FRAMEWORK), call_predict=lambda model, inputs: model.predict(inputs)
    )
    job["tolerances"] = {"relative": 1e-5, "noise_factor": 4.0}
    one = [np.array([1.0])]
    expected = {"inputs": INPUTS, "outputs": one, "predicted": [], "predicts": True, "noise": 0.0}
    return comparing.check_outputs(framework, model, job, expected, one)["difference"]


def test_what_it_confirms_needs_no_other_call(probe: Callable[[str], ModuleType]) -> None:
    model = KerasModel()
    assert outputs(probe("checks.comparing"), model) == 0
    assert model.calls == ["predict_on_batch"]


def test_what_it_does_not_confirm_is_measured(probe: Callable[[str], ModuleType]) -> None:
    model = KerasModel(2.0)
    assert outputs(probe("checks.comparing"), model) == 1
    assert model.calls == ["predict_on_batch", "predict"]


def test_a_users_own_model_is_measured_by_the_method(probe: Callable[[str], ModuleType]) -> None:
    model = KerasModel()
    assert outputs(probe("checks.comparing"), model, subject="/x") == 0
    assert model.calls == ["predict"]


@pytest.mark.parametrize("answer", [1.0, 2.0])
def test_metrics_are_evaluated_where_they_are_not_confirmed(
    probe: Callable[[str], ModuleType], answer: float
) -> None:
    model: Any = KerasModel(answer)
    model.optimizer = "adam"
    framework = SimpleNamespace(
        **vars(FRAMEWORK), evaluate=lambda model, x, y: model.evaluate(x, y, return_dict=True)
    )
    expected = {"inputs": INPUTS, "evaluated": TARGETS, "metrics": {"loss": 1.0}}
    job = {"tolerances": {"relative": 1e-5}}
    found = probe("checks.trained").check_metrics(framework, model, job, expected)
    assert found["difference"] == answer - 1
    assert ("evaluate" in model.calls) == (answer != 1)
