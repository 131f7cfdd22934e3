"""Writes finished text to disk, completely or not at all, with useful error messages.

Owns that and the files' names; the renderers own the text.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from crossload.runner.errors import StorageError

FILE_NAMES: Mapping[str, str] = {
    "html": "index.html",
    "json": "report.json",
    "csv": "report.csv",
    "markdown": "report.md",
}
_FULL = {errno.ENOSPC, errno.EDQUOT}


def write_whole(path: Path, text: str | Iterable[str], *, lasting: bool = True) -> None:
    """Write `text`, or its parts, as UTF-8 to a temporary file beside `path`, and rename it.

    A reader sees the old file or the new one, never a part; a failure leaves the old one.

    Args:
        path: the file.
        text: its content.
        lasting: whether to wait until the disk has it, which takes long for thousands of files.

    Raises:
        StorageError: the disk is full, or the folder cannot be made or written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        # `newline=""`: the renderers write their own line ends (CSV has its own rule for them).
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines((text,) if isinstance(text, str) else text)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        # mkstemp creates files readable by their owner only; a report is for others to read.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        raise _explained(path, error) from error


def _explained(path: Path, error: OSError) -> StorageError:
    if error.errno in _FULL:
        return StorageError(
            f"no space left to write the report {str(path)!r}",
            "free some space, or choose another path with --output",
        )
    return StorageError(
        f"cannot write the report {str(path)!r}: {error.strerror or error}",
        "choose a writable path with --output",
    )


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
