"""The command line as its tests use it: `main` itself, in this process, in a temporary folder."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from crossload.cli.main import main


@dataclass(frozen=True)
class Said:
    """What one command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Standard output with its lines joined, however wide the screen was."""
        return " ".join(self.out.split())


@dataclass(frozen=True)
class CommandLine:
    """Runs `crossload ARGUMENTS` in a folder."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def __call__(self, *arguments: str) -> Said:
        self.capsys.readouterr()
        with self.monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["crossload", *arguments])
            try:
                code = main()
            except SystemExit as ended:  # the parser's own way of ending
                code = int(ended.code or 0)
        printed = self.capsys.readouterr()
        return Said(code, printed.out, printed.err)

    def matrix(self, text: str) -> Path:
        """Write the folder's matrix."""
        path = self.folder / "matrix.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def home(self) -> Path:
        return self.folder / ".crossload"


@pytest.fixture
def crossload(
    tmp_path: Path,
    known_interpreters: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[CommandLine]:
    """The command line in an empty folder, 80 columns wide, that knows this machine's Pythons."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    cache = tmp_path / ".crossload" / "cache"
    cache.mkdir(parents=True)
    shutil.copy(known_interpreters, cache)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield CommandLine(tmp_path, capsys, monkeypatch)
    for number, handler in before.items():
        signal.signal(number, handler)
