"""What each comparison calls agreement, and what it says of the rest."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

Probe = Callable[[str], ModuleType]


def array(*values: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array(values, dtype="float32")


def layer(name: str, *weights: Any, shape: tuple[int | None, ...] = (None, 2)) -> SimpleNamespace:
    return SimpleNamespace(name=name, output_shape=shape, get_weights=lambda: list(weights))


def model(*layers: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(layers=list(layers))


@pytest.mark.parametrize(
    ("found", "expected", "difference"),
    [
        ([1, 2], [1, 2], 0.0),
        ([1, 2.5], [1, 2], 0.25),
        ([], [], 0.0),
        ([0, 0], [0, 0], 0.0),
        ([1, 0], [0, 0], float("inf")),
        ([float("nan"), 0], [1, 0], float("inf")),
    ],
    ids=["equal", "relative to the largest", "empty", "zeros", "should be zero", "nan"],
)
def test_the_relative_difference(
    probe: Probe, found: list[float], expected: list[float], difference: float
) -> None:
    assert (
        probe("checks.results").relative_difference(array(*found), array(*expected)) == difference
    )


def test_outputs_of_another_shape_or_number_disagree_and_say_so(probe: Probe) -> None:
    check = probe("checks.results").check_arrays
    assert check([array(1)], [array(1, 2)])["detail"] == "array 0 has shape (1,) instead of (2,)"
    assert check([], [array(1)])["detail"] == "0 arrays instead of 1"
    assert check([], [array(1)])["status"] == "disagrees"


def test_an_output_with_nan_disagrees(probe: Probe) -> None:
    result = probe("checks.results").check_arrays([array(1, float("nan"))], [array(1, 2)])
    assert result["status"] == "disagrees"
    assert result["difference"] is None


def test_automatic_numbers_in_names_are_not_a_difference(probe: Probe) -> None:
    expected = {"structure": probe("checks.structure").summarise(model(layer("dense_1")))}
    checks = probe("checks.comparing")
    assert checks.check_structure(model(layer("dense_7")), expected)["status"] == "agrees"


def test_a_missing_layer_is_named(probe: Probe) -> None:
    summarise = probe("checks.structure").summarise
    expected = {"structure": summarise(model(layer("a"), layer("b")))}
    result = probe("checks.comparing").check_structure(model(layer("a")), expected)
    assert result["status"] == "disagrees"
    assert result["detail"] == "missing: SimpleNamespace b [2]; instead: none"


def test_the_same_layers_in_another_order_agree_with_a_word(probe: Probe) -> None:
    expected = {"structure": probe("checks.structure").summarise(model(layer("a"), layer("b")))}
    result = probe("checks.comparing").check_structure(model(layer("b"), layer("a")), expected)
    assert (result["status"], result["detail"]) == ("agrees", "the same layers in another order")


def test_a_shape_unknown_to_one_side_is_not_a_difference(probe: Probe) -> None:
    expected = {"structure": probe("checks.structure").summarise(model(layer("a")))}
    blind = SimpleNamespace(name="a", get_weights=list)
    assert probe("checks.comparing").check_structure(model(blind), expected)["status"] == "agrees"


def test_weights_in_another_order_are_paired_by_value(probe: Probe) -> None:
    found = model(layer("b", array(3, 4)), layer("a", array(1, 2)))
    result = probe("checks.comparing").check_weights(found, {"weights": [array(1, 2), array(3, 4)]})
    assert result["difference"] == 0.0
    assert result["detail"] == "the same arrays in another order"


def test_weights_that_were_not_loaded_are_measured(probe: Probe) -> None:
    found = model(layer("a", array(9, 9)))
    result = probe("checks.comparing").check_weights(found, {"weights": [array(1, 2)]})
    assert result["status"] == "measured"
    assert result["difference"] == 4.0


def optimizer_check(probe: Probe, found: Any, slots: list[Any]) -> dict[str, Any]:
    class Adam:
        iterations, learning_rate, variables = 2, 0.01, found

    framework = SimpleNamespace(values=list)
    trained = SimpleNamespace(optimizer=Adam(), trainable_variables=[])
    expected = {"optimizer": {"class": "adam", "iterations": 2, "rate": 0.01}, "slots": slots}
    result: dict[str, Any] = probe("checks.trained").check_optimizer(framework, trained, expected)
    return result


def test_slots_are_a_set_of_arrays(probe: Probe) -> None:
    result = optimizer_check(probe, [array(3, 4), array(1, 2)], [array(1, 2), array(3, 4)])
    assert (result["status"], result["difference"]) == ("measured", 0.0)


def test_lost_slots_disagree_and_are_counted(probe: Probe) -> None:
    result = optimizer_check(probe, [array(0, 0)], [array(1, 2), array(3, 4)])
    assert result["status"] == "disagrees"
    assert result["detail"] == "2 of 2 slots lost, 0 others found"


def test_slots_that_are_zero_on_one_side_only_are_not_a_difference(probe: Probe) -> None:
    result = optimizer_check(probe, [array(1, 2), array(0)], [array(1, 2), array(0, 0, 0)])
    assert result["status"] == "measured"


def test_another_optimizer_disagrees(probe: Probe) -> None:
    trained = SimpleNamespace(optimizer=SimpleNamespace(variables=[]), trainable_variables=[])
    expected = {"optimizer": {"class": "adam", "iterations": 2, "rate": 0.01}, "slots": []}
    framework = SimpleNamespace(values=list)
    result = probe("checks.trained").check_optimizer(framework, trained, expected)
    assert result["detail"] == "simplenamespace instead of adam"


def test_a_check_that_raises_is_an_error_of_that_check_alone(probe: Probe) -> None:
    expected: dict[str, Any] = {"compile": None, "losses": [], "noise": 0.0}
    expected.update(structure=[], weights=[], outputs=[])
    job: dict[str, Any] = {"model": "dense", "format": "h5", "folder": "nowhere"}
    job["tolerances"] = {"relative": 1e-5, "noise_factor": 4.0}
    results = probe("checks.comparing").compare(
        None, object(), job, expected, [], {"optimizer": "not now"}
    )
    told = {result["check"]: (result["status"], result["detail"]) for result in results}
    assert told["structure"] == (
        "error",
        "AttributeError: 'object' object has no attribute 'layers'",
    )
    assert told["outputs"] == ("measured", "")
    assert told["layers"] == ("not-applicable", "the outputs agree")
    assert told["re-save"][0] == "disagrees"
    assert told["optimizer"] == ("not-applicable", "not now")
    assert [result["check"] for result in results] == list(probe("checks.comparing").CHECKS)


@pytest.mark.parametrize(
    "loss",
    ["mse", "mean_squared_error", SimpleNamespace(name="mean_squared_error"), ["mse"], {"": "mse"}],
    ids=["alias", "name", "object", "list", "dict"],
)
def test_one_loss_has_one_name(probe: Probe, loss: Any) -> None:
    compiled = SimpleNamespace(loss=loss, optimizer=SimpleNamespace(), metrics_names=["loss"])
    state = probe("checks.training").compile_state(compiled)
    assert state["loss"] == ["mean_squared_error"]
    assert state["metrics"] == []


def test_classes_and_functions_are_spelled_alike(probe: Probe) -> None:
    class MeanSquaredError:
        pass

    def mean_squared_error() -> None: ...

    spell = probe("checks.training").spell
    assert spell(MeanSquaredError()) == spell(MeanSquaredError) == spell(mean_squared_error)


def test_an_expectation_is_read_as_it_was_written(probe: Probe, tmp_path: Any) -> None:
    groups = {name: [array(1, 2), array(3)] for name in ("inputs", "outputs", "weights")}
    module = probe("checks.expectations")
    facts = {"slots": [], "layers": [array(4)], "losses": [0.5], "compile": None}
    module.write(str(tmp_path), {**groups, **facts})
    read = module.read(str(tmp_path))
    assert read["losses"] == [0.5]
    assert read["slots"] == []
    assert [part.tolist() for part in read["layers"]] == [[4.0]]
    assert [part.tolist() for part in read["weights"]] == [[1.0, 2.0], [3.0]]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("mae", "MeanAbsoluteError"),
        ("mape", "mean_absolute_percentage_error"),
        ("msle", "mean_squared_logarithmic_error"),
        ("bce", "BinaryCrossentropy"),
        ("KLD", "kullback_leibler_divergence"),
        ("kl_divergence", "KLDivergence"),
        ("logcosh", "LogCosh"),
        ("cosine_proximity", "CosineSimilarity"),
    ],
)
def test_what_versions_call_by_other_names_is_one_thing(
    probe: Probe, short: str, long: str
) -> None:
    spell = probe("checks.training").spell
    assert spell(short) == spell(long)
