"""Vocabularies in the tables of a SavedModel, put into the description of their layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.probes.translate import saved_files
from tests.probes.translate.saved_files import field

Probe = Callable[[str], ModuleType]
STRING, INT64 = 7, 9


def described(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": name, "vocabulary": None, **config}}


def root(saved: saved_files.Model, *layers: dict[str, Any]) -> dict[str, Any]:
    model = {"class_name": "Functional", "config": {"name": "model", "layers": list(layers)}}
    saved.add(model)
    return model


def read(probe: Probe, saved: saved_files.Model, path: Path) -> list[dict[str, Any]]:
    """The configurations of the layers as they are read from a SavedModel."""
    found = probe("translate.architectures").read("savedmodel", str(saved.write(path)))
    return [layer["config"] for layer in found["config"]["layers"]]


def words(saved: saved_files.Model, name: str, *given: str) -> int:
    return saved.constant(name, STRING, *(field(8, one) for one in given))


def numbers(saved: saved_files.Model, name: str, *given: int) -> int:
    content = np.array(given, dtype="int64").tobytes()
    return saved.constant(name, INT64, field(4, content))


def test_constants_that_a_table_is_initialized_with(probe: Probe, tmp_path: Path) -> None:
    saved = saved_files.Model()
    items = [
        described("StringLookup", "texts", vocabulary_size=4, has_input_vocabulary=False),
        described("TextVectorization", "inner"),
        described("IntegerLookup", "ints"),
    ]
    root(saved, *items)
    keys, values = words(saved, "K", "b", "a", "ü"), numbers(saved, "V", 2, 1, 3)
    texts = saved.layer(items[0], lookup_table=saved.table("init1", keys, values))
    lookup = saved.layer(
        described("StringLookup", "hidden"), lookup_table=saved.inner[texts]["lookup_table"]
    )
    inner = saved.layer(items[1], _lookup_layer=lookup)
    keys, values = numbers(saved, "K2", -5, 9), numbers(saved, "V2", 1, 2)
    ints = saved.layer(items[2], lookup_table=saved.table("init2", keys, values))
    saved.inner[0] = {"layer-0": texts, "layer-1": inner, "layer-2": ints}
    found = read(probe, saved, tmp_path / "m")
    assert [one["vocabulary"] for one in found] == [["a", "b", "ü"], ["a", "b", "ü"], [-5, 9]]
    assert "has_input_vocabulary" not in found[0]


def test_a_text_file_of_the_model(probe: Probe, tmp_path: Path) -> None:
    saved = saved_files.Model()
    item = described("StringLookup", "texts", vocabulary="/elsewhere/words.txt")
    root(saved, item)
    asset = saved.asset(tmp_path / "m", "words.txt", "one\ntwo words\n")
    saved.inner[0] = {"layer-0": saved.layer(item, lookup_table=saved.table("init", asset))}
    assert read(probe, saved, tmp_path / "m")[0]["vocabulary"] == ["one", "two words"]


def test_the_content_of_a_table_in_the_checkpoint(probe: Probe, tmp_path: Path) -> None:
    saved = saved_files.Model()
    item = described("StringLookup", "texts")
    root(saved, item)
    table = saved.add()
    saved.keys[table] = [("table", "", "t/.ATTRIBUTES/table")]
    saved.arrays["t/.ATTRIBUTES/table-keys"] = np.array([b"y", b"x"], dtype=object)
    saved.arrays["t/.ATTRIBUTES/table-values"] = np.array([3, 2])
    saved.inner[0] = {"layer-0": saved.layer(item, _table=table)}
    assert read(probe, saved, tmp_path / "m")[0]["vocabulary"] == ["x", "y"]


def test_the_weights_of_tf_idf_come_with_the_unknown_words(probe: Probe, tmp_path: Path) -> None:
    saved = saved_files.Model()
    item = described("TextVectorization", "texts", output_mode="tf_idf")
    root(saved, item)
    table = saved.table("init", words(saved, "K", "a", "b"), numbers(saved, "V", 1, 2))
    weights = saved.variable("idf_weights", np.array([0.5, 0.25, 0.75, 0.0], "float32"))
    lookup = saved.layer(described("StringLookup", "x"), lookup_table=table, idf_weights=weights)
    saved.inner[0] = {"layer-0": saved.layer(item, _lookup_layer=lookup)}
    (found,) = read(probe, saved, tmp_path / "m")
    assert found["vocabulary"] == ["[UNK]", "a", "b"]
    assert found["idf_weights"] == [0.5, 0.25, 0.75]


@pytest.mark.parametrize("kind", ["none", "function"])
def test_a_layer_whose_table_says_nothing_is_left_as_it_is(
    probe: Probe, tmp_path: Path, kind: str
) -> None:
    saved = saved_files.Model()
    item = described("StringLookup", "texts")
    root(saved, item)
    within = {"lookup_table": saved.table("init")} if kind == "function" else {}
    saved.inner[0] = {"layer-0": saved.layer(item, **within)}
    assert read(probe, saved, tmp_path / "m")[0]["vocabulary"] is None


def test_the_boundaries_of_a_discretization(probe: Probe, tmp_path: Path) -> None:
    saved = saved_files.Model()
    item = {"class_name": "Discretization", "config": {"name": "bins", "num_bins": 2}}
    root(saved, item)
    summary = saved.variable("summary", np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 2.0]], "float32"))
    saved.inner[0] = {"layer-0": saved.layer(item, summary=summary)}
    (found,) = read(probe, saved, tmp_path / "m")
    assert found["bin_boundaries"] == [2.0]
    assert "num_bins" not in found
