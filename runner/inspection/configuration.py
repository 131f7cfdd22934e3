"""A model's configuration (JSON) as the list of objects that a loader would have to make again.

Owns the walk over the whole tree: nested models, wrappers, compile state. `scanning` decides what
in it is dangerous. The tree is untrusted: it is walked without recursion.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crossload.runner.inspection.model import MAX_OBJECTS, ObjectFact, Role

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 400  # a model in a model takes four; what is deeper attacks whoever walks it
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"
_SHORT = 2000
_A_WORD = 40
_NAMES = frozenset({"name", "dtype"})  # one is the user's own, the other an object to most versions

_BY_KEY = {
    "layer": Role.LAYER,
    "forward_layer": Role.LAYER,
    "backward_layer": Role.LAYER,
    "layers": Role.LAYER,
    "cell": Role.CELL,
    "cells": Role.CELL,
    "optimizer": Role.OPTIMIZER,
    "optimizer_config": Role.OPTIMIZER,
    "inner_optimizer": Role.OPTIMIZER,
    "learning_rate": Role.SCHEDULE,
    "lr": Role.SCHEDULE,
    "loss": Role.LOSS,
    "loss_fn": Role.LOSS,
    "metrics": Role.METRIC,
    "weighted_metrics": Role.METRIC,
    "fn": Role.METRIC,  # what a wrapper of a metric or a loss calls
    "activation": Role.ACTIVATION,
    "recurrent_activation": Role.ACTIVATION,
    "dtype": Role.POLICY,
}
_BY_ENDING = {
    "_initializer": Role.INITIALIZER,
    "_regularizer": Role.REGULARIZER,
    "_constraint": Role.CONSTRAINT,
}
_BY_NAME = frozenset({Role.ACTIVATION, Role.LOSS, Role.METRIC})


class NotAConfigurationError(ValueError):
    """The text is not the JSON of a model; the message says why."""


@dataclass(frozen=True)
class Node:
    """One value of the tree: its path as text, and what it stands for by where it stands."""

    path: str
    role: Role
    value: Json


def encoding_of(data: bytes) -> str:
    """The encoding in which `json.loads`, and so Keras, reads these bytes."""
    return json.detect_encoding(data)


def parse(data: bytes, twice: list[str] | None = None) -> dict[str, Json]:
    """Read a configuration; keys that stand twice in one object are added to `twice`.

    Raises:
        NotAConfigurationError: not JSON, too deep, or not an object.
    """
    repeated: list[str] = [] if twice is None else twice

    def make(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            repeated.extend(key for key, number in counts.items() if number > 1)
        return made

    try:
        value = json.loads(data.decode(encoding_of(data), "surrogatepass"), object_pairs_hook=make)
    except UnicodeDecodeError as error:
        name = encoding_of(data).upper()
        raise NotAConfigurationError(f"not {name} at byte {error.start}") from None
    except RecursionError:
        raise NotAConfigurationError(_TOO_DEEP) from None
    except ValueError as error:
        raise NotAConfigurationError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise NotAConfigurationError("not the description of a model")
    if _is_deep(value):
        raise NotAConfigurationError(_TOO_DEEP)
    return value


def _is_deep(value: Json) -> bool:
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH):
        level = [child for one in level for child in _children(one)]
        if not level:
            return False
    return True


def _children(value: Json) -> Iterator[Json]:
    """The objects and lists directly inside."""
    values: Iterable[Json] = ()
    if isinstance(value, dict):
        values = value.values()
    elif isinstance(value, list):
        values = value
    return (one for one in values if isinstance(one, (dict, list)))


def walk(tree: Json, role: Role = Role.OTHER, path: str = "") -> Iterator[Node]:
    """Every value of a tree with its path, the tree itself first (at `path`)."""
    pending = [Node(path, role, tree)]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node.value, dict):
            children = [_child(node, key, value) for key, value in node.value.items()]
        elif isinstance(node.value, list):
            children = [
                Node(f"{node.path}/{index}", node.role, value)
                for index, value in enumerate(node.value)
            ]
        else:
            continue
        pending.extend(reversed(children))


def _child(node: Node, key: str, value: Json) -> Node:
    role = _BY_KEY.get(key)
    if role is None:
        endings = (found for ending, found in _BY_ENDING.items() if key.endswith(ending))
        role = next(endings, None)
    if role is None:
        # A name in a dictionary of losses or metrics ({"head": "mse"}) keeps their role.
        keeps = node.role in {Role.LOSS, Role.METRIC} and not _is_object(node.value)
        role = node.role if keeps else Role.OTHER
    return Node(f"{node.path}/{key}"[-_SHORT:], role, value)


def _is_object(value: Json) -> bool:
    return isinstance(value, dict) and isinstance(value.get("class_name"), str)


def objects(tree: Json, role: Role = Role.OTHER, path: str = "") -> tuple[ObjectFact, ...]:
    """The objects of a configuration, in the order of the file, at most `MAX_OBJECTS`."""
    found: list[ObjectFact] = []
    for node in walk(tree, role, path):
        fact = _fact(node)
        if fact is not None:
            found.append(fact)
        if len(found) == MAX_OBJECTS:
            break
    return tuple(found)


def _fact(node: Node) -> ObjectFact | None:
    value = node.value
    named = node.role in _BY_NAME or node.path.endswith("/optimizer")
    if isinstance(value, str) and named and value:
        return ObjectFact(path=node.path, role=node.role, class_name=value[:_SHORT], by_name=True)
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        return None
    config = value.get("config")
    if value["class_name"] == "function" and isinstance(config, str):  # Keras 3's way to name one
        return ObjectFact(
            path=node.path,
            role=node.role,
            class_name=config,
            module=_text(value.get("module")),
            by_name=True,
        )
    keys: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    name = value.get("name")
    if isinstance(config, dict):
        keys = tuple(key[:_SHORT] for key in config)
        texts = tuple(_short_texts(config))
        name = config.get("name", name)
    return ObjectFact(
        path=node.path,
        role=node.role,
        class_name=str(value["class_name"])[:_SHORT],
        name=name[:_SHORT] if isinstance(name, str) else "",
        module=_text(value.get("module")),
        registered=_text(value.get("registered_name")),
        keys=keys,
        texts=texts,
    )


def _short_texts(config: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Values that choose one of several ways, as a mode or a reduction does."""
    for key, value in config.items():
        if isinstance(value, str) and len(value) <= _A_WORD and key not in _NAMES:
            yield key[:_SHORT], value


def _text(value: Json) -> str | None:
    return value[:_SHORT] if isinstance(value, str) else None


def layer_list(model: Mapping[str, Json]) -> Sequence[Json]:
    """The layers of a model's configuration; old Keras wrote a Sequential's as a bare list."""
    config = model.get("config")
    if isinstance(config, list):
        return config
    layers = config.get("layers") if isinstance(config, dict) else None
    return layers if isinstance(layers, list) else []


def model_objects(model: Mapping[str, Json]) -> tuple[ObjectFact, ...]:
    """The objects of a whole model: itself first (role other), then what it consists of."""
    config = model.get("config")
    if isinstance(config, list):  # the bare list of an old Sequential
        model = {**model, "config": {"layers": config}}
    return objects(dict(model))


# Keys that layers had before Keras 2 gave them the names of today.
_FIRST_KEYS = frozenset(
    {"init", "nb_filter", "nb_row", "border_mode", "dim_ordering", "W_regularizer", "inner_init"}
)


def generation(model: Mapping[str, Json], keras_version: str | None) -> int | None:
    """The major version of Keras: as written, or by which conventions the layers follow."""
    found = major(keras_version)
    if found is not None:
        return found
    layers = [one for one in layer_list(model) if isinstance(one, dict)]
    for layer in layers:
        config = layer.get("config")
        if isinstance(config, dict) and not _FIRST_KEYS.isdisjoint(config):
            return 1
    if isinstance(model.get("module"), str):
        return 3  # from 2.13 on Keras 2 wrote modules too, but never without its version
    return 2 if layers else None


def major(version: str | None) -> int | None:
    """3 of "3.15.1"."""
    first = (version or "").split(".", maxsplit=1)[0]
    return int(first) if first.isdecimal() and len(first) < 4 else None
