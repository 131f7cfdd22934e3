"""What all tests share: the opt-in for real environments, and a project in a temporary folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--integration", action="store_true", help="also build and use real environments"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--integration"):
        return
    skip = pytest.mark.skip(reason="needs real environments: run with --integration")
    for item in items:
        if "integration" in item.keywords:
            item.add_marker(skip)


@dataclass(frozen=True)
class Outcome:
    """What a person would see of one command."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A folder with a matrix, and the command line to run in it."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str, timeout: float = 120, width: int = 120) -> Outcome:
        """Run `crossload` as a person would: its own process, no terminal."""
        environment = {**os.environ, "COLUMNS": str(width), "NO_COLOR": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "crossload", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project folder."""
    return Project(tmp_path)


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[[str], Project]:
    """Make a project with this text as its matrix."""

    def make(matrix: str) -> Project:
        made = Project(tmp_path)
        made.write("matrix.yaml", matrix)
        return made

    return make


@pytest.fixture(autouse=True)
def _environment_stays_as_it_was() -> Iterator[None]:
    before = dict(os.environ)
    yield
    changed = {
        key
        for key in before.keys() | os.environ.keys()
        if before.get(key) != os.environ.get(key) and key != "PYTEST_CURRENT_TEST"
    }
    assert not changed, f"the test left environment variables changed: {sorted(changed)}"
