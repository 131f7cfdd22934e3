"""A whole run with an environment.yml, whose conda is a stand-in and whose Keras is real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.channels import make_channel
from tests.integration.conftest import HOME, crossload, read_report

pytestmark = pytest.mark.integration

MATRIX = """
environments:
  ours: {conda: environment.yml}
profiles:
  quick:
    models: [dense]
    formats: [h5]
"""


def test_an_environment_yml_is_built_locked_and_measured(
    environments: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = os.environ["PATH"]
    channel = make_channel(tmp_path / "bin", monkeypatch)
    monkeypatch.setenv("PATH", f"{channel.folder}:{path}")
    prefix = HOME / "envs" / environments[0]
    channel.install("micromamba", str(prefix / "bin" / "python"))
    channel.offer(path=str(next(prefix.glob("lib/python*/site-packages"))))
    minor = environments[0].rpartition("-py")[2]
    (tmp_path / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    (tmp_path / "environment.yml").write_text(
        f"dependencies: [python={minor}, tensorflow=2.15]\n", encoding="utf-8"
    )
    home = tmp_path / "home"

    # The stand-in borrows packages from outside of the environment, where no sandbox looks.
    done = crossload(tmp_path, "run", "--no-sandbox", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    (row,) = read_report(tmp_path, home).environments
    assert (row.id, row.resolve) == (f"ours-py{minor}", "conda")
    assert row.tensorflow.startswith("2.15.")
    (cell,) = read_report(tmp_path, home).cells
    assert cell.verdict == "same"
    (lock,) = tmp_path.glob("locks/*/*.txt")
    assert "@EXPLICIT" in lock.read_text(encoding="utf-8")
    checked = crossload(tmp_path, "lock", "--check", home=home)
    assert "all 1 locks fit the matrix" in checked.stdout

    again = crossload(tmp_path, "run", "--no-sandbox", home=home)
    assert again.returncode == 0
    assert [call[1:3] for call in channel.calls] == [["env", "create"]]
    doctor = crossload(tmp_path, "doctor", home=home)
    assert f"Python {minor} of its own, by micromamba" in doctor.stdout
