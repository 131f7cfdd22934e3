"""What an environment of the atlas refuses of the objects that a file names.

Owns the questions to the atlas about classes, modules and keys. Containers and behaviour that no
atlas shows are judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from crossload.runner.atlas import ANY_VALUE, Acceptance, Argument, Atlas, Family, Form, Kind, Route
from crossload.runner.inspection.model import Inspection, ObjectFact, Role
from crossload.runner.prediction.key_causes import key_cause
from crossload.runner.prediction.model import Reason, Rule
from crossload.runner.strategies import Part, strategies_that_need
from crossload.runner.words import Strategy

KINDS = {
    Role.LAYER: Kind.LAYERS,
    Role.CELL: Kind.LAYERS,
    Role.INITIALIZER: Kind.INITIALIZERS,
    Role.REGULARIZER: Kind.REGULARIZERS,
    Role.CONSTRAINT: Kind.CONSTRAINTS,
    Role.ACTIVATION: Kind.ACTIVATIONS,
    Role.OPTIMIZER: Kind.OPTIMIZERS,
    Role.SCHEDULE: Kind.SCHEDULES,
    Role.LOSS: Kind.LOSSES,
    Role.METRIC: Kind.METRICS,
    Role.POLICY: Kind.POLICIES,
}
# What is only met when the model is compiled again.
COMPILE_ROLES = frozenset({Role.OPTIMIZER, Role.SCHEDULE, Role.LOSS, Role.METRIC})
MODELS = frozenset({"Model", "Functional", "Sequential", "Network"})
# Words that `compile` itself understands, whatever functions there are.
_COMPILE_WORDS = frozenset({"accuracy", "acc", "crossentropy", "ce"})
_PACKAGE = "Custom>"  # before the names of Keras' own optimizers in some versions
_CUSTOM = {
    Role.ACTIVATION: "custom-activation-not-given",
    Role.LOSS: "custom-loss-not-given",
    Role.METRIC: "custom-metric-not-given",
    Role.OPTIMIZER: "custom-optimizer-not-given",
}
_UNKNOWN = {
    Role.INITIALIZER: "initializer-class-unknown",
    Role.POLICY: "dtype-policy-of-keras-3",
    Role.OPTIMIZER: "custom-optimizer-not-given",
    Role.LAYER: "layer-unknown-to-version",
    Role.CELL: "layer-unknown-to-version",
}
# What the base class of all layers takes; a layer to ask about it where the class was not tried.
_KEYS_OF_ALL = frozenset({"input_dtype", "batch_input_shape", "batch_shape", "dynamic"})
_ANY_LAYER = "Dense"
_OLD_POLICY, _POLICY = "PolicyV1", "Policy"
_NO_VALUE = "no-such-value"
_LEGACY_PLACE = "optimizers.legacy"
_LEGACY_KEYS = ("decay", "lr")
_MARK_OF_NEW = "is_legacy_optimizer"


@dataclass(frozen=True)
class Place:
    """One environment, and the way by which it turns configurations into objects."""

    atlas: Atlas
    environment: str
    route: Route


def met_in_graph(inspection: Inspection) -> frozenset[str]:
    """Paths of the objects that loading a SavedModel creates again, instead of using its graph.

    These are what is compiled, cells of recurrent layers, and the first layer of a Sequential.
    """
    sequential = inspection.model_class == "Sequential"
    return frozenset(
        one.path
        for one in inspection.objects
        if one.role in COMPILE_ROLES
        or one.role is Role.CELL
        or (sequential and one.class_name == "InputLayer")
    )


def problems(place: Place, one: ObjectFact, inner: Collection[str]) -> Iterator[Reason]:
    """What stands in the way of making one object again.

    Args:
        place: where.
        one: the object.
        inner: paths of all objects of the file: what is an object itself is judged by itself.
    """
    kind = Kind.MODELS if not one.path else KINDS.get(one.role)
    if kind is None or one.class_name.startswith("__") or _is_left_alone(place, one):
        return
    found = _name_problem(place, kind, one)
    if found is not None:
        yield found
    elif one.class_name not in MODELS:
        yield from _key_problems(place, kind, one, inner)


def _is_left_alone(place: Place, one: ObjectFact) -> bool:
    """Whether it is the function of a metric in HDF5, whose metrics Keras 3 does not make again."""
    is_keras_3 = place.atlas.environment(place.environment).family is Family.KERAS_3
    return is_keras_3 and place.route is Route.H5 and one.path.endswith("/fn")


def _key_problems(
    place: Place, kind: Kind, one: ObjectFact, inner: Collection[str]
) -> Iterator[Reason]:
    if kind is Kind.OPTIMIZERS and _is_legacy(place, one):
        return
    texts = dict(one.texts)
    for key in one.keys:
        found = _refusal(place, kind, one.class_name, key, texts.get(key))
        if found is None or (f"{one.path}/config/{key}" in inner and not _is_about(found, key)):
            continue
        value = f"={texts[key]!r}" if found.named else ""
        yield Reason(
            rule=Rule.VALUE if found.named else Rule.KEY,
            sentence=f"{one.class_name} refuses {key}{value}",
            cause=key_cause(key, one.role),
            subject=one.class_name,
            key=key,
            where=one.path,
            avoided_by=_avoided_by(one),
            evidence=f"{found.error}: {found.message}",
        )


def _is_legacy(place: Place, one: ObjectFact) -> bool:
    """Whether the optimizer is made by a class of old that the version keeps beside its own."""
    is_old = _MARK_OF_NEW not in one.keys or any(key in one.keys for key in _LEGACY_KEYS)
    entry = place.atlas.entry(place.environment, Kind.OPTIMIZERS, _bare(one.class_name))
    return is_old and entry is not None and _LEGACY_PLACE in entry.places


def _is_about(found: Argument, key: str) -> bool:
    """Whether a refusal is one of the key, not of what was tried as its value."""
    return f"{key!r}" in found.message or "unknown_key" in found.message


_COMPILING = strategies_that_need(Part.TRAINING)
_GIVING = strategies_that_need(Part.OWN_CLASSES)


def _avoided_by(one: ObjectFact, *others: Strategy) -> tuple[Strategy, ...]:
    compiling = _COMPILING if one.role in COMPILE_ROLES else ()
    return compiling + others


def _bare(name: str) -> str:
    return name.removeprefix(_PACKAGE)


def _name_problem(place: Place, kind: Kind, one: ObjectFact) -> Reason | None:
    known = _known(place, kind, one)
    if known or (known is None and _has_stand_in(place, kind, one)):
        return None
    what = "model" if kind is Kind.MODELS else str(one.role)
    if known is None:
        return Reason(
            rule=Rule.CUSTOM,
            sentence=f"the {what} {one.class_name} is not part of Keras and must be passed in",
            cause=_CUSTOM.get(one.role, "custom-class-not-given"),
            subject=one.class_name,
            where=one.path,
            avoided_by=_avoided_by(one, *_GIVING),
        )
    by_module = f" in {one.module}" if place.route is Route.KERAS and one.module else ""
    return Reason(
        rule=Rule.MODULE if by_module else Rule.CLASS,
        sentence=f"the {what} {one.class_name}{by_module} is unknown",
        cause=_UNKNOWN.get(one.role),
        subject=one.class_name,
        where=one.path,
        avoided_by=_avoided_by(one),
    )


def _has_stand_in(place: Place, kind: Kind, one: ObjectFact) -> bool:
    """Whether Keras 3 takes an optimizer of its own for the unknown one of an HDF5 file.

    It takes the one that the optimizer is named after: a class derived from Adam is mostly called
    "Adam" in its configuration, as nobody gave it another name.
    """
    if kind is not Kind.OPTIMIZERS or place.route is not Route.H5 or not one.name:
        return False
    family = place.atlas.environment(place.environment).family
    names = place.atlas.knows(place.environment, kind, one.name, Form.STRING)
    return family is Family.KERAS_3 and names is True


def _known(place: Place, kind: Kind, one: ObjectFact) -> bool | None:
    """Whether the version has it; None if no version does."""
    if one.by_name:
        is_word = kind is Kind.METRICS and one.class_name in _COMPILE_WORDS
        return is_word or place.atlas.knows(place.environment, kind, one.class_name, Form.STRING)
    if place.route is Route.KERAS and one.module is not None:
        return _known_by_module(place, kind, one, one.module)
    return _known_by_name(place, kind, one.class_name)


def _known_by_module(place: Place, kind: Kind, one: ObjectFact, module: str) -> bool | None:
    answer = place.atlas.knows_module(place.environment, kind, module, one.class_name)
    if answer is not None:
        return answer or _is_public(place, kind, one)
    if kind is Kind.LAYERS and _model_by_module(place, one):
        return True
    return _known_by_others(place, kind, one)


def _known_by_name(place: Place, kind: Kind, name: str) -> bool | None:
    atlas, environment = place.atlas, place.environment
    found = atlas.knows(environment, kind, name)
    if name == _OLD_POLICY and not found:  # which later versions read as the policy that followed
        return _known_by_name(place, kind, _POLICY)
    if name.startswith(_PACKAGE) and atlas.knows(environment, kind, _bare(name)) is not None:
        prefixed = atlas.knows(environment, kind, _PACKAGE + "Adam")
        return found if prefixed is None else prefixed
    if found is False and kind is Kind.POLICIES:  # which some versions read without `deserialize`
        return atlas.entry(environment, kind, name) is not None
    if kind is Kind.LAYERS and name in MODELS:
        return bool(found) or bool(atlas.knows(environment, Kind.MODELS, name))
    return found


def _is_public(place: Place, kind: Kind, one: ObjectFact) -> bool:
    """Whether module and name are a public place of the API, whatever the class is called."""
    entry = place.atlas.entry(place.environment, kind, one.class_name)
    return entry is not None and one.class_name in entry.public and one.module == f"keras.{kind}"


def _model_by_module(place: Place, one: ObjectFact) -> bool:
    known = place.atlas.knows_module(
        place.environment, Kind.MODELS, one.module or "", one.class_name
    )
    return known is True


def _known_by_others(place: Place, kind: Kind, one: ObjectFact) -> bool | None:
    """A pair of module and class that was tried nowhere: what other pairs of the module say."""
    if one.registered is not None and ">" in one.registered:
        return None
    module = one.module or ""
    if module.split(".")[0] not in {"keras", "tf_keras", "tensorflow"}:
        return None
    others = _tried_in(place.atlas, module)
    if others:
        return any(
            place.atlas.knows_module(place.environment, other_kind, module, name)
            for other_kind, name in others
        )
    return place.atlas.knows(place.environment, kind, one.class_name)


@lru_cache(maxsize=1000)
def _tried_in(atlas: Atlas, module: str) -> tuple[tuple[Kind, str], ...]:
    return atlas.tried_names(module)


@lru_cache(maxsize=200_000)
def _refusal(place: Place, kind: Kind, name: str, key: str, text: str | None) -> Argument | None:
    """The refusal of a key, or of that text as its value; None where it is accepted.

    A version that has the key itself refuses values of it at most: which other values were tried
    says nothing of the one in the file.
    """
    found = _argument(place, kind, name, key)
    if found.acceptance is Acceptance.UNTRIED and kind is Kind.LAYERS and key in _KEYS_OF_ALL:
        found = _argument(place, kind, _ANY_LAYER, key)
    if not (found.named or found.written):
        return found if found.acceptance is Acceptance.REFUSED else None
    if text is None:
        return None
    this = _argument(place, kind, name, key, text)
    other = _argument(place, kind, name, key, _NO_VALUE)
    is_this = this.acceptance is Acceptance.REFUSED and other.accepted
    return replace(this, named=True) if is_this else None


def _argument(place: Place, kind: Kind, name: str, key: str, value: str | None = None) -> Argument:
    asked = ANY_VALUE if value is None else value
    return place.atlas.argument(place.environment, kind, name, key, asked, place.route)
