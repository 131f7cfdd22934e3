"""Fills in the sentence of a cause with the names and versions of one cell.

Owns what a sentence says where something is unknown: a version that is not known is left out with
the space before it, and a file and a Keras are called what they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from packaging.version import Version

from crossload.runner.conditions import EnvironmentFacts
from crossload.runner.formats import FORMATS
from crossload.runner.words import Format

SIDES = ("saver", "loader")
# What every sentence may name without a pattern's help.
CELL_NAMES = frozenset(
    {f"{side}_{name}" for side in SIDES for name in ("keras", "tensorflow", "python", "backend")}
    | {"writer", "here", "file", "backend", "code_python", "had_by"}
)
_CONFIGURATION = "config.json in a .keras file, the attribute model_config in HDF5"
_NAMED_AFTER_KERAS = Version("2.5")  # before it, the number of tf.keras was not what one installed
UNKNOWN = "?"
_PLACEHOLDER = re.compile(r"( ?)\{(\w+)\}")


@lru_cache(maxsize=20_000)
def cell_names(
    saver: EnvironmentFacts | None,
    loader: EnvironmentFacts | None,
    file_format: Format | None,
    code_python: str = "",
    *,
    adopted: bool = False,
) -> Mapping[str, str]:
    """The names of a cell for `filled`; those of nothing in particular where nothing is known.

    `adopted`: the file existed before, so the saver is not what wrote it.
    """
    names = {
        "here": _version(loader) or "this version",
        "loader_backend": UNKNOWN,
        "saver_backend": UNKNOWN,
        "writer": "" if adopted else _version(saver),
        "file": "file" if file_format is None else file_word(file_format),
    }
    names["writer"] = names["writer"] or "the version that saved it"
    for side, facts in zip(SIDES, (saver, loader), strict=True):
        if facts is not None:
            names |= {f"{side}_{name}": text for name, text in facts.shown.items()}
    # A file that existed before was written by another Python than the environment that loaded it.
    python = names.get("saver_python", UNKNOWN)
    own = "another Python" if python == UNKNOWN else f"Python {python}"
    return names | {"code_python": code_python or own}


def filled(sentence: str, names: Mapping[str, str]) -> str:
    """The sentence with every placeholder replaced, or left out where its name is unknown."""

    def word(match: re.Match[str]) -> str:
        name = names.get(match[2], "")
        return "" if name in {"", UNKNOWN} else match[1] + name

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
        return f"TensorFlow {facts.text('tensorflow')}"
    return f"{'tf-keras' if facts.api == 'tf_keras' else 'Keras'} {keras}"
