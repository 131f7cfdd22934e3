"""Calls of Keras 2 that say themselves whether they train, and recurrent ones with a mask."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]


def item(*values: Any) -> dict[str, Any]:
    calls = [[["x", 0, 0, {} if one is None else {"training": one}]] for one in values]
    return {"class_name": "Dropout", "name": "drop", "config": {}, "inbound_nodes": calls}


def maker(probe: Probe, *, keras3: bool = True, from_keras3: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        framework=SimpleNamespace(is_keras3=keras3),
        from_keras3=from_keras3,
        changes=probe("translate.plain").Changes(),
    )


@pytest.mark.parametrize("value", [True, False])
def test_keras_3_leaves_the_training_of_such_a_call_alone(probe: Probe, value: object) -> None:
    held, here = probe("translate.held"), maker(probe)
    newer, older = SimpleNamespace(_call_context_args={"training"}), SimpleNamespace()
    older._call_has_training_arg = True
    held.keep(here, newer, item(value))
    held.keep(here, older, item(value, value))
    assert newer._call_context_args == set()
    assert older._call_has_training_arg is False
    assert here.changes.lost == [
        "training= of single calls, once the model is saved again by Keras 3"
    ]


@pytest.mark.parametrize(
    ("given", "values"),
    [({}, ()), ({}, (None, None)), ({"keras3": False}, (True,)), ({"from_keras3": True}, (True,))],
)
def test_nothing_is_done_where_keras_does_it(
    probe: Probe, given: dict[str, bool], values: tuple[Any, ...]
) -> None:
    layer, here = SimpleNamespace(_call_context_args={"training"}), maker(probe, **given)
    probe("translate.held").keep(here, layer, item(*values))
    assert layer._call_context_args == {"training"}
    assert here.changes.lost == []


def test_calls_of_both_kinds_are_refused(probe: Probe) -> None:
    with pytest.raises(probe("translate.plain").NotTranslated, match="with and without training="):
        probe("translate.held").keep(maker(probe), SimpleNamespace(), item(*[True, None]))


def test_the_mask_beside_states_is_handed_over_in_keras_3(probe: Probe) -> None:
    adapt = probe("translate.starting").adapt
    layer = type("LSTM", (), {})()
    sequence = SimpleNamespace(_keras_mask="mask")
    given = [[sequence, "h", "c"]]
    wanted = {"initial_state": ["h", "c"], "mask": "mask"}
    assert adapt(maker(probe), layer, given, {}) == ([sequence], wanted)
    assert adapt(maker(probe), layer, [sequence], {"initial_state": ["h", "c"]})[1] == wanted
    for here in (maker(probe, keras3=False), maker(probe, from_keras3=True)):
        assert adapt(here, layer, given, {}) == ([sequence], {"initial_state": ["h", "c"]})
    assert adapt(maker(probe), layer, [sequence], {}) == ([sequence], {})
    assert adapt(maker(probe), SimpleNamespace(), given, {}) == (given, {})


def test_a_mask_that_keras_3_forgot_is_kept_from_keras_2(probe: Probe) -> None:
    def reshape(sizes: list[int], name: str) -> Callable[[Any], Any]:
        return lambda sequence: (sizes, name, sequence)

    adapt, here = probe("translate.starting").adapt, maker(probe, keras3=False, from_keras3=True)
    here.keras = SimpleNamespace(layers=SimpleNamespace(Reshape=reshape))
    layer = type("GRU", (), {"name": "decoder"})()
    sequence = SimpleNamespace(_keras_mask="mask", shape=(None, None, 4))
    args, kwargs = adapt(here, layer, [sequence], {"initial_state": "h"})
    assert args == [([-1, 4], "decoder_without_mask", sequence)]
    assert kwargs == {"initial_state": "h"}
    sequence.shape = (None, 5, None)
    with pytest.raises(probe("translate.plain").NotTranslated, match="has open sizes"):
        adapt(here, layer, [sequence], {"initial_state": "h"})
