"""Describe what a model consists of as short lines, so that a cause can be recognised by it.

Owns those lines: `layer LSTM units=4 recurrent_activation=hard_sigmoid`, `optimizer Adam ...`,
`loss Huber delta=2.0`, `metric accuracy`. No name that a user gave a model, layer or file is in
them, only classes and arguments. What a model does not reveal is left out; nothing here raises.
"""

import json

from crossload_probe.checks import training

MOST_OBJECTS = 400
LONGEST_LINE = 400
LONGEST = 12000
# Where layers keep the layers inside them, by version and kind of layer.
INNER = (
    "layers", "_layers", "_self_tracked_trackables", "layer", "cell", "cells",
    "forward_layer", "backward_layer",
)  # fmt: skip
UNSAID = ("name", "batch_input_shape", "batch_shape", "layers", "build_config", "vocabulary")
FRAMEWORKS = ("keras", "tf_keras", "tensorflow", "tensorflow_core")


def describe(model):
    """The lines, each once, as one text."""
    lines = [guarded(describe_layer, layer) for layer in everything_in(model)]
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        lines.append(guarded(describe_object, "optimizer", optimizer))
    for kind, find in (("loss", training.find_loss), ("metric", training.find_metrics)):
        given = guarded(find, model)
        lines += [guarded(describe_object, kind, one) for one in flattened(given)]
    text = "\n".join(sorted({line[:LONGEST_LINE] for line in lines if line}))
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition("\n")[0]


def guarded(function, *arguments):
    try:
        return function(*arguments)
    except Exception:
        return None


def everything_in(model):
    """The model and every layer in it, each once."""
    found, waiting = [], [model]
    seen = set()
    while waiting and len(found) < MOST_OBJECTS:
        one = waiting.pop(0)
        if id(one) in seen or not hasattr(one, "get_config"):
            continue
        seen.add(id(one))
        found.append(one)
        for name in INNER:
            waiting += flattened(guarded(getattr, one, name, None))
    return found


def flattened(value):
    """Every item in a structure of lists and dicts; none of None."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [item for key in sorted(value, key=str) for item in flattened(value[key])]
    if isinstance(value, (list, tuple)):
        return [item for one in value for item in flattened(one)]
    return [value]


def describe_layer(layer):
    facts = []
    calls = len(getattr(layer, "_inbound_nodes", None) or ())
    if calls > 1:
        facts.append("calls={}".format(calls))
    policy = getattr(layer, "dtype_policy", None) or getattr(layer, "_dtype_policy", None)
    compute = getattr(policy, "compute_dtype", None)
    if compute:
        facts.append("compute={}".format(compute))
    if is_custom(type(layer)):
        facts.append("custom=true")
        if any(holds_nested_layers(value) for value in list(vars(layer).values())):
            facts.append("nested-lists=true")
    return " ".join([describe_object("layer", layer)] + facts)


def is_custom(kind):
    return kind.__module__.split(".")[0] not in FRAMEWORKS


def holds_nested_layers(value, inside=False):
    """Whether it is a list or dict with another one in it that has layers."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return any(
            holds_nested_layers(item, True) if isinstance(item, (list, tuple, dict))
            else inside and hasattr(item, "get_weights")
            for item in value
        )  # fmt: skip
    return False


def describe_object(kind, value):
    if isinstance(value, str):
        return "{} {}".format(kind, value)
    if not hasattr(value, "get_config"):
        return "{} {}".format(kind, getattr(value, "__name__", type(value).__name__))
    config = dict(guarded(value.get_config) or {})
    # Most versions leave the arguments of a loss out of its configuration.
    config.update(getattr(value, "_fn_kwargs", None) or {})
    arguments = ["{}={}".format(key, spell(config[key])) for key in sorted(config)
                 if key not in UNSAID and spell(config[key]) is not None]  # fmt: skip
    return " ".join([kind, type(value).__name__] + arguments)


def spell(value):
    """An argument in one word; None for what has no short form."""
    if isinstance(value, dict):
        inner = value.get("config")
        name = inner.get("name") if isinstance(inner, dict) else inner
        word = value.get("class_name")
        return "{}:{}".format(word, name) if word and isinstance(name, str) else word
    if value is None or hasattr(value, "shape"):
        return None
    if callable(value):
        return getattr(value, "__name__", None)
    try:
        text = json.dumps(value, separators=(",", ":"))
    except (TypeError, ValueError):
        return None
    return text.strip('"').replace(" ", "_") if len(text) <= 80 else None
