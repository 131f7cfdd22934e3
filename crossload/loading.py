"""`crossload.load_model` in a user's program: hands calls on to the code that the probes run.

Owns finding that code beside this file. It imports nothing but what the program's own Keras needs.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

_PACKAGE = "crossload_probe"
_FOLDER = Path(__file__).resolve().parent / "probes" / _PACKAGE


def _probe(name: str) -> ModuleType:
    """Import a module of the probes by its name within their package.

    The package keeps the name that its modules call each other by, but `sys.path` does not change.
    """
    if _PACKAGE not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            _PACKAGE, _FOLDER / "__init__.py", submodule_search_locations=[str(_FOLDER)]
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[_PACKAGE] = module
        spec.loader.exec_module(module)
    return importlib.import_module(f"{_PACKAGE}.{name}")


_facade = _probe("translate.facade")

LoadError: type[Exception] = _facade.LoadError


def load_model(
    path: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,  # noqa: A002, FBT001, FBT002 - the argument of Keras
    safe_mode: bool = True,  # noqa: FBT001, FBT002 - the argument of Keras
    *,
    translate: bool = False,
) -> Any:
    """Load a Keras model, whatever version of Keras wrote it, with the Keras of this program.

    Args:
        path: an HDF5 file, a `.keras` archive, a SavedModel, or a folder with a description in
            JSON and weights. What it is is decided by its content, not by its name.
        custom_objects: classes and functions by their names in the file; a function of a Lambda
            also by the name of its layer.
        compile: restore loss, metrics and optimizer.
        safe_mode: do not run code that is in the file, and import nothing that it names.
        translate: do not let Keras itself load the file first.

    Returns:
        The model. `model.crossload_report` says what was tried, changed and lost.

    Raises:
        LoadError: it could not be loaded; the message says what is in the way, and in which
            versions the file is predicted to load, if crossload's commands are installed.
    """
    try:
        return _facade.load_model(path, custom_objects, compile, safe_mode, translate)
    except LoadError as error:
        error.args = (f"{error}{_elsewhere(path)}",)
        raise


def _elsewhere(path: str | os.PathLike[str]) -> str:
    """A line on where the file is predicted to load, if what predicts it is installed."""
    try:
        advising = importlib.import_module("crossload.advising")
        found = advising.where_it_loads(Path(path))
    except Exception:  # noqa: BLE001 - the caller gets the load's own error
        return ""
    return f"\n{found}" if found else ""


def load_weights(model: Any, path: str | os.PathLike[str]) -> list[str]:
    """Give a model the weights of a file, by their own names where Keras' loader does not fit.

    Args:
        model: a Keras model that has its weights, that is, knows its input shape.
        path: a file or folder of a whole model or of weights alone, in any format of Keras.

    Returns:
        Texts that say how, where Keras' own loader was not enough.

    Raises:
        LoadError: there are no weights at the path, or they belong to another model.
    """
    found: list[str] = _facade.load_weights(model, path)
    return found
