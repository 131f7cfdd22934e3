"""Walks a folder that untrusted code wrote: by descriptors, never through a link, with caps.

Owns the walk and the measuring of sizes; `runner.artifacts.store` copies what is kept.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MAX_DEPTH = 24
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class TooDeepError(OSError):
    """A folder nests deeper than any model needs."""


@dataclass(frozen=True)
class Entry:
    """Something found: its path below the start, its status, and where to open it from.

    `parent` is an open descriptor, valid until the walk is asked for its next entry.
    """

    path: str
    name: str
    status: os.stat_result
    parent: int

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.status.st_mode)


@dataclass(frozen=True)
class Usage:
    """Bytes on disk and number of entries; `complete` is False when a cap ended the count."""

    size: int
    entries: int
    complete: bool = True


def open_folder(path: Path | str, parent: int | None = None) -> int:
    """Open a folder that must not be a link; the caller closes the descriptor."""
    return os.open(path, _FOLDER, dir_fd=parent)


def walk(folder: int, prefix: str = "", depth: int = 0) -> Iterator[Entry]:
    """Yield everything below an open folder, parents before children, in no promised order.

    Raises:
        TooDeepError: below `MAX_DEPTH` levels.
        OSError: a folder cannot be read (or was exchanged for something else meanwhile).
    """
    if depth > MAX_DEPTH:
        raise TooDeepError(f"folders are nested more than {MAX_DEPTH} deep")
    with os.scandir(folder) as entries:
        for found in entries:
            path = f"{prefix}{found.name}"
            status = os.stat(found.name, dir_fd=folder, follow_symlinks=False)
            entry = Entry(path, found.name, status, folder)
            yield entry
            if entry.is_folder:
                below = open_folder(found.name, folder)
                try:
                    yield from walk(below, f"{path}/", depth + 1)
                finally:
                    os.close(below)


def usage(folder: Path, max_bytes: int, max_entries: int) -> Usage:
    """Add up the blocks below a folder, stopping soon after either cap is passed."""
    size = entries = 0
    try:
        handle = open_folder(folder)
    except OSError:
        return Usage(0, 0)
    try:
        # The worker may remove things while they are counted: what is left of the walk is lost.
        with suppress(FileNotFoundError, PermissionError):
            for entry in walk(handle):
                size += entry.status.st_blocks * 512
                entries += 1
                if size > max_bytes or entries > max_entries:
                    return Usage(size, entries, complete=False)
    except TooDeepError:
        return Usage(size, max_entries + 1, complete=False)
    except OSError:
        pass
    finally:
        os.close(handle)
    return Usage(size, entries)
