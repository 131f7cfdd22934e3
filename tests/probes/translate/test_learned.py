"""What preprocessing layers keep as weights, put into the description of the layers."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import numpy as np
import pytest

Probe = Callable[[str], ModuleType]
SUMMARY = np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 1.0]], "float32")


def bins(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": "Discretization", "config": {"name": name, "num_bins": 2, **config}}


def test_boundaries_are_computed_from_the_summary(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"two"]
        group.create_group("two").attrs["weight_names"] = [b"two/summary:0"]
        group["two"]["two/summary:0"] = SUMMARY
        file.attrs["model_config"] = "{}"
    container = probe("translate.containers").recognise(path)
    layers = [bins("one", bin_boundaries=[0.5]), bins("two", bin_boundaries=None)]
    probe("translate.learned").give({"config": {"layers": layers}}, container)
    assert layers[0]["config"]["bin_boundaries"] == [0.5]
    assert layers[1]["config"] == {"name": "two", "bin_boundaries": [2.0]}


def test_layers_of_an_archive_are_told_by_their_place(probe: Probe, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file["layers/discretization_1/vars/0"] = SUMMARY
        file["layers/text_vectorization/vars/idf_weights"] = np.array([0.5, 0.25], "float32")
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.write(tmp_path / "w.h5", "model.weights.h5")
    config = {"output_mode": "tf_idf", "vocabulary": ["[UNK]", "a"]}
    text = {"class_name": "TextVectorization", "config": config}
    layers: list[dict[str, Any]] = [bins("any", bin_boundaries=[1.0]), bins("other"), text]
    container = probe("translate.containers").recognise(tmp_path / "m.keras")
    probe("translate.learned").give({"config": {"layers": layers}}, container)
    assert layers[1]["config"]["bin_boundaries"] == [2.0]
    assert layers[2]["config"]["idf_weights"] == [0.5, 0.25]


@pytest.mark.parametrize(
    ("count", "wanted"), [(2, [2.0]), (4, [1.0, 2.0, 3.0]), (9, [1.0, 2.0, 3.0])]
)
def test_the_formula_of_keras(probe: Probe, count: int, wanted: list[float]) -> None:
    assert probe("translate.learned").boundaries(SUMMARY, count) == wanted
