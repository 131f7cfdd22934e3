"""The file that `crossload vendor` writes, in environments from TensorFlow 1.15 on."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from crossload.runner import vendoring
from tests.integration.drivers import python
from tests.integration.test_load_model import DRIVER, TOLERANCE, run

pytestmark = pytest.mark.integration
PAIRS = (("tf1.15", "tf2.21"), ("tf2.15", "tf1.15"), ("tf2.15", "tf2.3-h5py2"))
# The other models have operations that some pairs refuse, or that no file of TensorFlow 1 can hold.
EVERYWHERE = {"divided.h5", "scaled.h5", "casts.h5", "recurrent.h5"}


@pytest.mark.parametrize(("saver", "loader"), PAIRS, ids=str)
def test_one_file_loads_models_of_another_era(saver: str, loader: str, tmp_path: Path) -> None:
    run(saver, "save", tmp_path)
    vendored = tmp_path / "crossload_load.py"
    vendoring.write_vendored(vendored)
    done = subprocess.run(
        [python(loader), "-B", DRIVER, "load", tmp_path, "tensorflow", vendored],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    loaded = {name: one["gap"] for name, one in found.items() if "error" not in one}
    assert {name: gap for name, gap in loaded.items() if gap > TOLERANCE} == {}
    assert set(loaded) >= EVERYWHERE
