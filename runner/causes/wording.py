"""Fills in the sentence of a cause with the names and versions of one cell.

Owns what a sentence says where something is unknown: "this version", "this backend", "the file". So
that it reads well then, too, every name of a cell stands for a whole phrase ("the jax backend").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from packaging.version import Version

from crossload.runner.conditions import EnvironmentFacts
from crossload.runner.formats import FORMATS
from crossload.runner.words import Format

# What every sentence may name without a pattern's help.
CELL_NAMES = frozenset(
    {"writer", "here", "file", "backend", "tensorflow_here", "python_here", "code_python", "had_by"}
)
_CONFIGURATION = "config.json in a .keras file, the attribute model_config in HDF5"
_NAMED_AFTER_KERAS = Version("2.5")  # before it, the number of tf.keras was not what one installed
_PLACEHOLDER = re.compile(r"( ?)\{(\w+)\}")


@lru_cache(maxsize=20_000)
def cell_names(
    saver: EnvironmentFacts | None,
    loader: EnvironmentFacts | None,
    file_format: Format | None,
    code_python: str = "",
    *,
    adopted: bool = False,
    saving: bool = False,
) -> Mapping[str, str]:
    """The names of a cell for `filled`; those of nothing in particular where nothing is known.

    `adopted`: the file existed before, so the saver is not what wrote it. `saving`: it happened
    there, so that the backend, TensorFlow and Python are the saver's.
    """
    place = saver if saving else loader
    backend = "" if place is None else place.backend
    # A file that existed before was written by another Python than the environment that loaded it.
    own = _numbered("Python", saver, "python")
    return {
        "here": _version(loader) or "this version",
        "writer": ("" if adopted else _version(saver))
        or ("this version" if saving else "the version that saved the file"),
        "file": "file" if file_format is None else file_word(file_format),
        "backend": f"the {backend} backend" if backend else "this backend",
        "tensorflow_here": _numbered("TensorFlow", place, "tensorflow") or "this TensorFlow",
        "python_here": _numbered("Python", place, "python") or "this Python",
        "code_python": code_python or own or "another Python",
    }


def _numbered(name: str, facts: EnvironmentFacts | None, package: str) -> str:
    """A package with its version; empty where that is unknown."""
    version = None if facts is None else facts.versions.get(package)
    return "" if version is None else f"{name} {version}"


def filled(sentence: str, names: Mapping[str, str]) -> str:
    """The sentence with every placeholder replaced, or left out where its name is unknown."""

    def word(match: re.Match[str]) -> str:
        name = names.get(match[2], "")
        return match[1] + name if name else ""

    return _PLACEHOLDER.sub(word, sentence)


def file_word(file_format: Format) -> str:
    """What a file of that format is called: ".keras file"."""
    return FORMATS[file_format].noun


def remedy_sentence(sentence: str, file_format: Format | None = None) -> str:
    """The sentence of a remedy, for a file of that format or for any."""
    place = FORMATS[file_format].configuration if file_format is not None else ""
    return filled(sentence, {"configuration": place or _CONFIGURATION})


def _version(facts: EnvironmentFacts | None) -> str:
    """What a user calls that Keras: the one inside an old TensorFlow by TensorFlow's version."""
    keras = None if facts is None else facts.versions.get("keras")
    if facts is None or keras is None:
        return ""
    if facts.api == "tf.keras" and keras < _NAMED_AFTER_KERAS and "tensorflow" in facts.versions:
        return f"TensorFlow {facts.versions['tensorflow']}"
    return f"{'tf-keras' if facts.api == 'tf_keras' else 'Keras'} {keras}"
