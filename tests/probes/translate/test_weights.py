"""Weights of a file given to stand-ins for a model whose own loader is right, refuses, or lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest

from tests.probes.translate.saved_files import write_checkpoint

Probe = Callable[[str], ModuleType]
KERNEL, BIAS = np.full((2, 3), 5.0, "float32"), np.zeros(3, "float32")


class Layer:
    def __init__(self, name: str) -> None:
        self.name = name
        self.arrays = [np.ones((2, 3), "float32"), np.zeros(3, "float32")]
        self.weights = [SimpleNamespace(name=f"{name}/{one}:0") for one in ("kernel", "bias")]

    def get_weights(self) -> list[Any]:
        return self.arrays

    def set_weights(self, arrays: list[Any]) -> None:
        self.arrays = list(arrays)


class Model:
    """A model of one layer, whose own loader does what it is told."""

    def __init__(self, load: Callable[[Model], None]) -> None:
        self.layers = [Layer("dense")]
        self.load = load

    def load_weights(self, _path: str) -> None:
        self.load(self)


def give(model: Model) -> None:
    model.layers[0].set_weights([KERNEL, BIAS])


def refuse(model: Model) -> None:
    model.layers[0].set_weights([KERNEL * 2, BIAS])
    raise ValueError("Layer count mismatch\nand more")


def do_nothing(model: Model) -> None:
    pass


def stored(path: Path, kernel: Any = KERNEL) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"dense"]
        group = file.create_group("dense")
        group.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        group["dense/kernel:0"], group["dense/bias:0"] = kernel, BIAS
    return path


@pytest.mark.parametrize(
    ("own", "notes"),
    [
        (give, []),
        (refuse, ["Keras' own loader: ValueError: Layer count mismatch"]),
        (do_nothing, ["Keras' own loader: NothingLoaded: 1 of 2 arrays were left as they were"]),
    ],
    ids=["loads", "refuses", "does nothing"],
)
def test_a_loader_that_leaves_weights_out_is_made_up_for(
    probe: Probe, tmp_path: Path, own: Callable[[Model], None], notes: list[str]
) -> None:
    model = Model(own)
    said = probe("translate.loading").load_weights(None, model, stored(tmp_path / "w"))
    assert [one for one in said if not one.startswith("weights by")] == notes
    assert bool(notes) == any(one.startswith("weights by") for one in said)
    assert [array.tolist() for array in model.layers[0].arrays] == [KERNEL.tolist(), BIAS.tolist()]


def test_weights_of_another_model_are_refused_and_nothing_is_changed(
    probe: Probe, tmp_path: Path
) -> None:
    model = Model(refuse)
    path = stored(tmp_path / "w.h5", kernel=np.ones((7, 3), "float32"))
    with pytest.raises(probe("formats.arrays").NoFit, match="nothing in the file fits layer"):
        probe("translate.loading").load_weights(None, model, path)
    assert model.layers[0].arrays[0].tolist() == np.ones((2, 3)).tolist()


def test_a_model_that_has_these_weights_already_is_loaded_too(probe: Probe, tmp_path: Path) -> None:
    model = Model(give)
    give(model)
    assert probe("translate.loading").load_weights(None, model, stored(tmp_path / "w")) == []


def test_a_report_names_the_way_the_refusals_and_the_losses(probe: Probe) -> None:
    report = probe("translate.report").Report("old.h5", "h5")
    assert str(report) == "old.h5 (h5): not loaded"
    report.refused("plain", "Keras misreads it")
    report.refused("renamed", ValueError("no such layer\nmore"))
    report.way = "translated"
    report.changes.append("Foo as Bar")
    report.lost.append("optimizer")
    assert str(report).splitlines() == [
        "old.h5 (h5): translated",
        "  plain not used: Keras misreads it",
        "  renamed failed: ValueError: no such layer",
        "  changed: Foo as Bar",
        "  lost: optimizer",
    ]


def test_a_checkpoint_is_read_without_tensorflow(probe: Probe, tmp_path: Path) -> None:
    keys = [
        f"layer_with_weights-0/{name}/.ATTRIBUTES/VARIABLE_VALUE" for name in ("kernel", "bias")
    ]
    write_checkpoint(tmp_path / "w", dict(zip(keys, (KERNEL, BIAS), strict=True)))
    model = Model(refuse)
    notes = probe("translate.loading").load_weights(
        SimpleNamespace(backend="tensorflow"), model, tmp_path / "w"
    )
    assert model.layers[0].arrays[0].tolist() == KERNEL.tolist()
    assert "Layer count mismatch" in notes[1]


def test_a_checkpoint_that_is_cut_short_says_so(probe: Probe, tmp_path: Path) -> None:
    (tmp_path / "w.index").write_bytes(b"")
    with pytest.raises(probe("translate.messages").Damaged, match="it is cut short"):
        probe("translate.loading").load_weights(None, Model(refuse), tmp_path / "w")


def test_arrays_are_weights(probe: Probe, tmp_path: Path) -> None:
    container = probe("translate.containers").recognise(stored(tmp_path / "weights.h5"))
    assert probe("translate.weights").holds_any(None, container) is True


def test_the_numbers_of_metrics_are_no_weights(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file["metrics/mean/vars/0"] = np.float32(3)
    container = probe("translate.containers").recognise(path)
    assert probe("translate.weights").holds_any(None, container) is False
