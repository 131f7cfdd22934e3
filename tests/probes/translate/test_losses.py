"""Losses and metrics of another Keras, made by a stand-in for its modules."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]


class Wrapper:
    def __init__(self, fn: Any, name: str | None = None, reduction: str | None = None) -> None:
        self.made = (fn, name, reduction)


class MeanSquaredError(Wrapper):
    def __init__(self, reduction: str = "sum_over_batch_size", name: str = "mse") -> None:
        super().__init__("mse", name, reduction)


class BinaryAccuracy(Wrapper):
    def __init__(self, name: str = "binary_accuracy", threshold: float = 0.5) -> None:
        super().__init__("binary", name)
        self.threshold = threshold


class Huber(Wrapper):
    def __init__(self, delta: float = 1.0, reduction: str = "") -> None:
        super().__init__(delta, None, reduction)


def get(name: str) -> str:
    if name != "mean_squared_error":
        raise ValueError(f"Could not interpret {name}")
    return name


MODULE = SimpleNamespace(
    MeanSquaredError=MeanSquaredError, BinaryAccuracy=BinaryAccuracy, Huber=Huber, get=get
)
KERAS = SimpleNamespace(losses=MODULE, metrics=MODULE)


def parts(
    probe: Probe, word: str, custom: dict[str, Any] | None = None, *, keras3: bool = True
) -> Any:
    framework = SimpleNamespace(keras=KERAS, is_keras3=keras3)
    return probe("translate.losses").Parts(framework, word, custom or {}, [])


def described(kind: str, /, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": config}


def test_a_name_that_this_keras_does_not_know_is_spelled_out(probe: Probe) -> None:
    made = parts(probe, "loss")
    assert made.make({"a": "mse", "b": None}) == {"a": "mean_squared_error", "b": None}
    assert made.lost == []


def test_a_name_has_the_spellings_of_all_versions(probe: Probe) -> None:
    spellings = probe("translate.losses").spellings
    assert spellings("logcosh") == ["logcosh", "log_cosh"]
    assert spellings("log_cosh") == ["log_cosh", "logcosh"]
    assert spellings("kl_divergence")[1:] == ["kld", "kullback_leibler_divergence"]
    assert spellings("hinge") == ["hinge"]


def test_words_that_depend_on_the_output_are_left_to_compile(probe: Probe) -> None:
    assert parts(probe, "metric").make(["acc", "accuracy"]) == ["acc", "accuracy"]
    assert parts(probe, "loss").make(["acc"]) == [None]


@pytest.mark.parametrize(
    ("stored", "keras", "wanted"),
    [
        ("auto", 3, "sum_over_batch_size"),
        ("auto", 2, "auto"),
        ("mean", 2, "sum_over_batch_size"),
        (None, 2, "none"),
        ("sum", 3, "sum"),
    ],
)
def test_reductions_are_those_of_this_keras(
    probe: Probe, stored: str | None, keras: int, wanted: str
) -> None:
    made = parts(probe, "loss", keras3=keras == 3).make(
        described("MeanSquaredError", reduction=stored, fn="mean_squared_error")
    )
    assert made.made == ("mse", "mse", wanted)


def test_a_wrapped_function_is_the_class_of_that_function(probe: Probe) -> None:
    stored = described("MeanMetricWrapper", name="hits", fn="binary_accuracy", dtype="float32")
    made = parts(probe, "metric").make([stored])
    assert isinstance(made[0], BinaryAccuracy)
    assert made[0].made[1] == "hits"


def test_a_function_that_was_given_is_wrapped_with_its_arguments(probe: Probe) -> None:
    def mine() -> None: ...

    stored = described("LossFunctionWrapper", fn="mine", name="named", reduction="sum")
    made = parts(probe, "loss", {"mine": mine}).make(stored)
    assert made.made == (mine, "named", "sum")
    assert parts(probe, "loss", {"mine": mine}).make("mine") is mine


def test_what_is_unknown_is_lost_alone_and_named(probe: Probe) -> None:
    made = parts(probe, "metric")
    assert made.make([["acc", "mine"], [described("Theirs")]]) == [["acc"], []]
    assert made.lost == [
        "metric mine: this Keras has none of that name, and it was not given",
        "metric Theirs: this Keras has none of that name, and it was not given",
    ]


def test_an_argument_that_changes_the_value_is_not_left_out(probe: Probe) -> None:
    made = parts(probe, "loss")
    neutral = described("MeanSquaredError", axis=-1, from_logits=False)
    assert made.make(neutral).made[0] == "mse"
    assert made.make(described("MeanSquaredError", label_smoothing=0.1)) is None
    assert made.lost == ["loss MeanSquaredError: this Keras has no label_smoothing=0.1"]


def test_an_argument_that_the_file_does_not_hold_is_named(probe: Probe) -> None:
    made = parts(probe, "loss")
    assert made.make(described("Huber", reduction="sum")).made[0] == 1.0
    assert made.lost[0].startswith("delta of the loss Huber: the file does not hold it")
    made.make(described("Huber", delta=0.5))
    assert len(made.lost) == 1


def test_metrics_of_one_output_are_one_list(probe: Probe) -> None:
    fit = probe("translate.losses").fit_outputs
    assert fit([["accuracy"]], ["out"]) == ["accuracy"]
    assert fit([["accuracy"], []], ["a", "b"]) == [["accuracy"], []]
    assert fit(None, ["a"]) is None


def test_the_name_of_the_output_is_not_put_before_a_metric_twice(probe: Probe) -> None:
    fit = probe("translate.losses").fit_outputs
    stored, named = described("AUC", name="a_area"), described("AUC", name="area")
    assert fit([[stored], []], ["a", "b"]) == [[named], []]
    assert fit({"a": [stored], "b": "mae"}, ["a", "b"]) == {"a": [named], "b": "mae"}
    assert fit({"b": stored}, ["a", "b"]) == {"b": stored}


def test_outputs_without_a_metric_and_the_numbers_of_counts_are_left_out(probe: Probe) -> None:
    made = parts(probe, "metric", keras3=False)
    given = described("BinaryAccuracy", name="a", dtype="int64")
    found = made.make([[None], [given]])
    assert found[0] == []
    assert [one.made[1] for one in found[1]] == ["a"]
    assert made.lost == []


def test_a_keras_of_functions_alone_takes_the_name(probe: Probe) -> None:
    made = parts(probe, "metric")
    given = described("MeanMetricWrapper", name="e", dtype="float32", fn="mean_squared_error")
    made.module = SimpleNamespace(get=get)
    assert made.make([given]) == ["mean_squared_error"]


def test_a_loss_of_another_spelling_is_found_before_training_begins(probe: Probe) -> None:
    framework = SimpleNamespace(keras=KERAS, is_keras3=True)
    is_respelled = probe("translate.losses").is_respelled
    known = ["mean_squared_error", None, described("Unknown", fn="mse")]
    for stored in (None, known, {"a": "mean_squared_error", "b": described("Huber", fn="huber")}):
        assert is_respelled(framework, stored, {}) is False
    assert is_respelled(framework, {"a": "mse"}, {}) is True
    assert is_respelled(framework, ["mse"], {"mse": len}) is False
