"""Which files make up one model, and what they are loaded as.

Owns the format of a user's file, the payload that a probe finds, and what cannot be loaded with
what was given. `runner.inspection` reads what is inside the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crossload.runner.config.problems import shown_path
from crossload.runner.errors import UsageError
from crossload.runner.formats import BY_CONTAINER, BY_SUFFIX, FORMATS
from crossload.runner.inspection.checkpoint import find_index
from crossload.runner.inspection.model import Contents, Inspection
from crossload.runner.words import Container, Format

_WEIGHTS_SUFFIX = ".weights.h5"  # which newer versions read in another way than .h5
_YAML = frozenset({".yaml", ".yml"})
_MOST_UNREADABLE = 200_000_000  # bytes of a file that nothing could be read from
_SUFFIXES = frozenset({*BY_SUFFIX, ".json", *_YAML})

Place = tuple[Path, str]


def format_of(path: Path, inspection: Inspection) -> Format:
    """What the file is loaded as.

    Raises:
        UsageError: it is nothing that Keras writes.
    """
    if inspection.container is Container.WEIGHTS_LIST:
        raise UsageError(
            f"{shown_path(path)} lists weights in several files, which crossload cannot load "
            "yet: save them as one file"
        )
    file_format = inspection.format or BY_CONTAINER.get(inspection.container)
    if file_format is None:
        # Without a signature its name decides: loaders shall say what they make of it.
        file_format = BY_SUFFIX.get(path.suffix.lower())
    if file_format is None:
        raise UsageError(
            f"{shown_path(path)} is not a file that Keras writes: expected HDF5, a .keras "
            "archive, a SavedModel folder, a checkpoint, or an architecture in JSON"
        )
    return file_format


def check_contents(path: Path, inspection: Inspection, *, has_build: bool) -> None:
    """Raise for a file that nobody could load, however it is tried.

    Raises:
        UsageError: weights without the model's code, or a big file with nothing readable in it.
    """
    if FORMATS[format_of(path, inspection)].needs_build and not has_build:
        raise UsageError(
            f"{shown_path(path)} holds weights only: --custom-objects must name a Python file with "
            "a function build() that returns the model"
        )
    if inspection.contents is Contents.NOTHING and path.is_file():
        size = path.stat().st_size
        if size > _MOST_UNREADABLE:
            why = inspection.findings[0].text if inspection.findings else "it holds no model"
            raise UsageError(
                f"nothing can be read from {shown_path(path)} ({size / 1e9:.1f} GB): {why}"
            )


def payload_of(path: Path, inspection: Inspection, weights: Path | None) -> tuple[str, list[Place]]:
    """The name of the payload's one entry, and every file in it with its place.

    Raises:
        UsageError: something that belongs to it is missing, or leads out of its folder.
    """
    format_of(path, inspection)  # raises for what is no model
    if inspection.container is Container.CHECKPOINT:
        return "weights", _checkpoint(path)
    if inspection.container is Container.ARCHITECTURE:
        return "model", _architecture(path, weights)
    if path.is_dir():
        name = f"model{path.suffix}" if path.suffix in _SUFFIXES else "model"
        return name, list(_files_below(path, name))
    if path.name == "saved_model.pb":
        return "model", list(_files_below(path.parent, "model"))
    name = f"model{_suffix(path)}"
    return name, [(path, name)]


def _suffix(path: Path) -> str:
    """The part of the name that loaders go by."""
    if path.name.lower().endswith(_WEIGHTS_SUFFIX):
        return path.name[-len(_WEIGHTS_SUFFIX) :]
    return path.suffix if path.suffix.isascii() else ""


def _architecture(path: Path, weights: Path | None) -> list[Place]:
    if path.suffix.lower() in _YAML:
        raise UsageError(
            f"{shown_path(path)} is YAML, which TensorFlow no longer reads: save it as JSON"
        )
    if weights is None:
        raise UsageError(
            f"{shown_path(path)} holds an architecture without weights: name the file of its "
            "weights with --weights"
        )
    places = ((path, "architecture.json"), (weights, "model.weights.h5"))
    return [(one, f"model/{name}") for one, name in places]


def _checkpoint(path: Path) -> list[Place]:
    """The files of one checkpoint, under the name that probes know."""
    index = find_index(path)
    if index is None:
        raise UsageError(f"{shown_path(path)} is a checkpoint without a file that ends in .index")
    stem = index.name.removesuffix(".index")
    shards = sorted(one for one in index.parent.iterdir() if one.name.startswith(f"{stem}.data-"))
    return [(one, f"weights/weights{one.name.removeprefix(stem)}") for one in (index, *shards)]


def _files_below(folder: Path, place: str) -> Iterator[Place]:
    """Every file of a folder with its place in the payload.

    Raises:
        UsageError: a link leads out of the folder: what is there is nobody's model.
    """
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            raise UsageError(
                f"{shown_path(path)} links to a place outside the model's folder; if its target "
                "belongs to the model, copy it into the folder (cp -rL)"
            )
        if not path.is_dir():
            yield path, f"{place}/{path.relative_to(folder).as_posix()}"
