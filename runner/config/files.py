"""Reads a file that a user named: bounded, never hanging, UTF-8.

Owns the dangers of paths (pipes, devices, folders, size, encoding), not what the text means.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from crossload.runner.config.problems import shown_path
from crossload.runner.errors import ConfigurationError

MAX_BYTES = 1_000_000

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def read_text(path: Path) -> str:
    """The text of a file of at most 1 MB, without its byte order mark.

    Raises:
        ConfigurationError: if it is missing, not a regular file, too large or not UTF-8.
    """
    shown = shown_path(path)
    try:
        content = _read_bytes(path, shown)
    except FileNotFoundError:
        raise ConfigurationError(
            f"there is no file {shown!r}",
            "run `crossload init` to write one here, or name another with --matrix",
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigurationError(
            f"{shown!r} cannot be read: {reason.lower()}", "check its path and permissions"
        ) from None
    return _decoded(content, shown)


def _read_bytes(path: Path, shown: str) -> bytes:
    # O_NONBLOCK: opening a pipe that is never written to would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise ConfigurationError(
            f"{shown!r} is {kind}, expected a file", "name the matrix file itself"
        )
    with os.fdopen(descriptor, "rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        size = max(status.st_size, len(content))
        raise ConfigurationError(
            f"{shown!r} holds {size} bytes, expected at most {MAX_BYTES}",
            "axes describe many environments in a few lines",
        )
    return content


def _decoded(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"{shown}:{line}: found the byte 0x{content[error.start]:02x}, expected UTF-8 text",
            "save the file as UTF-8",
        ) from None
