"""What a cause asks of an environment: its Keras, backend and versions, in comparable form.

Owns the reading of an `EnvironmentRecord`; never raises, whatever a probe wrote there.
"""

from __future__ import annotations

from packaging.version import Version

from crossload.runner.causes.form import Order, Relation
from crossload.runner.conditions import EnvironmentFacts
from crossload.runner.records import EnvironmentRecord
from crossload.runner.versions import version_of

_TENSORFLOW = ("tensorflow", "tensorflow-cpu")
_NEVER = Version("0")


def facts_of(record: EnvironmentRecord) -> EnvironmentFacts:
    """Read a record; the Keras in use is that of its API, under the name `keras`."""
    found = {name.lower().replace("_", "-"): text for name, text in record.versions}
    versions = {name: version for name, text in found.items() if (version := version_of(text))}
    tensorflow = next((versions[name] for name in _TENSORFLOW if name in versions), None)
    if tensorflow is not None:
        versions["tensorflow"] = tensorflow
    legacy = versions.get("tf-keras") if record.api == "tf_keras" else None
    used = versions.get("keras-in-use") or legacy
    if used is not None:
        versions["keras"] = used
    python = versions.get("python") or version_of(record.python)
    if python is not None:
        versions["python"] = python
    return EnvironmentFacts(record.id, record.api, record.backend, versions)


def relation_holds(relation: Relation, saver: EnvironmentFacts, loader: EnvironmentFacts) -> bool:
    """Whether both have the same; what is not known is not the same."""
    if relation is Relation.ENVIRONMENT:
        return saver.id == loader.id
    if relation is Relation.GENERATION:
        return saver.generation is not None and saver.generation == loader.generation
    if relation in {Relation.BACKEND, Relation.API}:
        return bool(getattr(saver, relation) == getattr(loader, relation))
    one, other = saver.versions.get(str(relation)), loader.versions.get(str(relation))
    return one is not None and other is not None and one.release[:2] == other.release[:2]


def order_of(saver: EnvironmentFacts, loader: EnvironmentFacts) -> Order | None:
    """Which way the model went; None between the same minor versions."""
    one = saver.versions.get("keras", _NEVER).release[:2]
    other = loader.versions.get("keras", _NEVER).release[:2]
    if one == other:
        return None
    return Order.UPGRADE if one < other else Order.DOWNGRADE
