"""Real environments for the tests: one home beside the clone's own, so that a rerun is quick."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from crossload.reports.as_json import read_json
from crossload.reports.document import CellRow, Report

# Ctrl-C is ignored in what a shell starts in the background, and then by every child as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / ".crossload" / "test-home"

# Keras 2 and Keras 3, both directions; one that installs and does not import; one that no wheel
# exists for. The first three are rows of the shipped matrix, so their locks are there.
MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
  tf2.10-today: {tensorflow: "2.10.1", python: "3.10", resolve: latest}
  tf2.15-too-new-python: {tensorflow: "2.15.1", python: "3.13"}
profiles:
  quick:
    environments: all
    models: [dense, twin-dense, custom-layer, lambda]
  pair:
    environments: [tf2.15, tf2.21]
    models: [dense, twin-dense]
    formats: [h5, keras]
"""


@dataclass(frozen=True)
class Measured:
    """A finished run: what the terminal showed, and its data."""

    folder: Path
    home: Path
    out: str
    err: str
    report: Report

    def cell(self, saver: str, model: str, file_format: str, loader: str) -> CellRow:
        """The cell of environments named as in the matrix, whatever Python they took."""
        for row in self.report.cells:
            names = (row.saver.rpartition("-py")[0], row.loader.rpartition("-py")[0])
            if names == (saver, loader) and (row.model, row.format) == (model, file_format):
                return row
        raise AssertionError(f"no cell {saver}/{model}.{file_format}/{loader}")


def crossload(
    folder: Path, *arguments: str, home: Path = HOME, timeout: float = 900
) -> subprocess.CompletedProcess[str]:
    """Run the command line in its own process, as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "crossload", *arguments, "--home", str(home)],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def read_report(folder: Path, home: Path) -> Report:
    target = folder / "report.json"
    done = crossload(folder, "report", "--output", str(target), home=home)
    assert done.returncode == 0, done.stderr
    return read_json(target.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def matrix_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the matrix of these tests."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def environments(matrix_folder: Path) -> tuple[str, str]:
    """The ids of the Keras 2 and the Keras 3 environment, built; skips where they cannot be."""
    plan = json.loads(crossload(matrix_folder, "plan", "--json").stdout)
    by_name = {one["id"].rpartition("-py")[0]: one for one in plan["environments"]}
    for name in ("tf2.15", "tf2.21"):
        if by_name[name]["problem"]:
            pytest.skip(f"{name}: {by_name[name]['problem']}")
    built = crossload(matrix_folder, "envs", "build", "tf2.15", "tf2.21", "tf2.10-today")
    assert built.returncode == 0, built.stdout + built.stderr
    return by_name["tf2.15"]["id"], by_name["tf2.21"]["id"]


@pytest.fixture
def fresh_home(tmp_path: Path, environments: tuple[str, str]) -> Path:
    """A home without results that shares the built environments."""
    del environments
    home = tmp_path / "home"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    return home


@pytest.fixture(scope="session")
def measured(
    matrix_folder: Path,
    environments: tuple[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Measured:
    """The profile `quick` of the tests' matrix, run from nothing but built environments."""
    del environments
    home = tmp_path_factory.mktemp("home")
    (home / "envs").symlink_to(HOME / "envs")
    done = crossload(matrix_folder, "run", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return Measured(matrix_folder, home, done.stdout, done.stderr, read_report(matrix_folder, home))


@pytest.fixture
def start_run(matrix_folder: Path, fresh_home: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start a run of the profile `pair` and return its process."""

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "crossload", "run", "--profile", "pair", "--home",
             str(fresh_home), *arguments],
            cwd=matrix_folder,
            env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    return start
