"""What a path holds, by its content; the suffix is only what somebody called it.

Owns this first look. It opens nothing but the first bytes of regular files.
"""

from __future__ import annotations

import itertools
import stat
from pathlib import Path

from crossload.runner.inspection.model import Container

_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TEXTS = (b"{", b"backend:", b"class_name:", b"config:", b"!!python", b"--- ")
_MANY = 10_000  # files in a folder that somebody took for a model
_HDF5_OFFSETS = (0, 512, 1024, 2048)  # a user block may stand before the signature


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
    if any(head[offset:].startswith(_HDF5) for offset in _HDF5_OFFSETS):
        return Container.HDF5
    if path.name == "saved_model.pb":
        return Container.SAVEDMODEL
    if path.suffix == ".index" or ".data-0" in path.name or path.name == "checkpoint":
        return Container.CHECKPOINT
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_text = text.startswith(_TEXTS) or path.suffix in {".json", ".yaml", ".yml"}
    return Container.ARCHITECTURE if is_text else Container.UNKNOWN
