"""Keras on the backends of its first years: built with stand-in libraries, run in the sandbox."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.conftest import HOME, crossload, read_report

pytestmark = pytest.mark.integration

# Rows of the shipped matrix, so that their locks are there.
MATRIX = """
environments:
  keras2.2.4-theano:
    keras: "2.2.4"
    api: keras
    backend: theano
    python: "3.7"
    packages: {theano: "1.0.5", numpy: "<1.20", h5py: "<3"}
    resolve: "2020-08-15"
  keras2.2.4-cntk:
    keras: "2.2.4"
    api: keras
    backend: cntk
    python: "3.6"
    packages: {cntk: "==2.7", numpy: "<1.19", h5py: "<3"}
    resolve: "2020-01-15"
    libraries: {libmpi_cxx.so.1: libmpi_cxx.so.40, libmpi.so.12: libmpi.so.40}
profiles:
  quick:
    models: [dense]
    formats: [h5]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    plan = json.loads(crossload(tmp_path, "plan", "--json").stdout)
    for one in plan["environments"]:
        if one["problem"]:
            pytest.skip(f"{one['id']}: {one['problem']}")
    return tmp_path


def test_theano_and_cntk_read_each_others_files(folder: Path) -> None:
    built = crossload(folder, "envs", "build")
    assert built.returncode == 0, built.stdout + built.stderr
    home = folder / "home"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    done = crossload(folder, "run", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    cells = read_report(folder, home).cells
    assert {(cell.saver, cell.loader): str(cell.verdict) for cell in cells} == {
        (saver, loader): "same"
        for saver in ("keras2.2.4-theano-py3.7", "keras2.2.4-cntk-py3.6")
        for loader in ("keras2.2.4-theano-py3.7", "keras2.2.4-cntk-py3.6")
    }


KERAS1 = """
environments:
  keras1.2.2-theano:
    keras: "1.2.2"
    api: keras
    backend: theano
    python: "3.7"
    packages: {theano: "1.0.5", numpy: "<1.20", h5py: "<3"}
    resolve: "2020-08-15"
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  quick:
    models: [dense, custom-loss-metric, locally-connected]
    formats: [h5]
    pairs: [["keras1*", "tf2.21"]]
"""


def test_files_that_keras_1_wrote_are_translated(tmp_path: Path) -> None:
    """Keras 1 is built from its source package; what its files answer, it says itself."""
    (tmp_path / "matrix.yaml").write_text(KERAS1, encoding="utf-8")
    built = crossload(tmp_path, "envs", "build")
    if built.returncode != 0:
        pytest.skip(f"the environments cannot be built here: {built.stdout}")
    home = tmp_path / "home"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    done = crossload(tmp_path, "run", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = {
        cell.model: str(cell.verdict)
        for cell in read_report(tmp_path, home).cells
        if cell.saver != cell.loader
    }
    assert verdicts == dict.fromkeys(verdicts, "translated")
    assert set(verdicts) == {"dense", "custom-loss-metric", "locally-connected"}
