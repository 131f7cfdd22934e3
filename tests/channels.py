"""Stand-ins for conda's programs on PATH, with a channel of a few packages.

Owns their folder. `stand_in_conda` is the program itself.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import stand_in_conda

HOST = "https://channel.test/linux-64"


def package(name: str, version: str, *depends: str) -> dict[str, object]:
    """A package as conda records it once it is installed."""
    url = f"{HOST}/{name}-{version}-0.conda"
    digest = (name.encode().hex() * 32)[:32]
    return {"name": name, "version": version, "url": url, "md5": digest, "depends": list(depends)}


PACKAGES = (
    package("openssl", "3.2.0"),
    package("python", "3.11.7", "openssl >=3.2"),
    package("tensorflow", "2.16.1", "python >=3.11,<3.12", "unknown"),
)


@dataclass(frozen=True)
class Channel:
    """A folder for PATH, in which only those of conda's programs are found that a test installs."""

    folder: Path

    def install(self, tool: str, python: str = sys.executable) -> Path:
        """Put a program there, and return it; what it builds has that Python."""
        program = self.folder / tool
        script = Path(stand_in_conda.__file__)
        program.write_text(f'#!/bin/sh\nexec {python} -I {script} {tool} {self.folder} "$@"\n')
        program.chmod(0o755)
        return program

    def offer(self, **more: object) -> None:
        """Say what the channel has besides its packages: `pip`, `path`, `complaint`."""
        content = {"packages": PACKAGES, "pip": [], **more}
        (self.folder / "channel.json").write_text(json.dumps(content))

    @property
    def calls(self) -> list[list[str]]:
        """Every call so far, as the program's name and its arguments; those of pip too."""
        path = self.folder / "calls.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]


def make_channel(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    """A channel without any program, whose folder is the only one on PATH."""
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    channel = Channel(folder)
    channel.offer()
    return channel
