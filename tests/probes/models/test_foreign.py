"""Code of a user's own: from a module that nobody has, and registered for one job only."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]


class Registering:
    """The part of Keras that registers, under `utils` as in Keras 2 and early 3, or `saving`."""

    def __init__(self, home: str) -> None:
        self.registry: dict[str, Any] = {}
        part = SimpleNamespace(
            register_keras_serializable=self.decorator,
            get_custom_objects=lambda: self.registry,
        )
        parts = {"utils": SimpleNamespace(), "saving": SimpleNamespace(), home: part}
        self.keras = SimpleNamespace(
            **parts,
            models=SimpleNamespace(Model=Registering),
            backend=SimpleNamespace(),
            __version__="2.2.4-tf",
        )

    def decorator(self, package: str) -> Callable[[Any], Any]:
        def register(thing: Any) -> Any:
            name = f"{package}>{thing.__name__}"
            if name in self.registry:
                raise ValueError(name + " has already been registered")
            self.registry[name] = thing
            return thing

        return register


def test_the_module_it_claims_to_come_from_cannot_be_imported(probe: Probe) -> None:
    foreign = probe("models.foreign")

    def outer() -> Any:
        def inner() -> None:
            """Do nothing."""

        return foreign.make_foreign(inner)

    made = outer()
    assert importlib.util.find_spec(made.__module__) is None
    assert made.__qualname__ == "inner"


@pytest.mark.parametrize("home", ["utils", "saving"])
def test_what_a_job_registers_is_gone_when_its_models_are(probe: Probe, home: str) -> None:
    fake = Registering(home)
    framework = probe("frameworks").Framework("keras", "theano", fake.keras, None)
    for _ in range(2):  # the second job registers the same name
        made = probe("models.foreign").register(fake.keras, framework, type("Gain", (), {}))
        assert fake.registry == {"crossload>Gain": made}
        framework.clear()
        assert fake.registry == {}


def test_a_keras_that_cannot_register_says_so(probe: Probe) -> None:
    fake = Registering("elsewhere")
    framework = probe("frameworks").Framework("keras", "theano", fake.keras, None)
    with pytest.raises(AttributeError, match="register_keras_serializable"):
        probe("models.foreign").register(fake.keras, framework, type("Gain", (), {}))
    framework.clear()
