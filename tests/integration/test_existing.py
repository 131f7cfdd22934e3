"""`--to .` and a path with real frameworks: an environment that crossload did not make."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from crossload.runner.environments.tools import uv_command
from tests.integration.conftest import HOME, crossload

pytestmark = pytest.mark.integration

MAKE = """
from tensorflow import keras
keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3)]).save("plain.h5")
"""


def checked(folder: Path, *places: str) -> dict[str, Any]:
    """The JSON of a check of `plain.h5`."""
    done = crossload(folder, "check", "plain.h5", "--json", *places)
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def verdict(document: dict[str, Any], loader: str) -> str:
    cells: list[dict[str, str]] = document["models"][0]["cells"]
    return next(one["verdict"] for one in cells if one["loader"] == loader)


@pytest.fixture
def made_elsewhere(environments: tuple[str, str], tmp_path: Path) -> Path:
    """A virtual environment that sees the packages of a built one, and a model beside it."""
    keras2 = HOME / "envs" / environments[0]
    (tmp_path / "make.py").write_text(MAKE, encoding="utf-8")
    python = keras2 / "bin" / "python"
    subprocess.run([python, "make.py"], cwd=tmp_path, check=True, capture_output=True)
    uv = uv_command()
    assert uv is not None
    folder = tmp_path / "mine"
    subprocess.run([*uv, "venv", "--quiet", "--python", python, folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (packages,) = keras2.glob("lib/python*/site-packages")
    (site / "packages.pth").write_text(f"{packages}\n", encoding="utf-8")
    return folder


def test_an_environment_made_elsewhere_and_the_active_one(
    made_elsewhere: Path, environments: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(str(one) for one in made_elsewhere.rglob("*"))
    by_path = checked(made_elsewhere.parent, "--to", str(made_elsewhere))
    suffix = environments[0].rpartition("-")[2]
    assert verdict(by_path, f"mine-{suffix}") == "same"
    assert sorted(str(one) for one in made_elsewhere.rglob("*")) == before

    monkeypatch.setenv("VIRTUAL_ENV", str(made_elsewhere))
    active = checked(made_elsewhere.parent, "--to", ".")
    assert verdict(active, f"active-{suffix}") == "same"
