"""The reference models' names and traits, read from the probes' own list.

Owns parsing that file; building the models is the probes' business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from crossload.runner.errors import ConfigurationError

CATALOGUE_FILE = "crossload_probe/models/catalogue.json"


class ModelTraits(BaseModel):
    """What decides which ways of loading make sense for a model.

    `file` is the module of the probe's `models` that builds it. `own` says that it is the user's:
    what is at hand of its code is tried before anything is given up. `adopted` says that its file
    was there before any saver, so that "saving" it is loading it; `keras_1` that Keras 1 wrote it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    file: str = ""
    title: str = ""
    compiled: bool = False
    custom: bool = False
    code: bool = False
    own: bool = False
    adopted: bool = False
    keras_1: bool = False


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    models: tuple[ModelTraits, ...]


def read_catalogue(probes: Path) -> dict[str, ModelTraits]:
    """Return the reference models of a probes folder by name, in the order of the file.

    Raises:
        ConfigurationError: the file is missing or not what it should be.
    """
    path = probes / CATALOGUE_FILE
    try:
        parsed = _File.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(
            f"the list of reference models {str(path)!r} cannot be read: {error}",
            "restore the file from the release, or reinstall crossload",
        ) from error
    return {model.name: model for model in parsed.models}


def with_cases(
    catalogue: Mapping[str, ModelTraits], cases: Iterable[str]
) -> dict[str, ModelTraits]:
    """The same with scripted cases, of which nothing is known but that they load plainly."""
    return {**catalogue, **{name: ModelTraits(name=name) for name in cases}}
