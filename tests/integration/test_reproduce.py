"""A folder of `reproduce` shows by itself what a run measured, with the locks that it brings.

Its scripts run in isolated interpreters whose environments were built from the same locks; nothing
of crossload is within their reach.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from crossload.reports.document import CellRow
from crossload.runner.words import Verdict
from tests.integration.conftest import HOME, Measured, crossload, read_report

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parent.parent.parent
# In Keras 3 a loss that HDF5 names `mse` does not load, and a GRU that resets before multiplying
# gives other outputs; a SavedModel forgets how far its optimizer was.
CASE = {
    "case.yaml": "title: A model that loads as something else\n",
    "save.py": "import numpy\noutputs = numpy.arange(3.0)\nnumpy.save('a.npy', outputs)\n",
    "load.py": "import numpy\noutputs = {'a': numpy.load('a.npy') + 1}['a']\n",
}
MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  quick:
    models: [dense, gru-reset-before]
    formats: [h5, savedmodel, weights-h5]
    pairs: upgrade
    exclude: [gru-reset-before.savedmodel, gru-reset-before.h5, dense.weights-h5]
    cases: [another]
"""


@dataclass(frozen=True)
class Ran:
    """How a script ended."""

    code: int
    text: str


@pytest.fixture(scope="module")
def project(
    environments: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """A finished run of a project with a case of its own: its folder and its home."""
    del environments
    folder = tmp_path_factory.mktemp("reproduced")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    case = folder / "cases" / "another"
    case.mkdir(parents=True)
    for name, text in CASE.items():
        (case / name).write_text(text, encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    (home / "envs").symlink_to(HOME / "envs")
    done = crossload(folder, "run", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, home


@pytest.fixture(scope="module")
def cells(project: tuple[Path, Path]) -> Measured:
    folder, home = project
    return Measured(folder, home, "", "", read_report(folder, home))


def reproduced(cells: Measured, row: CellRow, target: Path) -> str:
    """The README of the folder that is written for a cell."""
    done = crossload(cells.folder, "reproduce", row.id, "-o", str(target), home=cells.home)
    assert done.returncode == 0, done.stderr
    return (target / "README.md").read_text(encoding="utf-8")


def run(cells: Measured, row: CellRow, target: Path, script: str) -> Ran:
    """Run a script in its environment, which has the packages of the folder's own lock."""
    environment = row.saver if script == "save.py" else row.loader
    done = subprocess.run(
        [cells.home / "envs" / environment / "bin" / "python", "-I", target / script],
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout + done.stderr)


def check_saved(cells: Measured, row: CellRow, target: Path) -> None:
    saved = run(cells, row, target, "save.py")
    assert saved.code == 0, saved.text


def test_an_error_is_the_one_that_was_measured(cells: Measured, tmp_path: Path) -> None:
    row = cells.cell("tf2.15", "dense", "h5", "tf2.21")
    assert row.verdict is Verdict.ASSISTED
    assert row.error is not None
    told = reproduced(cells, row, tmp_path / "it")
    check_saved(cells, row, tmp_path / "it")
    loaded = run(cells, row, tmp_path / "it", "load.py")
    last = f"{row.error.type}: {row.error.message.splitlines()[0]}"
    assert loaded.code == 1
    assert last in loaded.text
    assert last in told
    assert "Not the measured lock" not in told
    assert str(cells.home) not in told
    assert str(cells.folder) not in told


def test_a_loss_is_the_one_that_was_measured(cells: Measured, tmp_path: Path) -> None:
    row = cells.cell("tf2.15", "dense", "savedmodel", "tf2.15")
    assert (row.verdict, row.lost) == (Verdict.PARTIAL, ("optimizer", "step"))
    told = reproduced(cells, row, tmp_path / "it")
    check_saved(cells, row, tmp_path / "it")
    loaded = run(cells, row, tmp_path / "it", "load.py")
    plain, *_ = row.attempts
    details = {str(one.check): one.detail for one in plain.checks}
    assert loaded.code == 0, loaded.text
    assert all(details[name] in told for name in row.lost)
    # The numbers are those that were measured.
    assert details["optimizer"] == "iterations was 2, is 0"
    assert re.search(r"^optimizer was: .*'iterations': 2,", loaded.text, re.MULTILINE)
    assert re.search(r"^optimizer is: .*'iterations': 0,", loaded.text, re.MULTILINE)
    losses = re.findall(r"(?<=[\[ ])0\.\d+", loaded.text.split("step was:")[1])
    measured = [float(one) for one in re.findall(r"0\.\d+", details["step"])]
    first_was, second_was, first_is, second_is = map(float, losses)
    assert [first_was, first_is, second_was, second_is] == pytest.approx(measured, rel=1e-5)


@pytest.mark.parametrize(
    ("model", "file_format", "loader"),
    [
        ("dense", "h5", "tf2.15"),
        ("dense", "keras", "tf2.21"),
        ("custom-layer", "h5", "tf2.21"),
        ("lambda", "keras", "tf2.15"),
        ("twin-dense", "weights-h5", "tf2.21"),
    ],
)
def test_what_helped_is_shown_by_the_same_call(
    measured: Measured, tmp_path: Path, model: str, file_format: str, loader: str
) -> None:
    row = measured.cell("tf2.15", model, file_format, loader)
    best = row.attempts[-1]
    done = crossload(
        measured.folder, "reproduce", row.id, "--strategy", str(best.strategy),
        "-o", str(tmp_path / "it"), home=measured.home,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    check_saved(measured, row, tmp_path / "it")
    loaded = run(measured, row, tmp_path / "it", "load.py")
    assert (loaded.code == 0) is (best.error is None), loaded.text


def test_a_difference_of_a_case_is_the_one_that_was_measured(
    cells: Measured, tmp_path: Path
) -> None:
    row = cells.cell("tf2.15", "another", "script", "tf2.21")
    assert row.verdict is Verdict.DIFFERS
    reproduced(cells, row, tmp_path / "it")
    check_saved(cells, row, tmp_path / "it")
    loaded = run(cells, row, tmp_path / "it", "load.py")
    assert loaded.code == 1
    assert "largest relative difference of the outputs: 0.5" in loaded.text
    assert row.difference == pytest.approx(0.5)
    # A second time, for the folders of the first one are there.
    check_saved(cells, row, tmp_path / "it")


def test_a_difference_of_outputs_is_the_one_that_was_measured(
    cells: Measured, tmp_path: Path
) -> None:
    """Of the attempt that loads without an error and computes something else."""
    row = cells.cell("tf2.15", "gru-reset-before", "weights-h5", "tf2.21")
    plain, *_ = row.attempts
    assert plain.difference is not None
    done = crossload(
        cells.folder, "reproduce", row.id, "--strategy", "plain", "-o", str(tmp_path / "it"),
        home=cells.home,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    check_saved(cells, row, tmp_path / "it")
    loaded = run(cells, row, tmp_path / "it", "load.py")
    found = re.search(r"difference of the outputs: (\S+)", loaded.text)
    assert found is not None, loaded.text
    assert loaded.code == 1
    assert float(found[1]) == pytest.approx(plain.difference, rel=0.01)


def test_the_locks_are_those_of_the_environments(cells: Measured, tmp_path: Path) -> None:
    row = cells.cell("tf2.15", "dense", "h5", "tf2.21")
    reproduced(cells, row, tmp_path / "it")
    for name, environment in (("save", row.saver), ("load", row.loader)):
        copied = (tmp_path / "it" / f"requirements-{name}.txt").read_bytes()
        locks = [
            path.read_bytes()
            for folder in (cells.folder / "locks", ROOT / "locks")
            for path in folder.glob(f"*/{environment}.txt")
        ]
        assert copied in locks
