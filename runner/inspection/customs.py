"""Which objects of a file no known version of Keras has.

Owns the comparison of a file's names with those of the API atlas. Whether one version has a name
is not asked here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from crossload.runner.atlas import Atlas, Kind
from crossload.runner.inspection.model import Custom, ObjectFact, Role

_KINDS: dict[Role, tuple[Kind, ...]] = {
    Role.LAYER: (Kind.LAYERS, Kind.MODELS),
    Role.CELL: (Kind.LAYERS,),
    Role.INITIALIZER: (Kind.INITIALIZERS,),
    Role.REGULARIZER: (Kind.REGULARIZERS,),
    Role.CONSTRAINT: (Kind.CONSTRAINTS,),
    Role.ACTIVATION: (Kind.ACTIVATIONS, Kind.LAYERS),
    Role.OPTIMIZER: (Kind.OPTIMIZERS,),
    Role.SCHEDULE: (Kind.SCHEDULES,),
    Role.LOSS: (Kind.LOSSES, Kind.METRICS),
    Role.METRIC: (Kind.METRICS, Kind.LOSSES),
}
_KERAS = frozenset({"keras", "tf_keras", "tensorflow", "keras_core"})
_CONTAINERS = frozenset({"__tuple__", "__lambda__", "__list__", "__set__", "__dict__", "Lambda",
                         "CompileMetrics", "MetricsContainer", "LossesContainer"})  # fmt: skip
_DEFAULT_PACKAGE = "Custom"


def customs(objects: Iterable[ObjectFact]) -> tuple[Custom, ...]:
    """The classes and functions that are in no version of the atlas, the most frequent first."""
    counts = Counter(_names(objects))
    return tuple(
        Custom(role=role, name=name, count=count) for (role, name), count in counts.most_common()
    )


def _names(objects: Iterable[ObjectFact]) -> Iterator[tuple[Role, str]]:
    for one in objects:
        role = Role.LAYER if one.path == "" else one.role
        if role in _KINDS:
            name = custom_name(one, _known(role))
            if name is not None:
                yield role, name


@lru_cache(maxsize=len(_KINDS))
def _known(role: Role) -> frozenset[str]:
    atlas = Atlas.load()
    return frozenset(name for kind in _KINDS[role] for name in atlas.names(kind))


def custom_name(fact: ObjectFact, known: frozenset[str]) -> str | None:
    """The name under which a loader must be given the object; None if Keras brings it."""
    if fact.class_name in _CONTAINERS:
        return None
    root = (fact.module or "").partition(".")[0]
    if root in _KERAS:
        return None  # its versions may lack it, but it is theirs
    registered = fact.registered or ""
    name = registered if ">" in registered else fact.class_name
    package, mark, own = name.rpartition(">")
    if mark and package != _DEFAULT_PACKAGE:
        return name
    if mark and fact.role is not Role.OPTIMIZER:
        return name  # TensorFlow registered its own optimizers so for some versions
    if root and root != "builtins":
        return name
    return None if own in known or own.lower() in known else name
