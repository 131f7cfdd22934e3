"""From the paths and files that a user names to subjects, with all mistakes reported at once.

Owns what a path may be, the names that subjects get, and which facts of a file decide how it is
loaded. `runner.inspection` reads the files, `packing` copies them.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.config.problems import shown_path
from crossload.runner.errors import UsageError
from crossload.runner.inspection.inspecting import inspect
from crossload.runner.inspection.model import FindingKind, Inspection
from crossload.runner.inspection.sniffing import NotAModelError, sniff
from crossload.runner.models.traits import ModelTraits
from crossload.runner.subjects.arrays import array_mistakes
from crossload.runner.subjects.code import Code, defines_build, defines_objects, read_code
from crossload.runner.subjects.files import check_contents, format_of, payload_of
from crossload.runner.subjects.model import Subject
from crossload.runner.subjects.packing import Source, pack
from crossload.runner.words import SubjectTask

MODEL_SUFFIXES = frozenset({".h5", ".hdf5", ".keras"})
_LONGEST_NAME = 60
_MANY = 10_000  # entries of a folder of models


@dataclass(frozen=True)
class Given:
    """What a user gives beside the models: code, arrays, the weights of an architecture file."""

    custom_objects: Path | None = None
    inputs: Path | None = None
    outputs: Path | None = None
    weights: Path | None = None

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """(option, path as typed) of each."""
        named = ((name.replace("_", "-"), path) for name, path in vars(self).items())
        return tuple((option, str(path)) for option, path in named if path is not None)


@dataclass(frozen=True)
class LeftOut:
    """A file in a folder of models that cannot be measured, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Reading:
    """The models that paths named, what was left out of folders, and what was refused.

    `refused` are files that could run code where no sandbox contains it.
    """

    subjects: tuple[Subject, ...]
    left_out: tuple[LeftOut, ...] = ()
    refused: tuple[LeftOut, ...] = ()


@dataclass(frozen=True)
class _Found:
    source: Source
    inspection: Inspection | None


def read_subjects(
    paths: Sequence[Path],
    given: Given,
    taken: Collection[str],
    store: ArtifactStore,
    scratch: Path,
) -> Reading:
    """Every model that the paths name; a folder that is no model stands for those in it.

    A path that cannot be used is a mistake; a file in a folder that cannot be used is left out.

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
    code = _code(given.custom_objects, mistakes)
    for option, path in (("--inputs", given.inputs), ("--outputs", given.outputs)):
        if path is not None:
            mistakes += [f"{option}: {text}" for text in array_mistakes(path)]
    if given.weights is not None and not given.weights.is_file():
        mistakes.append(f"--weights: {shown_path(given.weights)} is not a file")
    found: list[_Found] = []
    left_out: list[LeftOut] = []
    for path, is_named in _models(paths, mistakes):
        try:
            found.append(_read(path, given, code))
        except UsageError as error:  # noqa: PERF203 - each file has its own mistakes
            if is_named:
                mistakes.append(str(error))
            else:
                left_out.append(LeftOut(path, str(error)))
    if not found and not mistakes:
        mistakes = [one.reason for one in left_out]
    if mistakes:
        raise UsageError(
            "\n".join(mistakes), "correct these; `crossload inspect` shows what a file is"
        )
    names = _names([one.source.path for one in found], taken)
    subjects = (_subject(name, one, store, scratch) for name, one in zip(names, found, strict=True))
    return Reading(tuple(replace(one, given=given.files) for one in subjects), tuple(left_out))


def _models(paths: Sequence[Path], mistakes: list[str]) -> list[tuple[Path, bool]]:
    """The paths, with a folder of models replaced by what is in it; each once.

    Returns:
        (path, whether the user named it) for each.
    """
    found: dict[Path, tuple[Path, bool]] = {}
    for path in paths:
        if not path.is_dir() or _is_model(path):
            found.setdefault(path.resolve(), (path, True))
            continue
        try:
            inner = sorted(one for one in path.iterdir() if _looks_like_model(one))[:_MANY]
        except OSError as error:
            mistakes.append(f"{shown_path(path)} cannot be read: {error.strerror or error}")
            continue
        if not inner:
            mistakes.append(
                f"{shown_path(path)} is neither a model nor a folder with models "
                f"({', '.join(sorted(MODEL_SUFFIXES))}, SavedModel) in it"
            )
        for one in inner:
            found.setdefault(one.resolve(), (one, False))
    return list(found.values())


def _is_model(path: Path) -> bool:
    try:
        sniff(path)
    except NotAModelError:
        return False
    return True


def _looks_like_model(path: Path) -> bool:
    """Whether something in a folder of models is one; architectures are not: they lack weights."""
    if path.is_dir():
        return _is_model(path)
    return path.suffix.lower() in MODEL_SUFFIXES


def _read(path: Path, given: Given, code: Code | None) -> _Found:
    """One model.

    Raises:
        UsageError: it is none that could be loaded with what was given.
    """
    if path.suffix == ".py":
        return _script(path, given)
    return _file(path, given, code)


def _file(path: Path, given: Given, code: Code | None) -> _Found:
    _check_kind(path)
    inspection = inspect(path)
    check_contents(path, inspection, has_build=code is not None and code.has_build)
    payload, files = payload_of(path, inspection, given.weights)
    unsafe = any(one.kind is FindingKind.CODE for one in inspection.findings)
    source = Source(
        path, payload, tuple(files), inputs=given.inputs, outputs=given.outputs, unsafe=unsafe
    )
    if code is not None:
        source = replace(source, module=code.module, code=code.text)
    return _Found(source, inspection)


def _check_kind(path: Path) -> None:
    """Raise for what must not even be opened: opening a pipe waits for its other end."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{shown_path(path)} cannot be read: {said}") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise UsageError(f"{shown_path(path)} is neither a file nor a folder")


def _script(path: Path, given: Given) -> _Found:
    if given.custom_objects is not None:
        raise UsageError(
            f"{shown_path(path)} is a script and has its own code: --custom-objects is for "
            "model files"
        )
    code = read_code(path)
    if not code.has_build:
        raise UsageError(
            f"{shown_path(path)} does not define build(), which returns the model to save"
        )
    source = Source(
        path,
        "build.py",
        ((path, "build.py"),),
        module=code.module,
        code=code.text,
        inputs=given.inputs,
        outputs=given.outputs,
    )
    return _Found(source, None)


def _code(path: Path | None, mistakes: list[str]) -> Code | None:
    if path is None:
        return None
    try:
        return read_code(path)
    except UsageError as error:
        mistakes.append(f"--custom-objects: {error}")
        return None


def _names(paths: Sequence[Path], taken: Collection[str]) -> list[str]:
    """A name for each path that can stand in a cell's id; no two alike."""
    used = set(taken)
    names = []
    for path in paths:
        base = base_name(path)
        base = f"own-{base}" if base in taken else base
        name, number = base, 1
        while name in used:
            number += 1
            name = f"{base}-{number}"
        used.add(name)
        names.append(name)
    return names


def base_name(path: Path) -> str:
    """The name of a model in cells, before it is made unlike all others."""
    absolute = path.absolute()
    stem = absolute.parent.name if path.name == "saved_model.pb" else absolute.stem
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:_LONGEST_NAME] or "model"


def _subject(name: str, found: _Found, store: ArtifactStore, scratch: Path) -> Subject:
    source, inspection = found.source, found.inspection
    artifact = pack(source, store, scratch)
    own = source.code is not None and defines_objects(source.code)
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
        adopted=True,
        keras_1=inspection.generation == 1,
        code_python=inspection.origin.python or "",
        builds=source.code is not None and defines_build(source.code),
    )
    return Subject(
        name,
        source.path,
        traits,
        artifact.digest,
        format_of(source.path, inspection),
        bytes=artifact.payload_bytes,
        inspection=inspection,
        expects=source.outputs is not None,
    )
