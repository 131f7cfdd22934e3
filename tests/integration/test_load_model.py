"""`crossload.load_model` in real environments: files of another Keras, and copies that it saves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import ROOT
from tests.integration.drivers import printed

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


def run(name: str, *arguments: str | Path) -> dict[str, Any]:
    """What the driver prints in that environment."""
    return printed(name, DRIVER, *arguments, "tf_keras" if "tfkeras" in name else "tensorflow")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder with the files of a saver; they are written when they are first asked for."""

    @cache
    def folder(saver: str) -> Path:
        made = tmp_path_factory.mktemp(saver)
        run(saver, "save", made)
        return made

    return folder


@pytest.mark.parametrize(("saver", "loader"), PAIRS, ids=str)
def test_files_of_another_keras_load_in_one_line_and_plainly_once_saved(
    saver: str, loader: str, saved: Callable[[str], Path], tmp_path: Path
) -> None:
    files = shutil.copytree(saved(saver), tmp_path / "files")
    found = run(loader, "load", files)
    assert len(found) >= 6
    wrong = {
        name: answer
        for name, answer in found.items()
        if "error" in answer or answer["gap"] > TOLERANCE or answer["again"] > TOLERANCE
    }
    assert wrong == {}
    assert {answer["plain"] for answer in found.values()} == {"plain"}
