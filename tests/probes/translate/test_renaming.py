"""Names of operations between layers, apart from those of the file."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

Probe = Callable[[str], ModuleType]


class InputLayer(SimpleNamespace):
    """What Keras 3 makes for an input."""


def made(name: str, *inputs: Any, kind: type[SimpleNamespace] = SimpleNamespace) -> Any:
    node = SimpleNamespace(input_tensors=list(inputs))
    operation = kind(name=name, _inbound_nodes=[node])
    return SimpleNamespace(_keras_history=SimpleNamespace(operation=operation))


def name_of(tensor: Any) -> str:
    return str(tensor._keras_history.operation.name)


def test_an_operation_gives_way_to_the_layers_of_the_file(probe: Probe) -> None:
    x = made("add", kind=InputLayer)
    first = made("multiply", x)
    second = made("multiply", first)
    other = made("multiply_2", second, x)
    also = made("add", other)
    own = second._keras_history.operation
    probe("translate.renaming").make_unique([also, second], [own, None])
    names = [name_of(one) for one in (x, second, first, other, also)]
    assert names[:2] == ["add", "multiply"]
    assert len(set(names)) == 5


def test_what_no_model_made_has_no_name(probe: Probe) -> None:
    assert probe("translate.renaming").behind([1.0, SimpleNamespace()]) == []


def test_slashes_go_without_meeting_another_name(probe: Probe) -> None:
    without_slashes = probe("translate.renaming").without_slashes
    assert without_slashes("a/b", {"a/b": 1, "c": 1}) == "a_b"
    assert without_slashes("a/b", {"a/b": 1, "a_b": 1}) == "a_b_"
