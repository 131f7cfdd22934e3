"""A full ledger without environments: everything known is said, and nothing is built."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.integration.conftest import Measured, crossload

pytestmark = pytest.mark.integration


def test_known_results_need_no_environment(measured: Measured, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("ledger.sqlite", "artifacts"):
        source = measured.home / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, home / name)
    ran = crossload(measured.folder, "run", "--profile", "pair", home=home)
    assert ran.returncode == 0, ran.stderr
    assert "everything is known already" in ran.stderr
    gate = ("upgrade", "--from", "2.15", "--to", "2.21", "--model", "dense", "--format", "h5")
    ruled = crossload(measured.folder, *gate, home=home)
    assert "everything is known already" in ruled.stderr
    assert "tf2.15" in ruled.stdout
    assert list((home / "envs").iterdir()) == []
