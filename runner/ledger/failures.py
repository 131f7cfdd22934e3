"""Refusals of SQLite and of the file system, in a user's words.

Owns the translation of errors; `runner.ledger.connection` deals with a damaged file.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from crossload.runner.errors import BusyError, CrossloadError, LedgerError, StorageError

# Python 3.10 gives no error code, so the library's own (English, fixed) words are matched.
_DAMAGED = ("malformed", "not a database", "unsupported file format", "no such table")
_FULL = ("database or disk is full",)
_UNWRITABLE = ("readonly database", "unable to open database", "disk i/o error")
_LOCKED = ("is locked", "database schema is locked")


class DamagedError(LedgerError):
    """The file is no readable ledger."""


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise this project's errors for what SQLite or the file system refuses inside the block.

    Raises:
        StorageError: the disk is full, or the file or its folder cannot be written.
        BusyError: another process held the ledger for longer than the busy timeout.
        DamagedError: the file is not (or no longer) a ledger.
    """
    try:
        yield
    except sqlite3.Error as error:
        translated = _translated(str(error), path)
        if translated is None:
            raise  # a mistake of ours: keep its traceback
        raise translated from error
    except OSError as error:
        raise StorageError(
            f"cannot use the ledger {str(path)!r}: {(error.strerror or str(error)).lower()}",
            "free some space or choose a writable folder with --home",
        ) from error


@contextlib.contextmanager
def understood(path: Path) -> Iterator[None]:
    """Raise this project's error for a stored value that no frozen value can be made of.

    Raises:
        LedgerError: as where the file was written by other hands.
    """
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:
        raise LedgerError(
            f"the ledger {str(path)!r} holds an unknown value: {error}",
            "use the crossload that wrote it, or choose another folder with --home",
        ) from error


def _translated(message: str, path: Path) -> CrossloadError | None:
    lower = message.lower()
    if any(words in lower for words in _FULL):
        return StorageError(
            f"the disk of the ledger {str(path)!r} is full",
            "free some space and run again: everything recorded so far is kept",
        )
    if any(words in lower for words in _UNWRITABLE):
        return StorageError(
            f"cannot write to the ledger {str(path)!r}: {lower}",
            "make the file and its folder writable, free some space, "
            "or choose another folder with --home",
        )
    if any(words in lower for words in _LOCKED):
        return BusyError(
            f"another program holds the ledger {str(path)!r}",
            "wait until it has ended, or choose another folder with --home",
        )
    if any(words in lower for words in _DAMAGED):
        return DamagedError(
            f"the ledger {str(path)!r} is damaged: {lower}",
            "run again: a damaged ledger is set aside and a new one started",
        )
    return None
