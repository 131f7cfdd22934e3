"""Stand-ins for container engines on PATH, with images made of interpreters of this machine.

Owns their folder. `stand_in_engine` is the program itself.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import stand_in_engine

NAME = "registry.test/keras:1"
DIGEST = "sha256:" + "12" * 32


@dataclass(frozen=True)
class Engines:
    """A folder for PATH, in which only the engines that a test installs are found."""

    folder: Path

    def install(self, engine: str) -> Path:
        """Put an engine there, and return its program."""
        program = self.folder / engine
        script = Path(stand_in_engine.__file__)
        program.write_text(
            f'#!/bin/sh\nexec {sys.executable} -I {script} {engine} {self.folder} "$@"\n'
        )
        program.chmod(0o755)
        return program

    def image(self, python: Path, name: str = NAME, digest: str = DIGEST) -> None:
        """Let the engines have an image whose `python3` is this interpreter."""
        path = self.folder / "images.json"
        images = json.loads(path.read_text())
        images[name] = {"id": digest, "python": str(python)}
        path.write_text(json.dumps(images))

    @property
    def calls(self) -> list[list[str]]:
        """Every call so far, as the engine's name and its arguments."""
        path = self.folder / "calls.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]


def make_engines(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Engines:
    """An empty folder of engines, the only one on PATH; skips where nothing can stand in."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        pytest.skip("the stand-in for container engines needs bubblewrap")
    folder.mkdir()
    (folder / "images.json").write_text("{}")
    for name in ("bwrap", "sh"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return Engines(folder)
