"""Fixtures of all tests: the opt-in for real environments, projects, this machine's Pythons."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from crossload.cli.main import main
from crossload.runner.environments import interpreters
from crossload.runner.environments.interpreters import find_interpreters

ROOT = Path(__file__).resolve().parent.parent

# How long an input takes says nothing on a busy machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


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
    """The exit code and the output of one command."""

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

    def run(self, *arguments: str, width: int = 120) -> Outcome:
        """Run `crossload` in this folder and this process, as if there were no terminal."""
        out, err = io.StringIO(), io.StringIO()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            patch.setenv("COLUMNS", str(width))
            patch.setenv("NO_COLOR", "1")
            patch.setattr(sys, "argv", ["crossload", *arguments])
            try:
                code = main()
            except SystemExit as ended:  # how argparse exits
                code = int(ended.code or 0)
            finally:
                for number, handler in handlers.items():
                    signal.signal(number, handler)
        return Outcome(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def known_interpreters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of a search for interpreters: it takes seconds, so all test processes share it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    cache = folder / "interpreters.json"
    with FileLock(folder / "interpreters.lock"):
        find_interpreters(cache)
    return cache


def path_of_python(known: Path, major: int, minor: int) -> Path:
    """A real Python of that version; skips where this machine has none."""
    for one in find_interpreters(known):
        if one.version[:2] == (major, minor):
            return one.path
    pytest.skip(f"no Python {major}.{minor} on this machine")


@pytest.fixture
def only_this_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit the search for interpreters to the one that runs the tests."""
    monkeypatch.setattr(interpreters, "_candidates", lambda: iter([Path(sys.executable).resolve()]))


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
