"""What a saver says of its model: classes and arguments, never a name that a user chose."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]


@pytest.fixture(name="holdings")
def fixture_holdings(probe: Probe) -> ModuleType:
    return probe("checks.holdings")


class Layer:
    """A stand-in for a Keras layer: a configuration, and layers inside."""

    def __init__(self, **config: Any) -> None:
        self.config = config
        self.layers: list[Any] = []

    def get_config(self) -> dict[str, Any]:
        return self.config

    def get_weights(self) -> list[Any]:
        return []


def of_keras(name: str, base: type = Layer) -> type:
    return type(name, (base,), {"__module__": "keras.layers.core"})


class Policy:
    compute_dtype = "float16"


class Broken(Layer):
    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError


Dense, LSTM, Sequential = of_keras("Dense"), of_keras("LSTM"), of_keras("Sequential")
Huber = type("Huber", (Layer,), {"__module__": "keras.losses", "_fn_kwargs": {"delta": 0.5}})


def model_of(*layers: Any, **attributes: Any) -> Any:
    model = Sequential(name="secret", layers=[])
    model.layers = list(layers)
    vars(model).update(attributes)
    return model


def test_classes_and_arguments_are_said_and_names_are_not(holdings: ModuleType) -> None:
    lstm = LSTM(name="my_layer", units=4, recurrent_activation="hard_sigmoid", bias=None)
    assert holdings.describe(model_of(lstm)).splitlines() == [
        "layer LSTM recurrent_activation=hard_sigmoid units=4",
        "layer Sequential",
    ]


def test_nested_objects_are_said_by_their_class(holdings: ModuleType) -> None:
    dense = Dense(
        kernel_regularizer={"class_name": "L2", "config": {"l2": 0.1}},
        dtype={"class_name": "Policy", "config": {"name": "mixed_float16"}},
    )
    dense.dtype_policy = Policy()
    assert holdings.describe_layer(dense) == (
        "layer Dense dtype=Policy:mixed_float16 kernel_regularizer=L2 compute=float16"
    )


def test_a_layer_called_twice_says_so(holdings: ModuleType) -> None:
    inner = model_of(Dense(units=1), _inbound_nodes=[1, 2])
    assert "layer Sequential calls=2" in holdings.describe(model_of(inner)).splitlines()


def test_custom_classes_are_marked_and_their_lists_of_lists_of_layers_too(
    holdings: ModuleType,
) -> None:
    flat: Any = Layer()
    nested: Any = Layer()
    flat.blocks, nested.blocks = [Dense()], [[Dense()]]
    assert holdings.describe_layer(flat) == "layer Layer custom=true"
    assert holdings.describe_layer(nested) == "layer Layer custom=true nested-lists=true"


def test_the_training_is_said_with_the_arguments_of_the_loss(holdings: ModuleType) -> None:
    model = model_of(
        optimizer=type("Adam", (Layer,), {})(learning_rate=0.1),
        loss=[Huber(reduction="sum"), "mse"],
        compiled_metrics=["accuracy"],
    )
    assert holdings.describe(model).splitlines() == [
        "layer Sequential",
        "loss Huber delta=0.5 reduction=sum",
        "loss mse",
        "metric accuracy",
        "optimizer Adam learning_rate=0.1",
    ]


def test_what_a_model_does_not_reveal_is_left_out(holdings: ModuleType) -> None:
    assert holdings.describe(object()) == ""
    assert holdings.describe(model_of(Broken())).splitlines() == [
        "layer Broken custom=true",
        "layer Sequential",
    ]
