"""What Keras would run or import for a description, and what it may have without a question."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]
HARMLESS: tuple[Any, ...] = (
    {"class_name": "Dense", "config": {"units": 1}},
    {"class_name": "Dense", "module": "keras.layers", "config": {"units": 1}},
    {"class_name": "Functional", "module": "keras.src.models.functional", "config": {}},
    {"class_name": "Dense", "module": "tensorflow.python.keras.layers", "config": {}},
    {"class_name": "Mine", "module": "my.layers", "config": {}, "registered_name": "Own>Mine"},
    {"class_name": "function", "module": "keras.activations", "config": "relu"},
    {"class_name": "function", "module": "builtins", "config": "mine"},
    {"class_name": "Lambda", "config": {"name": "l", "function": "mine", "module": "my.layers"}},
    {"class_name": "Lambda", "config": {"name": "l", "function": "unknown"}},
)
DANGEROUS: tuple[tuple[Any, str], ...] = (
    (
        {"class_name": "Lambda", "config": {"name": "l", "function": ["4wA=", None, None]}},
        "byte code of Lambda 'l'",
    ),
    (
        {"class_name": "__lambda__", "config": {"value": ["4wA=", None, None]}},
        "byte code of a function",
    ),
    (
        {"class_name": "function", "module": "builtins", "config": "eval"},
        "the function eval of the module builtins",
    ),
    (
        {"class_name": "function", "module": "keras.utils", "config": "get_file"},
        "the function get_file of the module keras.utils",
    ),
    (
        {"class_name": "function", "module": "tensorflow.python.ops.io_ops", "config": "read"},
        "the function read of the module tensorflow.python.ops.io_ops",
    ),
    (
        {"class_name": "Lambda", "config": {"name": "l", "function": "system", "module": "os"}},
        "the function system of the module os",
    ),
    (
        {"class_name": "Other", "module": "theirs", "config": {}},
        "the class Other of the module theirs",
    ),
)


def around(item: Any) -> Any:
    return {"class_name": "Sequential", "config": {"layers": [item]}}


def given(names: list[str]) -> bool:
    return bool({"Own>Mine", "mine"} & set(names))


@pytest.mark.parametrize("item", HARMLESS)
def test_what_keras_has_or_the_program_gave_is_harmless(probe: Probe, item: Any) -> None:
    assert probe("translate.safety").find_dangers(around(item), given) == []


@pytest.mark.parametrize(("item", "said"), DANGEROUS)
def test_what_would_be_run_or_imported_is_named(probe: Probe, item: Any, said: str) -> None:
    twice = {"class_name": "Functional", "config": {"layers": [around(item), item]}}
    assert probe("translate.safety").find_dangers(twice, given) == [said]


def test_operations_that_read_and_write_files_are_found_in_a_graph(probe: Probe) -> None:
    find = probe("translate.safety").operations_reaching_out
    assert find(b"\x0a\x06MatMul\x12\x09WriteFile") == ["WriteFile"]
    assert find(b"\x0a\x06MatMul\x12\x0fMyWriteFileName") == []
