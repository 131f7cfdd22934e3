"""From the paths and files that a user names to subjects, with every mistake told at once.

Owns what a path may be, the names that subjects get, and which facts of a file decide how it is
loaded. The files' bytes are `runner.inspection`'s to read and `packing`'s to copy.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from runner.config.problems import shown_path
from runner.errors import UsageError
from runner.inspection.checkpoint import find_index
from runner.inspection.inspecting import inspect
from runner.inspection.model import Container, Contents, FindingKind, Inspection
from runner.inspection.sniffing import NotAModelError, sniff
from runner.probing.catalogue import ModelTraits
from runner.probing.store import ArtifactStore
from runner.subjects.model import Subject, SubjectTask
from runner.subjects.packing import Source, files_below, pack
from runner.words import Format

SUFFIXES = frozenset({".h5", ".hdf5", ".keras", ".json", ".yaml", ".yml"})
_BY_CONTAINER = {
    Container.HDF5: Format.H5,
    Container.KERAS_ZIP: Format.KERAS,
    Container.KERAS_FOLDER: Format.KERAS,
    Container.SAVEDMODEL: Format.SAVEDMODEL,
}
_WEIGHTS_ONLY = frozenset({Format.WEIGHTS_H5, Format.WEIGHTS_TF})
_MOST_CODE = 2_000_000  # bytes
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Given:
    """What a user gives beside the models: code, arrays, the weights of an architecture file."""

    custom_objects: Path | None = None
    inputs: Path | None = None
    outputs: Path | None = None
    weights: Path | None = None


def read_subjects(
    paths: Sequence[Path],
    given: Given,
    taken: Collection[str],
    store: ArtifactStore,
    scratch: Path,
) -> tuple[Subject, ...]:
    """Every model that the paths name; a folder that is no model stands for those in it.

    Args:
        paths: model files, scripts (`.py`) with a function `build`, or folders.
        given: what goes with all of them.
        taken: names that no subject may have: those of reference models and cases.
        store: takes the files.
        scratch: a folder for copies on their way there.

    Raises:
        UsageError: with one line for each path that cannot be used.
        StorageError: the files cannot be stored.
    """
    mistakes: list[str] = []
    module, code = _code(given.custom_objects, mistakes)
    for option, path in (("--inputs", given.inputs), ("--outputs", given.outputs)):
        if path is not None:
            mistakes += [f"{option}: {text}" for text in _array_mistakes(path)]
    found: list[tuple[Source, Inspection | None]] = []
    for path in _models(paths, mistakes):
        try:
            one = _script(path, given) if path.suffix == ".py" else _file(path, given, code)
        except UsageError as error:
            mistakes.append(str(error))
            continue
        source = replace(one[0], inputs=given.inputs, outputs=given.outputs)
        if module is not None:
            source = replace(source, module=module, code=code)
        found.append((source, one[1]))
    if mistakes:
        raise UsageError(
            "\n".join(mistakes), "correct these; `crossload inspect` says what a file is"
        )
    names = _names([source.path for source, _ in found], taken)
    return tuple(
        _subject(name, source, inspection, store, scratch)
        for name, (source, inspection) in zip(names, found, strict=True)
    )


def _models(paths: Sequence[Path], mistakes: list[str]) -> Iterator[Path]:
    """The paths, with a folder of models replaced by what is in it; each once."""
    seen: set[Path] = set()
    for path in paths:
        inner = [path]
        if path.is_dir() and not _is_model(path):
            inner = sorted(one for one in path.iterdir() if _looks_like_model(one))
            if not inner:
                mistakes.append(
                    f"{shown_path(path)} is neither a model nor a folder with models "
                    f"({', '.join(sorted(SUFFIXES))}, SavedModel) in it"
                )
        for one in inner:
            if one.resolve() not in seen:
                seen.add(one.resolve())
                yield one


def _is_model(path: Path) -> bool:
    try:
        sniff(path)
    except NotAModelError:
        return False
    return True


def _looks_like_model(path: Path) -> bool:
    if path.is_dir():
        return _is_model(path)
    return path.suffix.lower() in SUFFIXES


def _file(path: Path, given: Given, code: str | None) -> tuple[Source, Inspection]:
    """A model file and what it says of itself.

    Raises:
        UsageError: it is none that could be loaded with what was given.
    """
    inspection = inspect(path)
    file_format = _format_of(path, inspection)
    if file_format in _WEIGHTS_ONLY and "def build" not in (code or ""):
        raise UsageError(
            f"{shown_path(path)} holds weights only: --custom-objects must name a Python file with "
            "a function build() that returns the model"
        )
    unsafe = any(one.kind is FindingKind.CODE for one in inspection.findings)
    payload, files = _payload(path, file_format, inspection, given)
    return Source(path, payload, tuple(files), unsafe=unsafe), inspection


def _format_of(path: Path, inspection: Inspection) -> Format:
    if inspection.container is Container.WEIGHTS_LIST:
        raise UsageError(
            f"{shown_path(path)} lists weights in several files, which are not loaded yet; "
            "save them as one file"
        )
    file_format = inspection.format or _BY_CONTAINER.get(inspection.container)
    if file_format is None:
        raise UsageError(
            f"{shown_path(path)} is no file that Keras writes: expected HDF5, a .keras archive, a "
            "SavedModel folder, a checkpoint, or an architecture in JSON or YAML"
        )
    return file_format


def _payload(
    path: Path, file_format: Format, inspection: Inspection, given: Given
) -> tuple[str, list[tuple[Path, str]]]:
    """The name of the payload's one entry, and every file in it with its place."""
    if file_format is Format.WEIGHTS_TF:
        return "weights", _checkpoint(path)
    if file_format is Format.JSON_WEIGHTS:
        if given.weights is None:
            raise UsageError(
                f"{shown_path(path)} holds an architecture without weights: name the file of its "
                "weights with --weights"
            )
        if inspection.contents is Contents.ARCHITECTURE and path.suffix in {".yaml", ".yml"}:
            raise UsageError(f"{shown_path(path)} is YAML, which TensorFlow no longer reads: JSON")
        places = ((path, "architecture.json"), (given.weights, "model.weights.h5"))
        return "model", [(one, f"model/{name}") for one, name in places]
    if path.is_dir():
        name = f"model{path.suffix}" if path.suffix in SUFFIXES else "model"
        return name, list(files_below(path, name))
    if path.name == "saved_model.pb":
        return "model", list(files_below(path.parent, "model"))
    name = f"model{path.suffix}"
    return name, [(path, name)]


def _checkpoint(path: Path) -> list[tuple[Path, str]]:
    """The files of one checkpoint, under the name that probes know."""
    index = find_index(path)
    if index is None:
        raise UsageError(f"{shown_path(path)} is a checkpoint without a file that ends in .index")
    stem = index.name.removesuffix(".index")
    shards = sorted(index.parent.glob(f"{stem}.data-*"))
    return [(one, f"weights/weights{one.name.removeprefix(stem)}") for one in (index, *shards)]


def _script(path: Path, given: Given) -> tuple[Source, None]:
    """A Python file that builds the model.

    Raises:
        UsageError: it cannot be read, is not Python, or has no function `build`.
    """
    if given.custom_objects is not None:
        raise UsageError(
            f"{shown_path(path)} is a script, which has its own code: --custom-objects is for files"
        )
    text = _text(path)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        where = f":{error.lineno}" if isinstance(error, SyntaxError) else ""
        raise UsageError(f"{shown_path(path)}{where}: this is not Python: {error}") from None
    if not any(isinstance(one, ast.FunctionDef) and one.name == "build" for one in tree.body):
        raise UsageError(
            f"{shown_path(path)} defines no function build(), which returns the model to be saved"
        )
    source = Source(path, "build.py", ((path, "build.py"),), module=_module(path), code=text)
    return source, None


def _code(path: Path | None, mistakes: list[str]) -> tuple[str | None, str | None]:
    """The module's name and the text of `--custom-objects`."""
    if path is None:
        return None, None
    try:
        return _module(path), _text(path)
    except UsageError as error:
        mistakes.append(f"--custom-objects: {error}")
        return None, None


def _module(path: Path) -> str:
    name = re.sub(r"\W", "_", path.stem)
    return name if name.isidentifier() else f"_{name}"


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_CODE:
            raise UsageError(f"{shown_path(path)} has more than {_MOST_CODE} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{shown_path(path)}: {error.strerror or error}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{shown_path(path)} is not text in UTF-8") from None


def _array_mistakes(path: Path) -> list[str]:
    """What is wrong with a file of arrays."""
    shown = shown_path(path)
    try:
        loaded = np.load(path, allow_pickle=False)
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            return [f"{shown} holds one array, expected an .npz file (numpy.savez)"]
        with loaded as arrays:
            for name in arrays.files:
                if arrays[name].dtype.kind not in "biufUc":
                    return [f"{shown}: array {name!r} holds {arrays[name].dtype}, expected numbers"]
            return [] if arrays.files else [f"{shown} holds no array"]
    except OSError as error:
        return [f"{shown} cannot be read: {error.strerror or error}"]
    except Exception as error:  # noqa: BLE001 - numpy and zipfile raise what they like for bad files
        return [f"{shown} is no .npz file: {str(error)[:200]}"]


def _names(paths: Sequence[Path], taken: Collection[str]) -> list[str]:
    """A name for each path that can stand in a cell's id; no two alike."""
    used = set(taken)
    names = []
    for path in paths:
        stem = path.parent.name if path.name == "saved_model.pb" else path.stem
        base = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:_LONGEST_NAME] or "model"
        base = f"own-{base}" if base in taken else base
        name, number = base, 1
        while name in used:
            number += 1
            name = f"{base}-{number}"
        used.add(name)
        names.append(name)
    return names


def _subject(
    name: str, source: Source, inspection: Inspection | None, store: ArtifactStore, scratch: Path
) -> Subject:
    artifact = pack(source, store, scratch)
    own = source.code is not None
    if inspection is None:
        traits = ModelTraits(name=name, title=str(source.path), compiled=True, own=True, custom=own)
        return Subject(name, source.path, traits, artifact.digest, None, SubjectTask.BUILD)
    traits = ModelTraits(
        name=name,
        title=str(source.path),
        compiled=inspection.training.compiled,
        custom=own,
        code=source.unsafe,
        own=True,
    )
    return Subject(
        name,
        source.path,
        traits,
        artifact.digest,
        _format_of(source.path, inspection),
        bytes=artifact.payload_bytes,
        inspection=inspection,
    )
