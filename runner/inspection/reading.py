"""Which reader a path gets, by its content.

Owns that choice, and what is said of a file that no reader understands. Runs in the reading child.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from crossload.runner.inspection.model import (
    Contents,
    Finding,
    FindingKind,
    Inspection,
    worst_first,
)
from crossload.runner.inspection.sniffing import others, sniff
from crossload.runner.words import Container


def prepare(path: Path) -> None:
    """Import what reading `path` takes, so that nothing can be missing once it is read.

    Raises:
        NotAModelError: there is nothing to look at.
        ImportError: a library cannot be used.
    """
    container = sniff(path)
    if container in _WITH_H5PY:
        import crossload.runner.inspection.keras_zip  # noqa: PLC0415  (see _READERS)
    elif container is Container.ARCHITECTURE:
        import crossload.runner.inspection.architecture  # noqa: PLC0415  (see _READERS)
    elif container in {Container.SAVEDMODEL, Container.CHECKPOINT}:
        import crossload.runner.inspection.savedmodel  # noqa: F401, PLC0415  (see _READERS)


def read(path: Path) -> Inspection:
    """Inspect a model file or folder; whatever reading it raises is a finding.

    Raises:
        NotAModelError: there is nothing to look at.
    """
    container = sniff(path)
    reader = _READERS.get(container)
    if reader is None:
        text = "not a format that Keras or TensorFlow writes"
        return _nothing(container, FindingKind.DAMAGED, text)
    try:
        return _with_others(container, path, reader(path))
    except MemoryError:
        text = "reading it takes more memory than it may"
        return _nothing(container, FindingKind.FAILED, text)
    except Exception as error:  # noqa: BLE001  (no list of what damage makes a parser raise is whole)
        text = f"{type(error).__name__}: {error}"
        return _nothing(container, FindingKind.DAMAGED, text)


def _with_others(container: Container, path: Path, found: Inspection) -> Inspection:
    """The inspection with what the file is besides: other loaders, or other endings, read that."""
    findings = list(found.findings)
    for other in others(container, path):
        inner = _READERS[other](path)
        if inner.contents is Contents.NOTHING or not (inner.model_class or inner.findings):
            continue
        text = f"is also {other}: what is read depends on the loader and on the file's ending"
        findings.append(Finding(kind=FindingKind.DAMAGED, text=text))
        findings += (replace(one, where=f"{other}:{one.where}") for one in inner.findings)
    if len(findings) == len(found.findings):
        return found
    return replace(found, findings=worst_first(findings))


def _nothing(container: Container, kind: FindingKind, text: str) -> Inspection:
    finding = Finding(kind=kind, text=text)
    return Inspection(container=container, contents=Contents.NOTHING, findings=(finding,))


def _read_hdf5(path: Path) -> Inspection:
    from crossload.runner.inspection.hdf5 import inspect_hdf5  # noqa: PLC0415  (see _READERS)

    try:
        return inspect_hdf5(str(path))
    except OSError as error:
        return _nothing(Container.HDF5, FindingKind.DAMAGED, str(error))


def _read_zip(path: Path) -> Inspection:
    from crossload.runner.inspection.keras_zip import inspect_zip  # noqa: PLC0415  (see _READERS)

    return inspect_zip(path)


def _read_folder(path: Path) -> Inspection:
    from crossload.runner.inspection.keras_zip import inspect_folder  # noqa: PLC0415  (see _READERS)

    return inspect_folder(path)


def _read_savedmodel(path: Path) -> Inspection:
    from crossload.runner.inspection.savedmodel import inspect_savedmodel  # noqa: PLC0415  (see _READERS)

    return inspect_savedmodel(path)


def _read_checkpoint(path: Path) -> Inspection:
    from crossload.runner.inspection.checkpoint import inspect_checkpoint  # noqa: PLC0415  (see _READERS)

    return inspect_checkpoint(path)


def _read_architecture(path: Path) -> Inspection:
    from crossload.runner.inspection.architecture import inspect_architecture  # noqa: PLC0415  (see _READERS)

    return inspect_architecture(path)


_WITH_H5PY = frozenset({Container.HDF5, Container.KERAS_ZIP, Container.KERAS_FOLDER})
# A reader is imported when it runs: h5py and yaml take longer to import than all the rest.
_READERS: dict[Container, Callable[[Path], Inspection]] = {
    Container.HDF5: _read_hdf5,
    Container.KERAS_ZIP: _read_zip,
    Container.KERAS_FOLDER: _read_folder,
    Container.SAVEDMODEL: _read_savedmodel,
    Container.CHECKPOINT: _read_checkpoint,
    Container.ARCHITECTURE: _read_architecture,
}
