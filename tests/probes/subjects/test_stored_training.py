"""What a file holds for training is read from the file, not from what a loader makes of it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
import pytest

Probe = Callable[[str], ModuleType]


def write(path: Path, group: str, value: float) -> Path:
    with h5py.File(path, "w") as stored:
        stored.attrs["training_config"] = "{}"
        stored[f"{group}/iterations"] = 2
        stored[f"{group}/slot"] = np.full(3, value)
        stored["model_weights/kernel"] = np.ones(3)
    return path


@pytest.mark.parametrize(("value", "slots"), [(0.5, 1), (0.0, 0)])
def test_hdf5_holds_the_slots_that_are_not_zero(
    probe: Probe, tmp_path: Path, value: float, slots: int
) -> None:
    path = write(tmp_path / "model.h5", "optimizer_weights", value)
    held = probe("subjects.stored_training").held(None, "h5", str(path))
    assert held == {"slots": slots, "training": True}


def test_an_archive_holds_its_optimizer_too(probe: Probe, tmp_path: Path) -> None:
    weights = write(tmp_path / "weights.h5", "optimizer/vars", 1.0)
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(weights, "model.weights.h5")
        archive.writestr("config.json", json.dumps({"compile_config": {"loss": "mse"}}))
    held = probe("subjects.stored_training").held(None, "keras", str(path))
    assert held == {"slots": 1, "training": True}


def test_a_file_that_cannot_be_read_holds_nothing(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(b"nothing")
    held = probe("subjects.stored_training").held(None, "h5", str(path))
    assert held == {"slots": 0, "training": False}


@pytest.mark.parametrize(
    ("loaded", "status"),
    [([np.ones(3)], "agrees"), ([np.zeros(3)], "disagrees"), ([], "disagrees")],
)
def test_a_loader_is_held_against_the_file(probe: Probe, loaded: list[Any], status: str) -> None:
    found = probe("checks.trained").check_held({"slots": loaded}, 1)
    assert found["status"] == status
