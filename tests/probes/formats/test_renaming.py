"""The suffix that a file needs is decided by its content."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import h5py
import pytest

Probe = Callable[[str], ModuleType]


def whole(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = "{}"
        file.create_group("model_weights")


def old_weights(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"dense"]


def new_weights(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_group("layers/dense/vars")


def archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", "{}")


def folder(path: Path) -> None:
    path.mkdir()
    (path / "saved_model.pb").write_bytes(b"")


@pytest.mark.parametrize(
    ("write", "name", "suffix"),
    [
        (whole, "model.h5", ""),
        (whole, "model.HDF5", ""),
        (whole, "model.keras", ".h5"),
        (whole, "model", ".h5"),
        (old_weights, "model.h5", ""),
        (old_weights, "model.weights.h5", ".h5"),
        (new_weights, "model.weights.h5", ""),
        (new_weights, "model.h5", ".weights.h5"),
        (archive, "model.keras", ""),
        (archive, "model.h5", ".keras"),
        (folder, "model", ""),
        (folder, "model.h5", ".savedmodel"),
    ],
)
def test_a_suffix_is_wanted_where_the_name_says_something_else(
    probe: Probe, tmp_path: Path, write: Callable[[Path], None], name: str, suffix: str
) -> None:
    write(tmp_path / name)
    assert probe("formats.renaming").suffix_wanted(str(tmp_path / name)) == suffix
