"""One builder or remover at a time for each environment, and the name of the one at work.

Owns the lock file and the note beside it that names the holder. The lock is the operating
system's, so it is free once its holder is dead; the note is only ever shown.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

PATIENCE = 1.0  # seconds of waiting that are not worth a word


@contextmanager
def hold(envs: Path, environment_id: str, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of an environment for the length of the block.

    Args:
        envs: the folder of environments.
        environment_id: whose lock.
        waiting: called with a sentence if the lock is not free within `PATIENCE`.
    """
    lock = FileLock(_lock_file(envs, environment_id))
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        waiting(waiting_text(environment_id, holder_of(envs, environment_id)))
        lock.acquire()
    note = _note(envs, environment_id)
    try:
        with suppress(OSError):
            note.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        with suppress(OSError):
            note.unlink()
        lock.release()


def holder_of(envs: Path, environment_id: str) -> int | None:
    """The id of the process that holds the lock; None if there is none that lives."""
    try:
        process = int(_note(envs, environment_id).read_text(encoding="ascii")[:20])
        os.kill(process, 0)
    except PermissionError:
        return process
    except (OSError, ValueError):
        return None
    return process


def waiting_text(environment_id: str, holder: int | None) -> str:
    """What to say while another process holds the lock."""
    who = "another process" if holder is None else f"process {holder}"
    return f"waiting for {who}, which is building or removing {environment_id}"


class HolderWatch:
    """Reports, once, that a process group waits for an environment that another one holds."""

    def __init__(
        self, envs: Path, environment_id: str, group: int, waiting: Callable[[str], None]
    ) -> None:
        self._envs = envs
        self._environment_id = environment_id
        self._group = group
        self._waiting = waiting
        self._since: float | None = None
        self._reported = False

    def look(self) -> None:
        """See who holds the lock now; to be called again and again while the group lives."""
        holder = None if self._reported else holder_of(self._envs, self._environment_id)
        if holder is None or _group_of(holder) in {self._group, None}:
            self._since = None
            return
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since >= PATIENCE:
            self._reported = True
            self._waiting(waiting_text(self._environment_id, holder))


def forget(envs: Path, environment_id: str) -> None:
    """Remove the lock of an environment that is gone."""
    _lock_file(envs, environment_id).unlink(missing_ok=True)


def _group_of(process: int) -> int | None:
    try:
        return os.getpgid(process)
    except OSError:
        return None  # it has ended by now


def _lock_file(envs: Path, environment_id: str) -> Path:
    return envs / f"{environment_id}.lock"


def _note(envs: Path, environment_id: str) -> Path:
    return envs / f"{environment_id}.holder"
