"""Rules for what no atlas shows: behaviour of versions, told by file and environment.

Owns the form and the matching of `known.yaml`. A rule is data; its ranges of versions are those of
the catalogue of causes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from crossload.runner.atlas import AtlasEnvironment
from crossload.runner.conditions import EnvironmentFacts, Facts, Identifier, Range, Sentence
from crossload.runner.data import read_yaml
from crossload.runner.inspection.model import Inspection, Role
from crossload.runner.prediction.features import Feature, features_of
from crossload.runner.prediction.model import Reason, Rule
from crossload.runner.strict import Several, Strict
from crossload.runner.versions import version_of
from crossload.runner.words import Container, Strategy

FILE = Path(__file__).with_name("known.yaml")


@dataclass(frozen=True)
class FileFacts(Strict):
    """What the file must be like; everything that is given must hold, one of each list."""

    container: Several[Container] = ()
    keras: Range | None = None
    tensorflow: Range | None = None
    generation: Several[int] = ()
    features: Several[Feature] = ()
    classes: Several[str] = ()
    keys: Several[str] = ()
    operations: Several[str] = ()
    role: Role | None = None
    compiled: bool | None = None

    @cached_property
    def ranges(self) -> tuple[tuple[str, SpecifierSet], ...]:
        given = (("keras", self.keras), ("tensorflow", self.tensorflow))
        return tuple((name, SpecifierSet(text)) for name, text in given if text is not None)

    def hold(self, file: File) -> str | None:
        """The class that the file has of those asked for ("" for none asked); None if not."""
        inspection = file.inspection
        holds = (
            not self.container or inspection.container in self.container,
            not self.generation or inspection.generation in self.generation,
            self.compiled is None or inspection.training.compiled is self.compiled,
            not self.operations or not set(self.operations).isdisjoint(inspection.operations),
            file.features.issuperset(self.features),
            all(_inside(getattr(inspection.origin, name), want) for name, want in self.ranges),
        )
        if not all(holds):
            return None
        asked = self.classes or self.keys or self.role is not None
        return self._subject(inspection) if asked else ""

    def _subject(self, inspection: Inspection) -> str | None:
        for one in inspection.objects:
            if self.role is not None and one.role is not self.role:
                continue
            if self.classes and one.class_name not in self.classes:
                continue
            if all(key in one.keys for key in self.keys):
                return one.class_name
        return None


@dataclass(frozen=True)
class KnownRule(Strict):
    """One rule: which files, where, and what it is called in the catalogue."""

    id: Identifier
    sentence: Sentence
    cause: Identifier | None = None
    file: FileFacts = field(default_factory=FileFacts)
    loader: Facts = field(default_factory=Facts)
    avoided_by: tuple[Strategy, ...] = ()


@dataclass(frozen=True)
class _KnownFile(Strict):
    rules: tuple[KnownRule, ...]


class File:
    """An inspection with what follows from it, worked out once for all environments."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self.features = features_of(inspection)
        self.paths = frozenset(one.path for one in inspection.objects)


def known_problems(file: File, environment: AtlasEnvironment) -> Iterator[Reason]:
    """The rules that hold for this file there."""
    facts = facts_of(environment)
    for rule in known_rules():
        if not facts.fulfils(rule.loader):
            continue
        subject = rule.file.hold(file)
        if subject is not None:
            yield Reason(
                rule=Rule.KNOWN,
                sentence=rule.sentence,
                cause=rule.cause,
                subject=subject or rule.id,
                avoided_by=rule.avoided_by,
            )


@lru_cache(maxsize=1)
def known_rules() -> tuple[KnownRule, ...]:
    """The rules that travel with the program."""
    return _KnownFile.read(read_yaml(FILE)).rules


@lru_cache(maxsize=200)
def _facts(
    identifier: str, api: str, backend: str, versions: tuple[tuple[str, str], ...]
) -> EnvironmentFacts:
    read = {name: version for name, text in versions if (version := _version(text)) is not None}
    return EnvironmentFacts(identifier, api, backend, read)


def facts_of(environment: AtlasEnvironment) -> EnvironmentFacts:
    """The environment as the catalogue's conditions see it."""
    versions = {**environment.versions, "keras": environment.keras, "python": environment.python}
    return _facts(
        environment.id, environment.api, environment.backend, tuple(sorted(versions.items()))
    )


def _version(text: str) -> Version | None:
    """The version before a hyphen, so that 2.16.0-rc1 counts as 2.16.0."""
    return version_of(text.partition("-")[0])


def _inside(text: str | None, wanted: SpecifierSet) -> bool:
    version = _version(text) if text else None
    return version is not None and wanted.contains(version, prereleases=True)
