"""What differs between frameworks is told apart by looking, not by version numbers."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]


class Model:
    pass


def framework(probe: Probe, **backend: Any) -> Any:
    keras = SimpleNamespace(
        models=SimpleNamespace(Model=Model),
        backend=SimpleNamespace(**backend),
        __version__="2.2.4-tf",
    )
    return probe("frameworks").Framework("keras", "theano", keras, None)


@pytest.mark.parametrize("name", ["clear_session", "reset_uids"])
def test_models_are_forgotten_by_what_the_backend_has(probe: Probe, name: str) -> None:
    calls: list[str] = []
    framework(probe, **{name: lambda: calls.append(name)}).clear()
    assert calls == [name]


def test_a_backend_that_cannot_forget_is_left_alone(probe: Probe) -> None:
    framework(probe).clear()


def test_the_collection_that_costs_time_is_not_asked_of_every_job(probe: Probe) -> None:
    given: list[bool] = []
    framework(probe, clear_session=lambda free_memory=True: given.append(free_memory)).clear()
    assert given == [False]


@pytest.mark.parametrize(
    ("text", "version"), [("2.15.0", (2, 15)), ("2.2.4-tf", (2, 2)), ("3.0.0.dev1", (3, 0))]
)
def test_versions_are_read_to_two_places(probe: Probe, text: str, version: tuple[int, int]) -> None:
    assert probe("frameworks").version_tuple(text) == version


def test_load_model_is_given_only_the_options_that_it_knows(probe: Probe) -> None:
    made = framework(probe)
    made.keras.models.load_model = lambda path, compile=True: (path, compile)  # noqa: A006 - Keras' name
    assert made.load_model("p", compile=False, safe_mode=False) == ("p", False)
