"""Reads the list of reference models that lies beside the probes.

Owns parsing that file; the probes build the models.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from crossload.runner.errors import ConfigurationError
from crossload.runner.models.traits import ModelTraits

MODELS_FILE = "crossload_probe/models/models.json"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    models: tuple[ModelTraits, ...]


def read_models(probes: Path) -> dict[str, ModelTraits]:
    """Return the reference models of a probes folder by name, in the order of the file.

    Raises:
        ConfigurationError: the file is missing or not a list of models.
    """
    path = probes / MODELS_FILE
    try:
        parsed = _File.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(
            f"the list of reference models {str(path)!r} cannot be read: {error}",
            "restore the file from the release, or reinstall crossload",
        ) from error
    return {model.name: model for model in parsed.models}
