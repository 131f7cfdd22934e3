"""What a rule asks of an environment, and whether an environment fulfils it.

Owns the texts that rules are made of and these two values. Which rules there are is known to the
catalogue of causes, to predictions and to advisories; all of them say it in these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from crossload.runner.strict import AtMost, Matches, Several, Strict
from crossload.runner.words import Api, Backend


def _specifier(text: str) -> str:
    SpecifierSet(text)
    return text


Range = Annotated[str, _specifier]
Identifier = Annotated[str, Matches(r"^[a-z0-9]+(-[a-z0-9.]+)*\Z"), AtMost(60)]
Sentence = Annotated[str, Matches(r"(?s)^.{9,}[^.\s]\Z"), AtMost(300)]

_BELOW = frozenset({"h5py", "numpy", "protobuf"})


@dataclass(frozen=True)
class Facts(Strict):
    """What one of the two environments must be like; everything that is given must hold.

    `keras` is the version of the Keras in use, whatever its package; `generation` is its first
    number, where all that belongs to Keras 2 (TensorFlow 1's too) counts as 2.
    """

    api: Several[Api] = ()
    backend: Several[Backend] = ()
    generation: Several[int] = ()
    python: Range | None = None
    tensorflow: Range | None = None
    keras: Range | None = None
    h5py: Range | None = None
    numpy: Range | None = None
    protobuf: Range | None = None

    @cached_property
    def ranges(self) -> Mapping[str, SpecifierSet]:
        """The version ranges by package."""
        names = ("python", "tensorflow", "keras", "h5py", "numpy", "protobuf")
        given = ((name, getattr(self, name)) for name in names)
        return {name: SpecifierSet(text) for name, text in given if text is not None}

    @property
    def names_packages_only(self) -> bool:
        """Whether it asks for a package below Keras, and for nothing that makes another Keras."""
        others = self.api or self.backend or self.generation
        return not others and set(self.ranges) <= _BELOW


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


def _gap(one: Version | None, other: Version | None) -> float:
    if one is None or other is None:
        return float(one is not other) * 1000
    # On one line, so that the last 2.x is nearer to 3.0 than the first is.
    return abs(_position(one) - _position(other)) + (one != other) / 10


def _position(version: Version) -> int:
    return version.major * 100 + version.minor
