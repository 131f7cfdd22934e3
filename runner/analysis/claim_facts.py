"""What a claim may ask of a saver and a loader, as facts of their environments.

Owns which fact of an environment is known, and for which cells; `runner.analysis.claims` decides
what follows for a claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from packaging.version import Version

from crossload.runner.cases.claim_model import Comparison, Condition, Relation, Where
from crossload.runner.config.selection import Selection
from crossload.runner.records import EnvironmentRecord
from crossload.runner.versions import release_of
from crossload.runner.words import Api, Format

KERAS, TF_KERAS, PYTHON = "keras", "tf_keras", "python"
_WORDS = ("api", "backend")


@dataclass(frozen=True)
class Facts:
    """One environment: its id and name, words such as its API, versions of its packages."""

    id: str
    name: str
    words: Mapping[str, str]
    versions: Mapping[str, Version]

    def fulfils(self, condition: Condition) -> bool:
        """Whether a condition is true; one on a fact that is not known is not."""
        if condition.fact == "environment":
            return Selection.parse([condition.text])(self.id, self.name)
        if condition.fact in _WORDS:
            return self.words.get(condition.fact) == condition.text
        version = self.versions.get(_package(condition.fact))
        return version is not None and condition.allows_version(version)


def facts_of(record: EnvironmentRecord, *, scripted: bool) -> Facts:
    """What is known of an environment for models, or for scripted cases.

    Which Keras works is not known where tf-keras is installed beside it: through `tf.keras` it is
    the one or the other by a variable, and a script imports whichever it names.
    """
    versions = {
        _package(name): version for name, text in record.versions if (version := release_of(text))
    }
    if TF_KERAS in versions and KERAS in versions:
        if scripted or record.api == Api.TF_DOT_KERAS:
            del versions[KERAS]
        elif record.api == Api.TF_KERAS:
            versions[KERAS] = versions[TF_KERAS]
    words = {"api": record.api, "backend": record.backend}
    return Facts(record.id, record.name, words, versions)


def selects_pair(where: Where, saver: Facts, loader: Facts) -> bool:
    """Whether a claim is about files that go from this saver to this loader."""
    return (
        all(map(saver.fulfils, where.saver))
        and all(map(loader.fulfils, where.loader))
        and all(_compares(one, saver, loader) for one in where.compare)
    )


def selects_file(where: Where, model: str, file_format: Format) -> bool:
    """Whether a claim is about this model, or case, in this format."""
    if where.formats and file_format not in where.formats:
        return False
    return not where.models or any(fnmatchcase(model, pattern) for pattern in where.models)


def relation_of(fact: str, saver: Facts, loader: Facts) -> Relation | None:
    """How the saver compares with the loader; None where one of them does not have the fact."""
    if fact == "environment":
        return Relation.SAME if saver.id == loader.id else Relation.DIFFERENT
    if fact in _WORDS:
        return Relation.SAME if saver.words[fact] == loader.words[fact] else Relation.DIFFERENT
    ours, theirs = saver.versions.get(_package(fact)), loader.versions.get(_package(fact))
    if ours is None or theirs is None:
        return None
    if ours == theirs:
        return Relation.SAME
    return Relation.OLDER if ours < theirs else Relation.NEWER


def _compares(comparison: Comparison, saver: Facts, loader: Facts) -> bool:
    relation = relation_of(comparison.fact, saver, loader)
    if comparison.relation is Relation.DIFFERENT:
        return relation not in {None, Relation.SAME}
    return relation is comparison.relation


def _package(name: str) -> str:
    return name.lower().replace("-", "_")
