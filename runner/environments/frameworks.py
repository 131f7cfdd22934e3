"""What is known of frameworks: Pythons with wheels, release days, sizes; read from data.

Owns the reading of `frameworks.yaml` and the questions asked of it. A version newer than the data
is treated as the newest known one, except for its release day, which cannot be guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from packaging.version import Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from runner.words import Backend

DATA = Path(__file__).with_name("frameworks.yaml")


def _version(text: str) -> str:
    Version(text)
    return text


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


VersionText = Annotated[str, AfterValidator(_version)]
Releases = Mapping[VersionText, Annotated[str, AfterValidator(_day)]]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Minor(_Entry):
    """One minor version of TensorFlow."""

    pythons: tuple[VersionText, ...] = Field(min_length=1)
    releases: Releases
    download_mb: int = Field(gt=0)
    disk_mb: int = Field(gt=0)
    source: tuple[str, ...] = ()


class TensorFlow(_Entry):
    """All of TensorFlow; `distributions` names its CPU build by platform."""

    distributions: Mapping[str, str]
    without_cpu_build: tuple[VersionText, ...]
    minors: Mapping[VersionText, Minor]


class Standalone(_Entry):
    """A Keras that is released on its own."""

    distribution: str
    releases: Releases


class BackendEntry(_Entry):
    """What Keras needs beside itself on a backend other than TensorFlow."""

    requirements: tuple[str, ...]
    pythons: tuple[VersionText, ...] = Field(min_length=1)
    download_mb: int = Field(gt=0)
    disk_mb: int = Field(gt=0)
    source: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}


class Frameworks(_Entry):
    """The whole of the data."""

    period_days: int = Field(gt=0)
    tensorflow: TensorFlow
    keras: Standalone
    tf_keras: Standalone
    backends: Mapping[Backend, BackendEntry]

    def minor_of(self, tensorflow: str) -> Minor:
        """The entry for a version such as "2.15" or "2.15.1"; the nearest older if unknown."""
        minors = sorted(self.tensorflow.minors, key=Version)
        wanted = Version(tensorflow).release[:2]
        older = [minor for minor in minors if Version(minor).release <= wanted]
        return self.tensorflow.minors[older[-1] if older else minors[0]]

    def knows(self, tensorflow: str) -> bool:
        """Whether the data has this minor version itself."""
        return ".".join(str(part) for part in Version(tensorflow).release[:2]) in (
            self.tensorflow.minors
        )

    def distribution(self, tensorflow: str, platform: str) -> str:
        """Name of the package to install for this version on this platform."""
        names = self.tensorflow.distributions
        if tensorflow in self.tensorflow.without_cpu_build:
            return names["default"]
        return names.get(platform, names["default"])


def release_day(releases: Releases, version: str) -> date | None:
    """When `version` came out; of "2.15" when its newest patch did; None if that is not known."""
    parts = Version(version).release
    fitting = [
        known
        for known in releases
        if known == version or (len(parts) == 2 and Version(known).release[:2] == parts)
    ]
    return date.fromisoformat(releases[max(fitting, key=Version)]) if fitting else None


@lru_cache(maxsize=1)
def load_frameworks() -> Frameworks:
    """The data beside this module, read once."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Frameworks.model_validate(yaml.load(DATA.read_text("utf-8"), Loader=loader))  # noqa: S506  (a safe loader, the fast one)
