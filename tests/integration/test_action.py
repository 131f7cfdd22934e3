"""The commands of the GitHub Action with the real program and real environments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.conftest import HOME, ROOT, crossload
from tests.schemas import validate
from tests.test_action import Runner, runner

pytestmark = pytest.mark.integration
MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
"""
SAVE = """
import sys, tensorflow as tf
layers = tf.keras.layers
tf.keras.Sequential([layers.LSTM(4, input_shape=(6, 2)), layers.Dense(2)]).save(sys.argv[1])
"""
PROGRAM = """#!/bin/sh
PYTHONPATH={root} exec {python} -m crossload "$@"
"""


def real(folder: Path, **given: str) -> Runner:
    """A runner in whose workspace a model lies, with the program itself in place of a stand-in."""
    one = runner(folder, 0, to="2.21", **given)
    one.around, one.timeout = dict(os.environ), 900
    program = folder / "tools" / "crossload"
    program.write_text(PROGRAM.format(root=ROOT, python=sys.executable), encoding="utf-8")
    (one.workspace / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    built = crossload(one.workspace, "envs", "build", "tf2.15-*", "tf2.21-*")
    assert built.returncode == 0, built.stdout + built.stderr
    (python,) = (HOME / "envs").glob("tf2.15-py*/bin/python")
    save = [str(python), "-c", SAVE, str(one.workspace / "model.h5")]
    subprocess.run(save, check=True, capture_output=True)
    home = one.workspace / ".crossload"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    return one


def test_a_check_leaves_its_report(tmp_path: Path) -> None:
    one = real(tmp_path, command="check", models="model.h5")
    assert one.step("Measure") == 0
    results = one.workspace / "crossload-results"
    told = json.loads((results / "check.json").read_text(encoding="utf-8"))
    validate("check", told)
    assert one.read("GITHUB_OUTPUT") == f"exit-code={told['exit_code']}\n"
    assert "tf2.21-py3.13" in one.read("GITHUB_STEP_SUMMARY")
    assert (results / "report.html").is_file()
    assert (one.workspace / ".crossload" / "ledger.sqlite").is_file()


def test_an_upgrade_leaves_everything(tmp_path: Path) -> None:
    one = real(tmp_path, models="model.h5", options="--no-reference", **{"from": "2.15"})
    assert one.step("Measure") == 0
    results = one.workspace / "crossload-results"
    told = json.loads((results / "upgrade.json").read_text(encoding="utf-8"))
    validate("upgrade", told)
    assert one.read("GITHUB_OUTPUT") == f"exit-code={told['exit_code']}\n"
    assert told["headline"][1:] in one.read("GITHUB_STEP_SUMMARY")
    sarif = json.loads((results / "upgrade.sarif").read_text(encoding="utf-8"))
    assert sarif["version"] == "2.1.0"
    assert (results / "junit.xml").read_text(encoding="utf-8").startswith("<?xml")
    assert one.step("Fail if crossload did") == told["exit_code"]
