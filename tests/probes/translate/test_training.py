"""Compiling a translated model by stand-ins for Keras' `compile`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

Probe = Callable[[str], ModuleType]


class Compiled:
    """A model that notes what it is compiled with."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}


class Older(Compiled):
    def compile(self, optimizer: Any, loss: Any = None, metrics: Any = None) -> None:
        self.given = {"optimizer": optimizer, "loss": loss, "metrics": metrics}


class Newer(Compiled):
    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None) -> None:
        self.given = {"optimizer": optimizer, "loss": loss, "metrics": metrics}


def test_a_keras_without_a_default_optimizer_gets_one(probe: Probe) -> None:
    training = probe("translate.training")
    assert training.needs_optimizer(Older()) is True
    assert training.needs_optimizer(Newer()) is False
    framework = SimpleNamespace(
        is_keras3=False, keras=SimpleNamespace(losses=None, metrics=SimpleNamespace())
    )
    stored, model = training.Training(None, None, None, None, None), Older()
    training.compile_model(framework, model, stored, None, {}, [])
    assert model.given["optimizer"] == "rmsprop"


def test_what_was_lost_before_compiling_failed_is_named_too(probe: Probe) -> None:
    class Broken(Compiled):
        def compile(self, **_options: Any) -> None:
            raise ValueError("no such loss")

    framework = SimpleNamespace(
        is_keras3=False, keras=SimpleNamespace(losses=None, metrics=None, optimizers=None)
    )
    lost = probe("translate.training").carry(
        framework, Broken(), {"training_config": {"loss": None}, "keras_version": "2.4"}, None, {}
    )
    assert lost == [
        "optimizer: the file does not say which",
        "loss, metrics and optimizer: ValueError: no such loss",
    ]
