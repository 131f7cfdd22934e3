"""The environment that is active in the shell that called, and the variables that choose its Keras.

Owns what `.` means in place of an environment. `adopting` looks at what is found.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from crossload.runner.environments.marker import python_in

_LEGACY = "TF_USE_LEGACY_KERAS"
_BACKEND = "KERAS_BACKEND"


def active_python(variables: Mapping[str, str]) -> Path | None:
    """The Python of the active environment; None if there is none at all.

    A virtual environment comes before conda's, and both before whatever `python` is on PATH.
    """
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        folder = variables.get(name)
        if folder and (python := python_of(Path(folder))) is not None:
            return python
    search = variables.get("PATH", os.defpath)
    found = shutil.which("python", path=search) or shutil.which("python3", path=search)
    return Path(found) if found else None


def python_of(place: Path) -> Path | None:
    """The Python that a path means: itself, or that of an environment's folder; None if neither."""
    if place.is_file():
        return place
    return next((one for one in (python_in(place), place / "python.exe") if one.is_file()), None)


def chosen_keras(variables: Mapping[str, str]) -> dict[str, object]:
    """What these variables say of the active environment's Keras, as keys of a specification."""
    values: dict[str, object] = {}
    if backend := variables.get(_BACKEND):
        values["backend"] = backend
    if _LEGACY in variables:
        values["variables"] = {_LEGACY: variables[_LEGACY]}
    return values
