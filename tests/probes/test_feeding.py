"""Inputs go where their names say, in the structure that the loaded model has."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def feeding(probe: Callable[[str], ModuleType]) -> ModuleType:
    return probe("feeding")


def tensor(name: str) -> Any:
    return SimpleNamespace(name=name, shape=(None, 3))


def inputs(feeding: ModuleType, structure: Any) -> Any:
    form, tensors = feeding.form_of(structure)
    return feeding.Inputs(list("xyz")[: len(tensors)], form, [one.name for one in tensors])


def packed(feeding: ModuleType, model: Any, given: Any) -> Any:
    framework = SimpleNamespace(as_given=lambda array: array, tensorflow=None)
    return feeding.pack(framework, feeding.forms(model, given)[0], given)


def test_a_dict_is_flattened_by_its_keys(feeding: ModuleType) -> None:
    given = inputs(feeding, {"q": [tensor("a"), tensor("b")], "k": tensor("c")})
    assert feeding.leaves_of(given.form) == [
        ("k", ["dense", 0]),
        ("q/0", ["dense", 1]),
        ("q/1", ["dense", 2]),
    ]


def test_one_input_is_passed_bare(feeding: ModuleType) -> None:
    model = SimpleNamespace(inputs=[tensor("a")])
    assert packed(feeding, model, feeding.Inputs(["x"])) == "x"


def test_names_decide_where_the_loaded_model_has_another_order(feeding: ModuleType) -> None:
    given = inputs(feeding, [tensor("a"), tensor("b")])
    model = SimpleNamespace(inputs=[tensor("b"), tensor("a")])
    assert packed(feeding, model, given) == ["y", "x"]


def test_a_list_takes_what_was_a_dict(feeding: ModuleType) -> None:
    given = inputs(feeding, {"k": tensor("zz"), "v": tensor("aa")})
    model = SimpleNamespace(inputs=[tensor("aa"), tensor("zz")])
    assert packed(feeding, model, given) == ["y", "x"]


def test_a_dict_keeps_its_keys_whatever_the_layers_are_called(feeding: ModuleType) -> None:
    given = inputs(feeding, {"k": tensor("in_1"), "v": tensor("in_2")})
    structure = {"v": tensor("in_3"), "k": tensor("in_4")}
    model = SimpleNamespace(_inputs_struct=structure)
    assert packed(feeding, model, given) == {"k": "x", "v": "y"}


def test_other_names_leave_the_order(feeding: ModuleType) -> None:
    given = inputs(feeding, [tensor("a"), tensor("b")])
    model = SimpleNamespace(inputs=[tensor("input_2"), tensor("input_1")])
    assert packed(feeding, model, given) == ["x", "y"]


def test_a_model_without_declared_inputs_is_fed_as_its_saver_was(feeding: ModuleType) -> None:
    given = inputs(feeding, {"a": tensor("a"), "b": tensor("b")})
    assert packed(feeding, SimpleNamespace(), given) == {"a": "x", "b": "y"}


def test_an_input_may_be_left_out(feeding: ModuleType) -> None:
    given = feeding.Inputs(["x"], ["list", [["dense", 0], ["none", -1]]], ["a", "b"])
    model = SimpleNamespace(inputs=[tensor("b"), tensor("a")])
    assert packed(feeding, model, given) == [None, "x"]


def test_sparse_and_ragged_inputs_are_told_apart(feeding: ModuleType) -> None:
    class RaggedTensorSpec:
        pass

    sparse = SimpleNamespace(name="s", sparse=True)
    ragged = SimpleNamespace(name="r", type_spec=RaggedTensorSpec())
    assert [feeding.kind_of(one) for one in (sparse, ragged, tensor("d"))] == [
        "sparse",
        "ragged",
        "dense",
    ]
