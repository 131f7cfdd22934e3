"""What a cause asks of an environment: its Keras, backend and versions, in comparable form.

Owns the reading of an `EnvironmentRecord`; never raises, whatever a probe wrote there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from packaging.version import Version

from crossload.runner.causes.form import Facts, Order, Relation
from crossload.runner.records import EnvironmentRecord
from crossload.runner.versions import version_of

_TENSORFLOW = ("tensorflow", "tensorflow-cpu")
_NEVER = Version("0")


@dataclass(frozen=True)
class EnvironmentFacts:
    """One environment; `versions` lacks what is not installed."""

    id: str
    api: str = ""
    backend: str = ""
    versions: Mapping[str, Version] = field(default_factory=dict, hash=False)

    @property
    def generation(self) -> int | None:
        """2 or 3; the Keras inside TensorFlow 1 and 2 is Keras 2."""
        keras = self.versions.get("keras")
        return None if keras is None else max(2, keras.major)

    @cached_property
    def shown(self) -> Mapping[str, str]:
        """What a sentence may say of it, by name."""
        names = ("keras", "tensorflow", "python")
        return {**{name: self.text(name) for name in names}, "backend": self.backend}

    def text(self, name: str) -> str:
        """A version as a sentence shows it."""
        version = self.versions.get(name)
        return "?" if version is None else str(version)

    def fulfils(self, facts: Facts) -> bool:
        """Whether all of `facts` hold; a version that is not known fulfils no range."""
        if facts.api and self.api not in facts.api:
            return False
        if facts.backend and self.backend not in facts.backend:
            return False
        if facts.generation and self.generation not in facts.generation:
            return False
        return all(
            name in self.versions and wanted.contains(self.versions[name], prereleases=True)
            for name, wanted in facts.ranges.items()
        )

    def distance(self, other: EnvironmentFacts) -> tuple[float, ...]:
        """How unlike two environments are: backend and Keras first, then Python and TensorFlow."""
        mine, theirs = self.versions, other.versions
        return (
            float(self.backend != other.backend),
            _gap(mine.get("keras"), theirs.get("keras")),
            float(self.api != other.api),
            _gap(mine.get("tensorflow"), theirs.get("tensorflow")),
            _gap(mine.get("python"), theirs.get("python")),
        )


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


def _gap(one: Version | None, other: Version | None) -> float:
    if one is None or other is None:
        return float(one is not other) * 1000
    return abs(one.major - other.major) * 100 + abs(one.minor - other.minor) + (one != other) / 10
