"""Which names of a file are its own: what no version in the atlas has."""

from __future__ import annotations

from typing import Any

import pytest

from crossload.runner.inspection import configuration
from crossload.runner.inspection.customs import customs
from crossload.runner.inspection.model import Role
from tests.inspection.making import NEW_DENSE, Config, dense, new_sequential, sequential


def names(model: Config) -> list[tuple[Role, str, int]]:
    found = customs(configuration.model_objects(model))
    return [(one.role, one.name, one.count) for one in found]


def named(class_name: str, **more: object) -> Config:
    return {**dense(), "class_name": class_name, **more}


def test_layers_of_every_era_are_known() -> None:
    classes = ("Dense", "Convolution2D", "MaxoutDense", "ThresholdedReLU", "TFOpLambda", "Lambda")
    assert names(sequential(*(named(one) for one in classes))) == []


def test_custom_layers_are_counted() -> None:
    model = sequential(named("Mine"), dense(), named("Mine"), named("my_package>Other"))
    assert names(model) == [(Role.LAYER, "Mine", 2), (Role.LAYER, "my_package>Other", 1)]


def test_a_subclassed_model_is_custom() -> None:
    assert names({"class_name": "MyModel", "config": {}}) == [(Role.LAYER, "MyModel", 1)]


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (NEW_DENSE, None),
        # A version may have it or not: it is Keras' own.
        ({**NEW_DENSE, "module": "keras.src.ops.numpy", "class_name": "Add"}, None),
        ({**NEW_DENSE, "module": "my.layers", "registered_name": "Dense"}, "Dense"),
        ({**NEW_DENSE, "module": None, "registered_name": "Custom>Dense"}, "Custom>Dense"),
        (
            {**NEW_DENSE, "module": "x", "class_name": "Y", "registered_name": "my>Y"},
            "my>Y",
        ),
        ({**NEW_DENSE, "module": "tensorflow.keras.layers"}, None),
    ],
)
def test_modules_and_registered_names_decide(layer: Config, name: str | None) -> None:
    expected = [] if name is None else [(Role.LAYER, name, 1)]
    assert names(new_sequential(layer)) == expected


def test_tensorflow_registered_its_own_optimizers() -> None:
    model = sequential(dense())
    model["compile_config"] = {
        "optimizer": {"class_name": "Custom>Adam", "config": {}},
        "loss": {"a": "mse", "b": "my_loss"},
        "metrics": ["accuracy", "AUC", {"class_name": "Mine", "config": {}}],
    }
    assert names(model) == [(Role.LOSS, "my_loss", 1), (Role.METRIC, "Mine", 1)]
    model["compile_config"]["optimizer"]["class_name"] = "Custom>CalmAdam"
    assert names(model)[0] == (Role.OPTIMIZER, "Custom>CalmAdam", 1)


def test_functions_are_custom_by_their_name() -> None:
    relu = {"module": "builtins", "class_name": "function", "config": "relu"}
    steep = {"module": "builtins", "class_name": "function", "config": "steep"}
    layers = [dense("a", activation=relu), dense("b", activation=steep), dense("c", activation="s")]
    assert names(sequential(*layers)) == [(Role.ACTIVATION, "steep", 1), (Role.ACTIVATION, "s", 1)]


def test_parts_of_layers_are_looked_at() -> None:
    layer = dense(
        kernel_initializer={"class_name": "Mine", "config": {}},
        kernel_regularizer={"class_name": "L2", "config": {}},
        cell={"class_name": "MyCell", "config": {}},
    )
    assert names(sequential(layer)) == [(Role.INITIALIZER, "Mine", 1), (Role.CELL, "MyCell", 1)]


def test_the_function_that_a_metric_wraps_is_named() -> None:
    wrapped: list[Any] = [
        {"class_name": "MeanMetricWrapper", "config": {"name": one, "fn": one}}
        for one in ("binary_accuracy", "f1")
    ]
    found = customs(configuration.objects({"metrics": [wrapped]}))
    assert [(one.role, one.name) for one in found] == [(Role.METRIC, "f1")]
