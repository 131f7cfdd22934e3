"""Causal masks in the form that the attention layers of this Keras take."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]


def attention(**config: Any) -> dict[str, Any]:
    return {"class_name": "Attention", "config": {"name": "look", **config}}


def newer(inputs: Any, use_causal_mask: Any = None) -> Any:
    return inputs, use_causal_mask


def older(inputs: Any) -> Any:
    return inputs


def test_an_argument_of_the_layer_becomes_one_of_the_call(probe: Probe) -> None:
    causal, item = probe("translate.causal"), attention(causal=True)
    assert causal.without_argument(item)["config"] == {"name": "look"}
    layer = SimpleNamespace(call=newer)
    assert causal.adapt(layer, item, {"training": False}) == {
        "training": False,
        "use_causal_mask": True,
    }
    assert causal.adapt(layer, attention(causal=False), {}) == {}


def test_an_argument_of_the_call_becomes_one_of_the_layer(probe: Probe) -> None:
    layer = SimpleNamespace(call=older, causal=False)
    adapt = probe("translate.causal").adapt
    assert adapt(layer, attention(), {"use_causal_mask": True}) == {}
    assert layer.causal is True


def test_a_layer_without_either_is_refused(probe: Probe) -> None:
    item = {"class_name": "MultiHeadAttention", "config": {"name": "heads"}}
    with pytest.raises(probe("translate.plain").NotTranslated, match=r"'heads'.*no causal mask"):
        probe("translate.causal").adapt(
            SimpleNamespace(call=older), item, {"use_causal_mask": True}
        )
