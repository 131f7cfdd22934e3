"""The folder of one call of `run_probes`: a copy of the probes, and every worker's scratch.

Owns its layout, and the clearing of what earlier calls left when they were killed.
"""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

import psutil

from crossload.runner.errors import StorageError
from crossload.runner.sandbox.target import Place
from crossload.runner.untrusted.evidence import remove_tree

_PREFIX = "probing-"
_CACHES = shutil.ignore_patterns("__pycache__")


class RunFolder:
    """A folder named after this process, so that another one can tell whether it is in use."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._folder = scratch / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"

    def prepare(self, probes: Path) -> None:
        """Clear what dead processes left, then copy the probes here.

        The copy makes them readable to a worker's own user id whatever the umask was, and keeps
        them the same for the whole call.

        Raises:
            StorageError: the folder cannot be written.
        """
        try:
            self._scratch.mkdir(parents=True, exist_ok=True)
            for left in self._scratch.glob(f"{_PREFIX}*-*"):
                owner = left.name.split("-")[1]
                if not (owner.isdigit() and psutil.pid_exists(int(owner))):
                    remove_tree(left)
            self._folder.mkdir()
            copy = self._folder / "probes"
            shutil.copytree(probes, copy, ignore=_CACHES, copy_function=shutil.copyfile)
            for folder, _, names in os.walk(copy):
                Path(folder).chmod(0o755)
                for name in names:
                    (Path(folder) / name).chmod(0o644)
        except OSError as error:
            raise StorageError(
                f"cannot write to {str(self._scratch)!r}: {error.strerror or error}",
                "free some space or choose another folder with --home",
            ) from error

    def place(self, artifacts: Path, slot: int, start: int) -> Place:
        """Return the folders for the `start`-th worker in a slot; its scratch is never reused."""
        name = f"{slot}-{start}"
        return Place(
            probes=self._folder / "probes",
            artifacts=artifacts,
            scratch=self._folder / name,
            log=self._folder / f"{name}.log",
            slot=slot,
        )

    def remove(self) -> None:
        """Remove everything; no worker may be left."""
        remove_tree(self._folder)
