"""What is known of frameworks: Pythons with wheels, release days, sizes; read from data.

Owns the reading of `frameworks.yaml` and the questions asked of it. A file of the same name and
form beside the matrix adds what came out since this crossload did. A version newer than all of the
data is treated as the newest known one, except for its release day, which cannot be guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from packaging.version import Version
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from crossload.runner.config.files import read_text
from crossload.runner.config.problems import shown_path
from crossload.runner.errors import ConfigurationError
from crossload.runner.shipped import is_installed, shipped_path
from crossload.runner.versions import minor_of
from crossload.runner.words import Backend

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
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


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
    source: tuple[str, ...] = ()


class BackendEntry(_Entry):
    """What Keras needs beside itself on a backend other than TensorFlow."""

    requirements: tuple[str, ...]
    pythons: tuple[VersionText, ...] = Field(min_length=1)
    keras: VersionText | None = None
    download_mb: int = Field(gt=0)
    disk_mb: int = Field(gt=0)
    source: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}


class RowsFrom(_Entry):
    """The first minor version of each that a matrix can have rows of."""

    python: VersionText
    tensorflow: VersionText
    keras: VersionText
    tf_keras: VersionText


class Frameworks(_Entry):
    """The whole of the data."""

    period_days: int = Field(gt=0)
    rows_from: RowsFrom
    tensorflow: TensorFlow
    keras: Standalone
    tf_keras: Standalone
    backends: Mapping[Backend, BackendEntry]
    libraries: Mapping[str, str] = {}

    def minor_of(self, tensorflow: str) -> Minor:
        """The entry for a version such as "2.15" or "2.15.1"; the nearest older if unknown."""
        minors = sorted(self.tensorflow.minors, key=Version)
        wanted = Version(tensorflow).release[:2]
        older = [minor for minor in minors if Version(minor).release <= wanted]
        return self.tensorflow.minors[older[-1] if older else minors[0]]

    def knows(self, tensorflow: str) -> bool:
        """Whether the data has this minor version itself."""
        return minor_of(tensorflow) in self.tensorflow.minors

    def distribution(self, tensorflow: str, platform: str) -> str:
        """Name of the package to install for this version on this platform."""
        names = self.tensorflow.distributions
        first = Version(self.rows_from.tensorflow)  # there was no CPU build before it
        if tensorflow in self.tensorflow.without_cpu_build or Version(tensorflow) < first:
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


def knowledge_file(matrix: Path) -> Path:
    """Where new knowledge belongs: for the matrix of a clone this data, else beside the matrix."""
    shipped = shipped_path("matrix.yaml")
    if not is_installed() and matrix.resolve() == shipped.resolve():
        return DATA
    return matrix.absolute().parent / DATA.name


@dataclass
class _Choice:
    """The file beside the matrix that this process works with; a process has one matrix."""

    beside: Path | None = None


_CHOICE = _Choice()


def use_knowledge_of(matrix: Path) -> None:
    """From now on, `load_frameworks` adds what stands beside this matrix."""
    file = knowledge_file(matrix)
    _CHOICE.beside = file if file != DATA and file.is_file() else None
    _load.cache_clear()


def load_frameworks() -> Frameworks:
    """The data beside this module and what the matrix's own file adds to it, read once.

    Raises:
        ConfigurationError: that file has mistakes.
    """
    return _load(_CHOICE.beside)


@lru_cache(maxsize=2)
def _load(beside: Path | None) -> Frameworks:
    shipped = _parse(DATA.read_text("utf-8"))
    if beside is None:
        return Frameworks.model_validate(shipped)
    try:
        return Frameworks.model_validate(merged(shipped, _parse(read_text(beside)) or {}))
    except (ValidationError, yaml.YAMLError, TypeError) as error:
        raise ConfigurationError(
            f"{shown_path(beside)}: {_told(error)}",
            "correct the file, or remove it: `crossload releases --write` writes it again",
        ) from error


def merged(known: object, added: object) -> object:
    """Mappings and lists united, anything else replaced by what is added.

    Raises:
        TypeError: one is a mapping or a list and the other is not.
    """
    if isinstance(known, dict) and isinstance(added, dict):
        both = {key: merged(known[key], added[key]) for key in known.keys() & added.keys()}
        return {**known, **added, **both}
    if isinstance(known, list) and isinstance(added, list):
        return [*known, *(each for each in added if each not in known)]
    if isinstance(known, (dict, list)) or isinstance(added, (dict, list)):
        raise TypeError(f"found {added!r} in place of {type(known).__name__}")
    return added


def _parse(text: str) -> object:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(text, Loader=loader)  # noqa: S506  (a safe loader, the fast one)


def _told(error: Exception) -> str:
    if isinstance(error, ValidationError):
        details = error.errors(include_url=False)
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in details)
    return " ".join(str(error).split())
