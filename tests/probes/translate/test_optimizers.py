"""Optimizers of another Keras, made from stand-ins for the classes of both generations."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]


class Newer:
    known: tuple[str, ...] = ("learning_rate", "epsilon", "momentum", "beta_1", "name", "use_ema")

    def __init__(self, **config: Any) -> None:
        for key, value in config.items():
            if key not in self.known:
                raise ValueError(f"Argument(s) not recognized: {{'{key}': {value!r}}}")
        self.config = config


class Older(Newer):
    known = (*Newer.known, "decay")

    def get_slot(self) -> None: ...


class Schedule:
    def __init__(self, *given: Any, **config: Any) -> None:
        self.given = given or config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Schedule:
        return cls(**config)


SCHEDULES = SimpleNamespace(InverseTimeDecay=Schedule, ExponentialDecay=Schedule)
NAMES = ("Adam", "RMSprop", "Nadam", "SGD")


def keras(base: type[Newer], **more: Any) -> Any:
    made = {name: type(name, (base,), {}) for name in NAMES}
    return SimpleNamespace(optimizers=SimpleNamespace(schedules=SCHEDULES, **made, **more))


@pytest.fixture
def make(probe: Probe) -> Callable[..., tuple[Any, list[str]]]:
    def make(
        name: str,
        config: dict[str, Any],
        here: type[Newer] = Newer,
        *,
        keras3: bool = False,
        **more: Any,
    ) -> tuple[Any, list[str]]:
        module, notes = probe("translate.optimizers"), list[str]()
        origin = module.Origin({"class_name": name, "config": config}, keras3)
        framework = SimpleNamespace(keras=keras(here, **more))
        return module.make(framework, origin, {}, notes), notes

    return make


Make = Callable[..., tuple[Any, list[str]]]


def test_old_spellings_are_those_of_today(make: Make) -> None:
    made, notes = make("adam", {"lr": 0.5, "decay": 0.0})
    assert type(made).__name__ == "Adam"
    assert made.config == {"learning_rate": 0.5}
    assert notes == []
    made, _ = make("Custom>Adam", {"learning_rate": 0.5, "is_legacy_optimizer": False})
    assert made.config == {"learning_rate": 0.5}


def test_decay_is_a_schedule_where_there_is_no_such_argument(make: Make) -> None:
    assert make("Adam", {"learning_rate": 0.5, "decay": 0.1}, Older)[0].config["decay"] == 0.1
    made, _ = make("Adam", {"learning_rate": 0.5, "decay": 0.1})
    assert made.config["learning_rate"].given == (0.5, 1, 0.1)


def test_a_schedule_is_made_without_an_empty_name(make: Make) -> None:
    stored = {"class_name": "ExponentialDecay", "config": {"decay_rate": 0.5, "name": None}}
    made, _ = make("Adam", {"learning_rate": stored}, keras3=True)
    assert made.config["learning_rate"].given == {"decay_rate": 0.5}


def test_an_unknown_schedule_or_class_is_refused(make: Make, probe: Probe) -> None:
    refusal = probe("translate.plain").NotTranslated
    with pytest.raises(refusal, match="no schedule Mine"):
        make("Adam", {"learning_rate": {"class_name": "Mine", "config": {}}})
    with pytest.raises(refusal, match="no such optimizer"):
        make("Lion", {"learning_rate": 0.1})


def test_arguments_are_left_out_only_where_they_change_nothing(make: Make, probe: Probe) -> None:
    unused = {"weight_decay": None, "clipnorm": None, "ema_momentum": 0.99, "use_ema": False}
    made, _ = make("Adam", {"learning_rate": 0.5, **unused}, Older, keras3=True)
    assert made.config == {"learning_rate": 0.5, "use_ema": False}
    refusal = probe("translate.plain").NotTranslated
    with pytest.raises(refusal, match="no weight_decay"):
        make("Adam", {"learning_rate": 0.5, "weight_decay": 0.1}, Older, keras3=True)
    with pytest.raises(refusal, match=r"no clipnorm=1\.0 of Adam"):
        make("Adam", {"learning_rate": 0.5, "clipnorm": 1.0})
    with pytest.raises(refusal, match="no ema_momentum"):
        make(
            "Adam", {"learning_rate": 0.5, "ema_momentum": 0.9, "use_ema": True}, Older, keras3=True
        )


def test_epsilon_beside_the_root_is_squared_under_it(make: Make) -> None:
    made, notes = make("RMSprop", {"learning_rate": 0.5, "epsilon": 1e-3})
    assert made.config["epsilon"] == pytest.approx(1e-6)
    assert notes == []
    assert make("RMSprop", {"epsilon": 1e-3}, Older)[0].config["epsilon"] == 1e-3
    momentum = {"epsilon": 1e-3, "momentum": 0.9}  # that rule has it under the root everywhere
    assert make("RMSprop", momentum)[0].config["epsilon"] == 1e-3
    _, notes = make("RMSprop", {"epsilon": 1e-3}, Older, keras3=True)
    assert notes == ["epsilon is added to the root here, and under it where the file was saved"]


def test_nadam_is_the_older_one_where_that_is_still_there(make: Make) -> None:
    older = type("Nadam", (Older,), {})
    made, notes = make("Nadam", {"learning_rate": 0.5}, legacy=SimpleNamespace(Nadam=older))
    assert isinstance(made, older)
    assert notes == []
    _, notes = make("Nadam", {"learning_rate": 0.5})
    assert notes == ["its momentum follows another schedule here"]
