"""Checkpoints that TensorFlow wrote, read without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.probes.translate.saved_files import write_checkpoint

Probe = Callable[[str], ModuleType]
ARRAYS = {
    "a/kernel": np.arange(6, dtype="float32").reshape(2, 3),
    "a/words": np.array([b"one", b"", b"three" * 60], dtype=object),
    "b": np.array(7, dtype="int64"),
    "c": np.array([True, False]),
}


def test_arrays_of_every_kind(probe: Probe, tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "w[1]", ARRAYS)
    reader = probe("translate.checkpoints").train.load_checkpoint(tmp_path / "w[1]")
    assert reader.get_variable_to_shape_map() == {key: one.shape for key, one in ARRAYS.items()}
    for key, array in ARRAYS.items():
        found = reader.get_tensor(key)
        assert found.dtype == array.dtype
        assert found.tolist() == array.tolist()


@pytest.mark.parametrize("size", [0, 30, 60])
def test_an_index_that_is_cut_short_is_refused(probe: Probe, tmp_path: Path, size: int) -> None:
    write_checkpoint(tmp_path / "w", ARRAYS)
    index = tmp_path / "w.index"
    index.write_bytes(index.read_bytes()[:size])
    with pytest.raises(probe("translate.messages").Damaged):
        probe("translate.checkpoints").Reader(tmp_path / "w")


def test_an_index_changed_at_any_place_is_read_or_refused(probe: Probe, tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "w", ARRAYS)
    index = tmp_path / "w.index"
    whole = index.read_bytes()
    for place in range(len(whole)):
        index.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            reader = probe("translate.checkpoints").Reader(tmp_path / "w")
            for key in reader.get_variable_to_shape_map():
                reader.get_tensor(key)
        except probe("translate.messages").Damaged:
            continue


def test_data_that_is_cut_short_or_missing_is_refused(probe: Probe, tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "w", ARRAYS)
    (data,) = tmp_path.glob("w.data*")
    reader = probe("translate.checkpoints").Reader(tmp_path / "w")
    data.write_bytes(data.read_bytes()[:10])
    with pytest.raises(probe("translate.messages").Damaged, match="cut short"):
        reader.get_tensor("a/kernel")
    data.unlink()
    with pytest.raises(probe("translate.messages").Damaged, match="there is no file"):
        reader.get_tensor("a/kernel")
