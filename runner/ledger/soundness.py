"""Whether a ledger's file is as this process left it: checking one reads all of it.

Owns what is known of files by their number, size and time of change. `connection` does the check.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

Stamp: TypeAlias = "tuple[int, int, int] | None"
# What the files of a ledger were when this process last knew them to be sound: a command opens the
# same ledger several times.
_sound: dict[Path, tuple[Stamp, ...]] = {}


def is_sound(path: Path) -> bool:
    """Whether this process knows the ledger to be sound, and nobody has written it since."""
    return _sound.get(path.resolve()) == files_of(path)


def note_sound(path: Path, files: tuple[Stamp, ...]) -> None:
    """Take note that the ledger was sound when its files were these."""
    _sound[path.resolve()] = files


def files_of(path: Path) -> tuple[Stamp, ...]:
    """What tells whether a ledger's file or its log was written: number, size, time of change."""
    real = path.resolve()  # SQLite puts the log beside the file that a link leads to
    return tuple(_stamp(real.with_name(real.name + suffix)) for suffix in ("", "-wal"))


def _stamp(path: Path) -> Stamp:
    """None of a file that is not there or empty, as a log is that only was opened."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_ino, stat.st_size, stat.st_mtime_ns) if stat.st_size else None


class Watch:
    """Tells this process's changes of a ledger that it has open from everybody else's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = files_of(path)
        self._alone = True

    def before_a_change(self) -> None:
        """Notice whether the files are as the last change left them."""
        self._alone = self._alone and files_of(self._path) == self._left

    def after_a_change(self) -> None:
        """Take note of the files as they are now."""
        self._left = files_of(self._path)

    def closed(self) -> None:
        """The ledger was closed right after a look: it is sound if nobody else changed it."""
        if self._alone:
            note_sound(self._path, files_of(self._path))
