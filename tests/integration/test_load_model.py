"""`crossload.load_model` in real environments: files of another Keras, and copies that it saves."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import HOME, ROOT, crossload

DRIVER = ROOT / "tests" / "probes" / "fixtures" / "loading_driver.py"
TOLERANCE = 1e-5
PAIRS = (
    ("tf2.12", "tf2.16"),
    ("tf2.12", "tf2.21"),
    ("tf2.15", "tf2.12"),
    ("tf2.15", "tf2.16"),
    ("tf2.15", "tf2.21"),
    ("tf2.15", "tf2.21-tfkeras"),
    ("tf2.21", "tf2.12"),
    ("tf2.21", "tf2.15"),
    ("tf2.21", "tf2.16"),
    ("tf2.21", "tf2.21-tfkeras"),
)
pytestmark = pytest.mark.integration


@cache
def python(name: str) -> Path:
    """The interpreter of an environment of the shipped matrix, which is built where it is not."""
    found = sorted((HOME / "envs").glob(f"{name}-py*/bin/python"))
    if not found:
        built = crossload(ROOT, "envs", "build", name)
        found = sorted((HOME / "envs").glob(f"{name}-py*/bin/python"))
        if not found:
            pytest.skip(f"{name!r} cannot be built here: {built.stderr[-300:]}")
    return found[0]


def run(name: str, *arguments: str | Path) -> dict[str, Any]:
    """What the driver prints in that environment."""
    done = subprocess.run(
        [python(name), "-B", DRIVER, *arguments, "tf_keras" if "tfkeras" in name else "tensorflow"],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(("saver", "loader"), PAIRS, ids=str)
def test_files_of_another_keras_load_in_one_line_and_plainly_once_saved(
    saver: str, loader: str, tmp_path: Path
) -> None:
    run(saver, "save", tmp_path)
    found = run(loader, "load", tmp_path)
    assert len(found) >= 6
    wrong = {
        name: answer
        for name, answer in found.items()
        if "error" in answer or answer["gap"] > TOLERANCE or answer["again"] > TOLERANCE
    }
    assert wrong == {}
    assert {answer["plain"] for answer in found.values()} == {"plain"}
