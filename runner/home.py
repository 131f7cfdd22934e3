"""The one folder that everything generated goes to, and the lock that one run at a time holds.

Owns paths and the lock; what stands in the files is their owners' business.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.errors import BusyError, StorageError

FOLDER_NAME = ".crossload"
_CACHEDIR_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# made by crossload\n"


@dataclass(frozen=True)
class Home:
    """The generated folder of one project, `.crossload/` beside its matrix by default."""

    root: Path

    @property
    def envs(self) -> Path:
        return self.root / "envs"

    @property
    def artifacts(self) -> Path:
        return self.root / "artifacts"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.sqlite"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def scratch(self) -> Path:
        return self.root / "scratch"

    @property
    def report(self) -> Path:
        return self.root / "report"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    def prepare(self) -> None:
        """Make the folder and its markers, so that git and backup tools leave it alone.

        Raises:
            StorageError: the folder cannot be made or written.
        """
        try:
            for folder in (self.envs, self.artifacts, self.logs, self.scratch, self.cache):
                folder.mkdir(parents=True, exist_ok=True)
            self._mark()
        except OSError as error:
            raise StorageError(
                f"cannot write to {str(self.root)!r}: {error.strerror or error}",
                "choose a writable folder with --home",
            ) from error

    def _mark(self) -> None:
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _CACHEDIR_TAG)):
            if not (self.root / name).exists():
                (self.root / name).write_text(text, encoding="utf-8")


@contextlib.contextmanager
def exclusive_run(home: Home) -> Iterator[None]:
    """Hold the project's run lock for the length of the block.

    The lock is the operating system's: it is gone when its holder dies, however it dies. The
    holder's process id is written beside it only to be named in the message.

    Raises:
        BusyError: another run holds it.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - slow, and most commands lock nothing

    holder = home.root / "run.pid"
    lock = FileLock(home.root / "run.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"another run (process {_read_pid(holder)}) is using {str(home.root)!r}",
            "wait until it has ended, or give this one its own folder with --home",
        ) from None
    except OSError as error:
        raise StorageError(
            f"cannot lock {str(home.root)!r}: {error.strerror or error}",
            "choose a writable folder with --home",
        ) from error
    try:
        with contextlib.suppress(OSError):
            holder.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        lock.release()


def _read_pid(holder: Path) -> str:
    try:
        return holder.read_text(encoding="ascii")[:20].strip() or "unknown"
    except (OSError, UnicodeDecodeError):
        return "unknown"
