"""What a path holds, by its content; the suffix is only part of its name.

Owns this first look. It opens nothing but the first bytes of regular files.
"""

from __future__ import annotations

import itertools
import json
import stat
from pathlib import Path

from crossload.runner.words import Container

_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TEXTS = ("{", "backend:", "class_name:", "config:", "!!python", "--- ")
_ARCHIVE = ".keras"  # by this ending newer Keras asks for an archive first
_ARCHIVE_END, _ARCHIVE_SIGNATURE = 65_557, b"PK\x05\x06"  # where zipfile looks for it
_MANY = 10_000  # files in a folder that somebody took for a model
_FIRST_OFFSET = 512  # a user block before HDF5's signature has this size, or twice, four times ...


class NotAModelError(Exception):
    """There is nothing to look at; the message says why."""


def sniff(path: Path) -> Container:
    """Name the container at `path`.

    Raises:
        NotAModelError: nothing there, neither file nor folder, empty, or unreadable.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise NotAModelError(error.strerror or str(error)) from error
    if stat.S_ISDIR(mode):
        return _sniff_folder(path)
    if not stat.S_ISREG(mode):
        raise NotAModelError("neither a file nor a folder")
    return _sniff_file(path)


def _sniff_folder(path: Path) -> Container:
    try:
        names = {one.name for one in itertools.islice(path.iterdir(), _MANY)}
    except OSError as error:
        raise NotAModelError(error.strerror or str(error)) from error
    if not names:
        raise NotAModelError("the folder is empty")
    if names & {"saved_model.pb", "saved_model.pbtxt", "keras_metadata.pb", "variables"}:
        return Container.SAVEDMODEL
    # Other libraries have a config.json too.
    if "config.json" in names and names & {"metadata.json", "model.weights.h5"}:
        return Container.KERAS_FOLDER
    if any(name.endswith(".index") for name in names):
        return Container.CHECKPOINT
    held = ", ".join(sorted(names)[:3])
    raise NotAModelError(f"a folder without a SavedModel or checkpoint in it; it holds {held}")


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise NotAModelError(error.strerror or str(error)) from error
    if not head:
        raise NotAModelError("the file is empty")
    return head


def _sniff_file(path: Path) -> Container:
    head = _first_bytes(path)
    if head.startswith(_ZIP):
        return Container.KERAS_ZIP
    if has_hdf5(path) and not (path.suffix == _ARCHIVE and is_archive(path)):
        return Container.HDF5
    if path.name == "saved_model.pb":
        return Container.SAVEDMODEL
    if path.suffix == ".index" or ".data-0" in path.name or path.name == "checkpoint":
        return Container.CHECKPOINT
    if is_archive(path):
        return Container.KERAS_ZIP
    text = head.decode(json.detect_encoding(head), "replace").lstrip()
    is_text = text.startswith(_TEXTS) or path.suffix in {".json", ".yaml", ".yml"}
    return Container.ARCHITECTURE if is_text else Container.UNKNOWN


def others(container: Container, path: Path) -> tuple[Container, ...]:
    """What else a file is: HDF5 and zip archives may begin with anything, so that one is both."""
    if container is Container.HDF5 and is_archive(path):
        return (Container.KERAS_ZIP,)
    if container is Container.KERAS_ZIP and has_hdf5(path):
        return (Container.HDF5,)
    return ()


def has_hdf5(path: Path) -> bool:
    """Whether HDF5 finds its signature: at the beginning, or after a user block of any size."""
    size, offset = path.stat().st_size, 0
    with path.open("rb") as stream:
        while offset < size:
            stream.seek(offset)
            if stream.read(len(_HDF5)) == _HDF5:
                return True
            offset = 2 * offset or _FIRST_OFFSET
    return False


def is_archive(path: Path) -> bool:
    """Whether Python's zipfile, and so Keras, takes the file for an archive: by its end."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _ARCHIVE_END))
        return _ARCHIVE_SIGNATURE in stream.read()
