"""Models that others published: one check of all of them answers as was measured on them before."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from crossload.runner.home import Home
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.ledger.snapshot import SavedFile
from crossload.runner.words import Format
from tests.integration.conftest import HOME, crossload
from tests.wild import MISSING, WILD

pytestmark = pytest.mark.integration

# Names of environments here -> keys of `measured.json`, of the same versions.
MEASURED = {"tf1.15": "tf115", "tf2.15": "tf215", "tf2.21": "tf221"}
MATRIX = """
environments:
  tf1.15: {tensorflow: "1.15.0", python: "3.7"}
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  quick: {environments: all, models: [dense]}
"""
STRATEGIES = {"plain": "plain", "nocompile": "no-compile"}
CLOSE = 1e-4


def known() -> dict[str, Any]:
    """What was measured, by the name of the file."""
    if not WILD.is_dir():
        return {"(no files)": {"measured": {}}}
    document = json.loads((WILD / "measured.json").read_text(encoding="utf-8"))
    return dict(document["files"])


KNOWN = known()
CELLS = [(name, environment) for name in KNOWN for environment in MEASURED]


@dataclass(frozen=True)
class Wild:
    """Checks of the whole folder: the JSON, and the ledger."""

    home: Path
    told: dict[str, Any]

    def model(self, name: str) -> dict[str, Any]:
        (found,) = [one for one in self.told["models"] if Path(one["path"]).name == name]
        return dict(found)

    def cell(self, name: str, environment: str) -> dict[str, Any]:
        (found,) = [
            one
            for one in self.model(name)["cells"]
            if one["loader"].rpartition("-py")[0] == environment
        ]
        return dict(found["measured"])

    def outputs(self, name: str, environment_id: str) -> list[npt.NDArray[Any]]:
        """What the model answered where it was taken over."""
        model = self.model(name)
        form = Format(model["cells"][0]["measured"]["format"])
        with Ledger.open(Home(self.home).ledger) as ledger:
            snapshot = ledger.snapshot(self.told["run"])
        save = snapshot.saves[SavedFile(environment_id, model["name"], form)]
        assert save.artifact is not None
        with np.load(Home(self.home).artifacts / save.artifact / "expected.npz") as arrays:
            return [arrays[key] for key in sorted(arrays.files) if key.startswith("outputs_")]


@pytest.fixture(scope="module")
def wild(tmp_path_factory: pytest.TempPathFactory) -> Wild:
    if not WILD.is_dir():
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("wild")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    built = crossload(folder, "envs", "build")
    if built.returncode:
        pytest.skip(f"the environments cannot be built: {built.stdout[-300:]}{built.stderr[-300:]}")
    home = folder / "home"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    done = check(folder, home)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    with Ledger.open(Home(home).ledger) as ledger:
        assert [one.state for one in ledger.runs()] == [RunState.FINISHED] * len(ledger.runs())
    return Wild(home, told)


def check(
    folder: Path, home: Path, *more: str, path: Path = WILD
) -> subprocess.CompletedProcess[str]:
    arguments = ("check", str(path), "--environment", "*", "--json", *more)
    return crossload(folder, *arguments, home=home)


def fixed_input(name: str) -> npt.NDArray[np.float32] | None:
    """What the file was measured on, where a check would choose other inputs by itself.

    Those are indices for a table, and floats on which every answer is the same number.
    """
    facts = KNOWN[name]
    (text, *others) = facts["inspection"].get("batch_shapes") or ("null",)
    if others or text == "null":
        return None
    sides = [side or size for side, size in zip(json.loads(text), [2, *[8] * 9], strict=False)]
    if "Embedding" in facts["inspection"].get("classes", ()):
        return np.zeros(sides, "float32")
    found = [one["predict"] for one in facts["measured"].values() if one["predict"]]
    if any(one["std"] == 0 for predicted in found for one in predicted.get("outputs", ())):
        return np.random.RandomState(0).rand(*sides).astype("float32")
    return None


@pytest.fixture(scope="module")
def with_inputs(wild: Wild) -> dict[str, Wild]:
    """Checks with `--inputs`, of those files that need them to be compared."""
    found = {}
    for name in KNOWN:
        inputs = fixed_input(name)
        if inputs is not None:
            np.savez(wild.home.parent / "inputs.npz", inputs)
            given = ("--inputs", str(wild.home.parent / "inputs.npz"))
            done = check(wild.home.parent, wild.home, *given, path=WILD / name)
            found[name] = Wild(wild.home, json.loads(done.stdout))
    return found


def test_every_published_model_is_in_the_answer(wild: Wild) -> None:
    assert {Path(one["path"]).name for one in wild.told["models"]} == set(KNOWN)
    assert wild.told["left_out"] == []


@pytest.mark.parametrize(("name", "environment"), CELLS, ids=str)
def test_what_loads_is_what_was_measured(wild: Wild, name: str, environment: str) -> None:
    ours = {
        one["strategy"]: one["status"] == "done" for one in wild.cell(name, environment)["attempts"]
    }
    theirs = KNOWN[name]["measured"][MEASURED[environment]]["attempts"]
    expected = {
        STRATEGIES[one["mode"]]: one["outcome"] == "ok"
        for one in theirs
        if one["mode"] in STRATEGIES
    }
    shared = ours.keys() & expected.keys()
    assert "plain" in shared
    assert {one: ours[one] for one in shared} == {one: expected[one] for one in shared}


@pytest.mark.parametrize(("name", "environment"), CELLS, ids=str)
def test_answers_are_those_that_were_measured(
    wild: Wild, with_inputs: dict[str, Wild], name: str, environment: str
) -> None:
    wild = with_inputs.get(name, wild)
    predicted = KNOWN[name]["measured"][MEASURED[environment]]["predict"]
    cell = wild.cell(name, environment)
    agrees = [one for one in cell["attempts"] if one["result"] == "agrees"]
    if predicted is None or not predicted["ok"]:
        pytest.skip("nobody loaded it there, so there are no numbers")
    assert agrees, "it was loaded there, and must have been here"
    outputs = wild.outputs(name, cell["saver"])
    assert len(outputs) == len(predicted["outputs"])
    for ours, theirs in zip(outputs, predicted["outputs"], strict=True):
        first = np.array(theirs["first8"])
        assert list(ours.shape) == theirs["shape"]
        assert np.abs(ours.ravel()[: first.size] - first).max() < CLOSE
        assert abs(float(ours.mean()) - theirs["mean"]) < CLOSE


def test_every_failure_has_a_cause_or_a_prediction(wild: Wild) -> None:
    without = [
        one["id"]
        for model in wild.told["models"]
        for one in model["cells"]
        if one["verdict"] == "fails" and one["measured"]["cause"] is None and not one["predicted"]
    ]
    assert without == []


def test_the_same_check_again_measures_nothing(wild: Wild) -> None:
    again = check(wild.home.parent, wild.home)
    assert "everything is known already" in again.stderr
    told = json.loads(again.stdout)
    assert [one["sentence"] for one in told["models"]] == [
        one["sentence"] for one in wild.told["models"]
    ]
