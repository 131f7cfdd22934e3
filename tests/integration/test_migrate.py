"""`crossload migrate` with real environments: each kind of way, and the new file without crossload.

The models are written by plain scripts in the environments' own interpreters, and the new files are
loaded there by plain scripts too: nothing of crossload stands between the file and the framework.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import HOME, crossload

pytestmark = pytest.mark.integration

MATRIX = """
environments:
  tf2.10: {tensorflow: "2.10.1", python: "3.10"}
  tf2.15: {tensorflow: "2.15.1"}
  tf2.18: {tensorflow: "2.18.0"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  quick: {environments: all, models: [dense], formats: [h5]}
"""
HEAD = """
import sys, numpy, tensorflow as tf
keras = tf.keras
numpy.random.seed(1)
tf.random.set_seed(1)
layers = keras.layers
"""
TAIL = """
x = numpy.random.RandomState(0).rand(*shape).astype("float32")
y = model.predict(x, verbose=0)
model.save(sys.argv[1])
numpy.savez(sys.argv[1] + ".npz", x=x, y=y)
"""
DENSE = """
shape = (3, 4)
model = keras.Sequential([layers.Dense(5, activation="tanh", input_shape=(4,)), layers.Dense(2)])
"""
STATEFUL = """
shape = (3, 6, 2)
model = keras.Sequential([
    layers.LSTM(4, stateful=True, batch_input_shape=(3, 6, 2)), layers.Dense(2)])
"""
SUBCLASSED = """
class Mine(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = layers.Dense(2)
    def call(self, inputs):
        return self.inner(inputs) * 2
shape = (3, 4)
model = Mine()
"""
CUSTOM = """
class Doubled(layers.Layer):
    def call(self, inputs):
        return inputs * 2
shape = (3, 4)
model = keras.Sequential([layers.Dense(5, input_shape=(4,)), Doubled()])
"""
SCALED = """
class Scaled(layers.Layer):
    def __init__(self, factor, **settings):
        super().__init__(**settings)
        self.factor = factor
    def call(self, inputs):
        return inputs * self.factor
    def get_config(self):
        return dict(super().get_config(), factor=self.factor)
shape = (3, 4)
model = keras.Sequential([layers.Dense(5, input_shape=(4,)), Scaled(3.0)])
"""
RENAMED_TWICE = """
import tensorflow as tf
from tensorflow import keras

HERE = tf.__version__.rpartition(".")[0]
READS = {"2.10": "factor", "2.15": "by"}.get(HERE, "scale")
WRITES = {"2.10": "by"}.get(HERE, "scale")


class Scaled(keras.layers.Layer):
    def __init__(self, times, **settings):
        super().__init__(**settings)
        self.times = times

    def call(self, inputs):
        return inputs * self.times

    def get_config(self):
        return {**super().get_config(), WRITES: self.times}

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        (name,) = {READS, WRITES} & set(config)
        return cls(times=config.pop(name), **config)
"""
RECURRENT = """
shape = (3, 6, 2)
start = keras.Input((6, 2))
model = keras.Model(start, layers.Dense(3)(layers.LSTM(4)(start)))
"""
EARLY = """
environments:
  tf2.10: {tensorflow: "2.10.1", python: "3.10"}
  keras2.2.4-theano:
    keras: "2.2.4"
    api: keras
    backend: theano
    python: "3.7"
    packages: {theano: "1.0.5", numpy: "<1.20", h5py: "<3"}
    resolve: "2020-08-15"
"""
ALONE = """
environments:
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
"""
LOAD = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy, tensorflow as tf
made = numpy.load(sys.argv[2])
model = tf.keras.models.load_model(sys.argv[1])
gap = abs(model.predict(made["x"], verbose=0) - made["y"]).max() / abs(made["y"]).max()
print("gap", float(gap))
"""


@dataclass(frozen=True)
class Done:
    """A migration as a person sees it, and the proof if there is one."""

    code: int
    out: str
    err: str
    file: Path
    proof: dict[str, Any] | None


class Desk:
    """A project with a few environments, and plain Python in each of them."""

    def __init__(self, folder: Path, home: Path, ids: dict[str, str]) -> None:
        self.folder = folder
        self.home = home
        self.ids = ids

    def python(self, name: str, code: str, *arguments: object) -> str:
        interpreter = HOME / "envs" / self.ids[name] / "bin" / "python"
        done = subprocess.run(
            [str(interpreter), "-c", code, *map(str, arguments)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def save(self, name: str, model: str, file: str) -> Path:
        path = self.folder / file
        self.python(name, HEAD + model + TAIL, path)
        return path

    def migrate(self, model: Path, to: str, out: str, *options: str) -> Done:
        file = self.folder / out
        done = crossload(
            self.folder,
            "migrate",
            str(model),
            "--to",
            to,
            "-o",
            str(file),
            *options,
            home=self.home,
        )
        proof = file.with_name(file.name + ".proof.json")
        read = json.loads(proof.read_text()) if proof.exists() else None
        return Done(done.returncode, done.stdout, done.stderr, file, read)

    def gap(self, name: str, model: Path, file: Path) -> float:
        """How far the new file's answers are from the old model's, in plain Python there."""
        out = self.python(name, LOAD, file, f"{model}.npz")
        return float(out.split("gap ")[1])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The environments are built once for all tests; results are kept from test to test."""
    folder = tmp_path_factory.mktemp("migrate")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    plan = json.loads(crossload(folder, "plan", "--json").stdout)
    ids = {one["id"].rpartition("-py")[0]: one["id"] for one in plan["environments"]}
    problems = [one["problem"] for one in plan["environments"] if one["problem"]]
    if problems:
        pytest.skip(f"an environment is missing: {problems[0]}")
    built = crossload(folder, "envs", "build", *ids)
    assert built.returncode == 0, built.stdout + built.stderr
    home = tmp_path_factory.mktemp("home")
    (home / "envs").symlink_to(HOME / "envs")
    return Desk(folder, home, ids)


def test_a_saved_model_gets_to_keras_3_in_one_step(desk: Desk) -> None:
    model = desk.save("tf2.10", DENSE, "folder")
    done = desk.migrate(model, "2.18", "folder.keras")
    assert done.code == 0, done.out + done.err
    assert done.proof is not None
    (step,) = done.proof["path"]
    assert (step["loaded"], step["strategy"]) == ("savedmodel", "translated")
    assert step["environment"]["id"] == desk.ids["tf2.18"]
    assert step["environment"]["digest"]
    assert done.proof["answers_from"]["id"] in {desk.ids["tf2.10"], desk.ids["tf2.15"]}
    assert done.proof["carried"] == "whole model, translated"
    assert done.proof["verified"]["outputs_difference"] <= done.proof["verified"]["tolerance"]
    assert done.proof["verified"]["weights_difference"] == 0.0
    assert desk.gap("tf2.18", model, done.file) < 1e-5


def test_a_file_that_loads_in_the_target_is_saved_again_there(desk: Desk) -> None:
    model = desk.save("tf2.18", DENSE, "direct.keras")
    done = desk.migrate(model, "2.21", "direct-new.keras")
    assert done.code == 0, done.out + done.err
    assert done.proof is not None
    assert len(done.proof["path"]) == 1
    assert "Tried without success" not in done.out
    assert desk.gap("tf2.21", model, done.file) < 1e-5
    again = desk.migrate(model, "2.21", "direct-new.keras")
    assert again.code == 2
    assert "already exists" in again.err


def test_a_stateful_lstm_is_carried_by_the_translator(desk: Desk) -> None:
    """Keras 3 does not know `time_major`; what the model remembers of its test is not saved."""
    model = desk.save("tf2.15", STATEFUL, "lstm.h5")
    done = desk.migrate(model, "2.21", "lstm.keras")
    assert done.code == 0, done.out + done.err
    assert done.proof is not None
    assert done.proof["carried"] == "whole model, translated"
    assert done.proof["changes"]
    assert "Tried without success" not in done.out
    assert "crossload's translator wrote its architecture anew" in done.out
    assert desk.gap("tf2.21", model, done.file) < 1e-5


def test_settings_that_were_renamed_twice_take_two_bridges(desk: Desk) -> None:
    """Each version of the class reads the settings of the one before it, as libraries do."""
    model = desk.save("tf2.10", SCALED, "scaled.h5")
    code = desk.folder / "scaled.py"
    code.write_text(RENAMED_TWICE, encoding="utf-8")
    done = desk.migrate(model, "2.21", "scaled.keras", "--custom-objects", str(code))
    assert done.code == 0, done.out + done.err
    assert done.proof is not None
    stations = [one["environment"]["id"] for one in done.proof["path"]]
    assert stations == [desk.ids[one] for one in ("tf2.10", "tf2.15", "tf2.21")]
    assert done.proof["verified"]["outputs_difference"] <= done.proof["verified"]["tolerance"]


def test_a_savedmodel_reaches_a_keras_without_tensorflow(desk: Desk) -> None:
    """Its translator reads the checkpoint itself."""
    model = desk.save("tf2.10", RECURRENT, "recurrent")
    early = desk.folder / "early.yaml"
    early.write_text(EARLY, encoding="utf-8")
    done = desk.migrate(model, "keras2.2.4-theano", "recurrent.h5", "--matrix", str(early))
    if done.code == 4:
        pytest.skip(done.err)
    assert done.code == 0, done.out + done.err
    assert done.proof is not None
    (only,) = done.proof["path"]
    assert (only["loaded"], only["strategy"]) == ("savedmodel", "translated")
    assert only["saved"] == "h5"
    assert done.proof["verified"]["outputs_difference"] <= done.proof["verified"]["tolerance"]


def test_what_no_environment_loads_is_carried_unproved_if_asked(desk: Desk) -> None:
    """The matrix has the target alone, which loads the file only through the translator."""
    model = desk.save("tf2.15", STATEFUL, "orphan.h5")
    alone = desk.folder / "alone.yaml"
    alone.write_text(ALONE, encoding="utf-8")
    options = ("--matrix", str(alone))
    refused = desk.migrate(model, "2.21", "orphan.keras", *options)
    assert refused.code == 1, refused.out + refused.err
    assert "add --unproved" in refused.out
    done = desk.migrate(model, "2.21", "orphan.keras", "--unproved", "--json", *options)
    assert done.code == 0, done.out + done.err
    told = json.loads(done.out)
    assert (told["baseline"], told["tried"]) == (None, [])
    assert told["proof"] == done.proof
    assert told["proof"]["proved"] is False
    assert desk.gap("tf2.21", model, done.file) < 1e-5


def test_with_a_missing_class_nothing_is_written_and_the_cause_is_reported(desk: Desk) -> None:
    model = desk.save("tf2.15", CUSTOM, "custom.h5")
    done = desk.migrate(model, "2.21", "custom.keras")
    assert done.code == 1, done.out + done.err
    assert not done.file.exists()
    assert done.proof is None
    assert "None of the environments tried loads custom.h5" in done.out
    assert "Doubled" in done.out


def test_with_its_code_the_same_file_gets_there_and_needs_it_still(desk: Desk) -> None:
    model = desk.save("tf2.15", CUSTOM, "coded.h5")
    code = desk.folder / "mine.py"
    code.write_text(
        "from tensorflow.keras import layers\n\n\n"
        "class Doubled(layers.Layer):\n    def call(self, inputs):\n        return inputs * 2\n",
        encoding="utf-8",
    )
    done = desk.migrate(model, "2.21", "coded.keras", "--custom-objects", str(code))
    assert done.code == 0, done.out + done.err
    assert done.proof is not None
    assert done.proof["result"]["loads_with"] == "custom objects"
    assert done.proof["source"]["given"]["custom_objects"]["name"] == "mine.py"
    assert "--custom-objects" in done.out


def test_a_subclassed_model_cannot_be_migrated_and_each_step_says_why(desk: Desk) -> None:
    model = desk.save("tf2.10", SUBCLASSED, "subclassed")
    done = desk.migrate(model, "2.18", "subclassed.keras")
    assert done.code == 1, done.out + done.err
    assert not done.file.exists()
    assert "No route was found for subclassed to" in done.out
    assert "failed to load and save there: NotImplementedError" in done.out
    assert "failed to load in" in done.out
