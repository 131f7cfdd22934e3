"""The code that is printed, run as a user would: in its environment, without the probes.

Reference models and a script of a user are measured in four environments. Of each way of loading
(strategy, format, loader) that gave the same outputs, the printed text runs beside the file, in a
process that has done nothing but import the framework, and its outputs are compared with the
saver's. Each is a fork of one such process per environment: importing takes longer than loading.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from crossload.runner.analysis import JudgedCell, TryResult, judge_run
from crossload.runner.ledger import Ledger
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.strategies import STRATEGIES
from crossload.runner.subjects.code import module_of
from crossload.runner.words import Format, Strategy
from tests.integration.conftest import HOME, ROOT, crossload
from tests.probes.worker_driver import PROBES, VARIABLES

pytestmark = pytest.mark.integration

MATRIX = """
environments:
  tf1.15: {tensorflow: "1.15.0", python: "3.7"}
  tf2.12: {tensorflow: "2.12.1", resolve: "2024-01-15"}
  tf2.21-tfkeras: {tensorflow: "2.21.0", api: tf_keras, tf_keras: "2.21.0"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  quick:
    environments: all
    models: [conv-bn, custom-layer, nested, lstm]
    formats: [h5, keras, savedmodel, weights-h5, json+weights, h5+save-format]
"""
# Two layers without bias whose weights have one shape: nothing but their names tells them apart.
TWINS = """
def build(keras):
    layers = keras.layers
    model = keras.Sequential([
        layers.Input((5,)),
        layers.Dense(5, use_bias=False, activation="tanh", name="zebra"),
        layers.BatchNormalization(name="middle"),
        layers.Dense(5, use_bias=False, name="apple"),
    ])
    model.compile("adam", "mse")
    return model
"""
# What the author of a reference model has: the function that builds it, and its classes.
MY_CODE = """
import sys
sys.path.append({probes!r})
from crossload_probe import frameworks
from crossload_probe.models import registry, samples

framework = frameworks.load({api!r}, "tensorflow")

def build_model():
    return samples.build(framework, {model!r}, 97)

for thing in registry.find({model!r}).custom_objects(framework.keras).values():
    globals()[thing.__name__] = thing
"""
COMPARE = """
import json, runpy, sys
import numpy

def flat(value):
    if isinstance(value, dict):
        value = [value[name] for name in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [array for item in value for array in flat(item)]
    return [numpy.asarray(value)]

def gap(found, wanted):
    return float(numpy.max(numpy.abs(found - wanted)) / numpy.max(numpy.abs(wanted)))

counts = json.load(open("expected.json"))["counts"]
stored = numpy.load("expected.npz")
inputs, outputs = (
    [stored["%s_%d" % (group, index)] for index in range(counts[group])]
    for group in ("inputs", "outputs")
)
given = inputs[0] if len(inputs) == 1 else inputs
found = runpy.run_path("printed.py", {"inputs": given})
found = flat(found["outputs"] if "outputs" in found else found["model"].predict(given, verbose=0))
# A signature orders its outputs by name.
gaps = [min(gap(one, two) for one in found if one.shape == two.shape) for two in outputs]
open("gap.txt", "w").write(repr(max(gaps)))
"""
# Imports the environment's framework, then runs `compare.py` in each folder, each in a fork.
FORKS = """
import os, runpy, sys, traceback
if "tfkeras" in sys.argv[1]:
    import tf_keras
import tensorflow
for folder in sys.argv[2:]:
    child = os.fork()
    if not child:
        os.chdir(folder)
        sys.path.insert(0, folder)
        try:
            runpy.run_path("compare.py")
        except BaseException:
            open("error.txt", "w").write(traceback.format_exc())
        os._exit(0)
    os.waitpid(child, 0)
"""
VENDORED = "crossload_load.py"
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Way:
    """One way of loading that worked, in one cell."""

    cell: JudgedCell
    strategy: Strategy
    artifact: str
    module: str

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What makes it unlike others: where, what, how, and how long its text is."""
        lines = self.cell.code(self.strategy).splitlines()
        return self.cell.cell.loader, str(self.cell.cell.format), str(self.strategy), len(lines)

    def __str__(self) -> str:
        return f"{self.strategy} {self.cell.cell}"


def ways_of(snapshot: RunSnapshot) -> list[Way]:
    modules = {one.name: module_of(one) for one in snapshot.run.start.subjects}
    found = []
    for cell in judge_run(snapshot):
        save = snapshot.saves.get(SavedFile.of(cell.cell))
        for tried in cell.tried:
            if tried.result is TryResult.AGREES and save is not None and save.artifact:
                module = modules.get(cell.cell.model, "")
                found.append(Way(cell, tried.strategy, save.artifact, module))
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the reference models and the twins were measured."""
    folder = tmp_path_factory.mktemp("recipes")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    (folder / "twins.py").write_text(TWINS, encoding="utf-8")
    home = folder / ".crossload"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    built = crossload(folder, "envs", "build", home=home)
    if built.returncode != 0:
        pytest.skip(f"the environments cannot be built here: {built.stdout}")
    done = crossload(folder, "run", home=home, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    # What the printed text imports where crossload itself cannot run: Python before 3.10.
    crossload(folder, "vendor", "-o", VENDORED, home=home)
    crossload(folder, "check", "twins.py", "--environment", "tf2.*", home=home, timeout=1800)
    return folder


@pytest.fixture(scope="module")
def ways(project: Path) -> list[Way]:
    ledger = Ledger.open(project / ".crossload" / "ledger.sqlite", read_only=True)
    found = [way for run in ledger.runs() for way in ways_of(ledger.snapshot(run.id))]
    ledger.close()
    return found


def prepare(way: Way, project: Path, folder: Path) -> None:
    """Put the file, the printed text and the author's code into a folder, as a user would."""
    home = project / ".crossload"
    folder.mkdir()
    bundle = home / "artifacts" / way.artifact
    for path in bundle.iterdir():
        if path.name != "payload":
            shutil.copyfile(path, folder / path.name)
    (payload,) = (bundle / "payload").iterdir()
    if payload.is_dir():
        shutil.copytree(payload, folder / payload.name, copy_function=shutil.copyfile)
        for inner, _, _ in os.walk(folder / payload.name):
            Path(inner).chmod(0o755)
    else:
        shutil.copyfile(payload, folder / payload.name)
    loader = way.cell.cell.loader
    if way.module:
        shutil.copyfile(project / f"{way.module}.py", folder / f"{way.module}.py")
    else:
        api = "tf_keras" if "tfkeras" in loader else "tf.keras"
        names = {"probes": str(PROBES), "api": api, "model": way.cell.cell.model}
        (folder / "my_code.py").write_text(MY_CODE.format(**names), encoding="utf-8")
    shutil.copyfile(project / VENDORED, folder / VENDORED)
    (folder / "printed.py").write_text(way.cell.code(way.strategy) + "\n", encoding="utf-8")
    (folder / "compare.py").write_text(COMPARE, encoding="utf-8")


def run_printed(loader: str, folders: list[Path], project: Path) -> None:
    """Run the printed text in every folder; each then has `gap.txt` or `error.txt`."""
    done = subprocess.run(
        [
            project / ".crossload" / "envs" / loader / "bin" / "python",
            *("-B", "-c", FORKS, loader, *map(str, folders)),
        ],
        cwd=project,
        env={**VARIABLES, "HOME": str(project), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def complaint(way: Way, folder: Path) -> str:
    """What is wrong with the outputs of a printed text, or nothing."""
    code = way.cell.code(way.strategy)
    if not (folder / "gap.txt").exists():
        error = folder / "error.txt"
        said = error.read_text(encoding="utf-8")[-2000:] if error.exists() else "the process died"
        return f"{code}\n{said}"
    gap = float((folder / "gap.txt").read_text(encoding="utf-8"))
    return "" if gap <= TOLERANCE else f"{code}\noutputs differ by {gap}"


def test_the_run_has_every_way_with_its_text(ways: list[Way]) -> None:
    assert {way.strategy for way in ways} >= set(Strategy) - {Strategy.UNSAFE, Strategy.LEGACY}
    assert {way.cell.cell.format for way in ways} >= {
        Format.H5,
        Format.KERAS,
        Format.SAVEDMODEL,
        Format.WEIGHTS_H5,
        Format.JSON_WEIGHTS,
    }
    assert [str(way) for way in ways if not way.cell.code(way.strategy)] == []
    translating = {way.strategy for way in ways if "crossload" in way.cell.code(way.strategy)}
    assert all(STRATEGIES[strategy].rewrites for strategy in translating)


def test_printed_code_gives_the_outputs_of_the_saver(
    project: Path, ways: list[Way], tmp_path: Path
) -> None:
    unlike = {way.key: way for way in ways}.values()
    placed = [(way, tmp_path / str(number)) for number, way in enumerate(unlike)]
    for way, folder in placed:
        prepare(way, project, folder)
    for loader in dict.fromkeys(way.cell.cell.loader for way in unlike):
        its = [folder for way, folder in placed if way.cell.cell.loader == loader]
        run_printed(loader, its, project)
    complaints = {str(way): complaint(way, folder) for way, folder in placed}
    assert {way: text for way, text in complaints.items() if text} == {}
