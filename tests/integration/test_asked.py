"""Models that are only judged rightly if they are asked as their users ask them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import HOME, crossload

pytestmark = pytest.mark.integration

MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  quick: {environments: all, models: [dense]}
"""
OWN_LAYER = """
import tensorflow as tf

@tf.keras.utils.register_keras_serializable(package="mine")
class Own(tf.keras.layers.Layer):
    def build(self, shape):
        self.count = self.add_weight(
            name="count", shape=(), initializer="zeros", trainable=False)
        super().build(shape)

    def call(self, x):
        {body}

def build(keras):
    i = keras.layers.Input((4,))
    return keras.Model(i, keras.layers.Dense(2)(Own()(i)))
"""
SCRIPTS = {
    "stateful": """
def build(keras):
    i = keras.layers.Input(batch_shape=(2, 5, 3))
    x = keras.layers.LSTM(4, stateful=True)(i)
    return keras.Model(i, keras.layers.Dense(1)(x))
""",
    "stateful_inside": """
def build(keras):
    L = keras.layers
    inner = keras.Sequential(
        [L.Input(batch_shape=(2, 5, 8)), L.GRU(4, stateful=True, return_sequences=True)])
    i = L.Input(batch_shape=(2, 5, 3))
    x = inner(L.Bidirectional(L.LSTM(4, stateful=True, return_sequences=True))(i))
    return keras.Model(i, L.Dense(1)(x))
""",
    "counter": OWN_LAYER.format(body="self.count.assign_add(1.0); return x * self.count"),
    "noisy": OWN_LAYER.format(body="return x + tf.random.normal(tf.shape(x))"),
    "dict_keys": """
def build(keras):
    L = keras.layers
    a, b, c = (L.Input((3,), name=name) for name in ("zz", "aa", "mm"))
    x = L.Concatenate()([L.Dense(2)(a), L.Dense(2)(b), c])
    return keras.Model({"q": c, "k": b, "v": a}, {"y": L.Dense(2)(x), "z": L.Dense(1)(x)})
""",
    "nested_inputs": """
def build(keras):
    L = keras.layers
    a, b, c = (L.Input((3,), name=name) for name in "abc")
    x = L.Concatenate()([L.Dense(2)(a), L.Dense(2)(b), c])
    return keras.Model({"q": [c, a], "k": {"m": b}}, L.Dense(2)(x))
""",
    "subclassed_dict": """
import numpy as np

def build(keras):
    class Two(keras.Model):
        def __init__(self, **options):
            super().__init__(**options)
            self.dense = keras.layers.Dense(2)

        def call(self, x):
            return self.dense(keras.layers.Concatenate()([x["a"], x["b"]]))

    model = Two()
    model({"b": np.zeros((1, 3), "float32"), "a": np.zeros((1, 2), "float32")})
    return model
""",
    "predict_step": """
def build(keras):
    class Scaled(keras.Model):
        def predict_step(self, data):
            return 10.0 * super().predict_step(data)

    i = keras.layers.Input((4,))
    return Scaled(i, keras.layers.Dense(2)(i))
""",
    "accuracy": """
def build(keras):
    L = keras.layers
    model = keras.Sequential([L.Input((6,)), L.Dense(10, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
""",
    "ragged": """
import tensorflow as tf

def build(keras):
    if hasattr(keras, "ops"):
        return keras.Sequential([keras.layers.Input((6,), sparse=True), keras.layers.Dense(2)])
    i = keras.layers.Input((None,), ragged=True, dtype="int64")
    x = keras.layers.LSTM(3)(keras.layers.Embedding(7, 3)(i))
    return keras.Model(i, x)
""",
}


@pytest.fixture(scope="module")
def cells(
    tmp_path_factory: pytest.TempPathFactory, environments: tuple[str, str]
) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """Each cell by (script, format, saver's Keras, loader's Keras)."""
    folder = tmp_path_factory.mktemp("asked")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    home = folder / "home"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    return measure(folder, home, dict(zip(environments, ("2", "3"), strict=True)))


def measure(
    folder: Path, home: Path, names: dict[str, str]
) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    for name, text in SCRIPTS.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    paths = [f"{name}.py" for name in SCRIPTS]
    pairs = ["tf2.15:tf2.15", "tf2.15:tf2.21", "tf2.21:tf2.21", "tf2.21:tf2.15"]
    done = crossload(
        folder, "check", *paths, "--pairs", ",".join(pairs), "--json", home=home, timeout=800
    )
    assert done.returncode in {0, 1}, done.stderr[-2000:]
    found = {}
    for model in json.loads(done.stdout)["models"]:
        for one in model["cells"]:
            row = one["measured"]
            key = model["name"], row["format"], names[row["saver"]], names[row["loader"]]
            found[key] = {**row, "verdict": one["verdict"]}
    return found


@pytest.mark.parametrize("name", ["stateful", "stateful_inside", "counter"])
def test_what_a_model_remembers_makes_no_difference(cells: Any, name: str) -> None:
    own = [("h5", "2"), ("keras", "2"), ("h5", "3"), ("keras", "3")]
    assert {(f, k): cells[name, f, k, k]["verdict"] for f, k in own} == dict.fromkeys(own, "same")


def test_random_outputs_are_nobodys_fault(cells: Any) -> None:
    own = [cells["noisy", "h5", k, k] for k in ("2", "3")]
    assert [one["verdict"] for one in own] == ["partial", "partial"]
    assert [one["lost"] for one in own] == [["outputs"], ["outputs"]]


@pytest.mark.parametrize("name", ["dict_keys", "nested_inputs"])
def test_inputs_go_by_their_names_in_every_structure(cells: Any, name: str) -> None:
    pairs = [("h5", "2", "2"), ("h5", "2", "3"), ("keras", "3", "3"), ("savedmodel", "2", "2")]
    said = {pair: cells[name, pair[0], pair[1], pair[2]]["verdict"] for pair in pairs}
    assert said == dict.fromkeys(pairs, "same")


def test_a_subclassed_model_is_fed_by_its_dict(cells: Any) -> None:
    pairs = [("keras", "2", "3"), ("keras", "3", "3"), ("h5", "3", "2"), ("keras", "2", "2")]
    said = {pair: cells["subclassed_dict", pair[0], pair[1], pair[2]]["verdict"] for pair in pairs}
    assert said == dict.fromkeys(pairs, "rebuilt")


def test_ragged_and_sparse_inputs_are_fed_as_such(cells: Any) -> None:
    pairs = [("h5", "2", "2"), ("savedmodel", "2", "2"), ("h5", "3", "3"), ("keras", "3", "3")]
    said = {pair: cells["ragged", pair[0], pair[1], pair[2]]["verdict"] for pair in pairs}
    assert said == dict.fromkeys(pairs, "same")


def test_a_lost_predict_step_is_no_same(cells: Any) -> None:
    cell = cells["predict_step", "savedmodel", "2", "2"]
    assert cell["verdict"] == "differs"
    assert "predict() gives different outputs, calling the model the same" in cell["detail"]


def test_metrics_are_compared_with_those_of_the_saver(cells: Any) -> None:
    own = [("h5", "2"), ("keras", "2"), ("keras", "3")]
    assert {(f, k): cells["accuracy", f, k, k]["verdict"] for f, k in own} == dict.fromkeys(
        own, "same"
    )
    assert "metrics" not in cells["accuracy", "savedmodel", "2", "2"]["lost"]
    assert "metrics" in cells["accuracy", "h5", "2", "3"]["lost"]
