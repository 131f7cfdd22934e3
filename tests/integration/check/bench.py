"""Models that Keras 2.15 writes, and `crossload check` of them with real frameworks."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.conftest import HOME, crossload

# Keras 2 and Keras 3; models that never end are given little time.
MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
limits: {cpu_seconds: 8, wall_seconds: 20, scratch_mb: 300}
profiles:
  quick: {environments: all, models: [dense]}
"""


# Written by Keras 2.15 into the working folder: what the tests then check.
MAKE = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, tensorflow as tf
from tensorflow import keras
L = keras.layers
keras.utils.set_random_seed(1)

def done(model, name, **more):
    model.save(name, **more)

one = keras.Sequential([L.Input((4,)), L.Dense(3, activation="tanh"), L.Dense(2)])
one.compile("adam", "mse")
one.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
done(one, "plain.h5"); done(one, "plain.keras")
one.save_weights("only.weights.h5"); one.save_weights("ckpt/only")
open("arch.json", "w").write(one.to_json())
done(one, "my model (модель).h5")
one.save("still.h5", include_optimizer=False)
x = np.random.RandomState(5).rand(3, 4).astype("float32")
np.savez("inputs.npz", x); np.savez("right.npz", one.predict(x, verbose=0))
np.savez("wrong.npz", one.predict(x, verbose=0) + 1); np.savez("shape.npz", x[:, :3])

class Twice(L.Layer):
    def call(self, x): return 2 * x
done(keras.Sequential([L.Input((4,)), Twice(), L.Dense(2)]), "custom.h5")

a, b = L.Input((3,), name="a"), L.Input((5,), name="b")
done(keras.Model([a, b], [L.Dense(2)(L.concatenate([a, b])), L.Dense(1)(a)]), "two.keras")
i = L.Input((6,), dtype="int32")
done(keras.Model(i, L.Dense(2)(L.Flatten()(L.Embedding(9, 4)(i)))), "embedding.keras")
drop = keras.Sequential([L.Input((4,)), L.Dense(8, activation="relu"), L.Dropout(0.5), L.Dense(2)])
drop.compile("sgd", "mse"); done(drop, "dropout.keras")
done(keras.Sequential([L.Input(batch_shape=(3, 5, 2)), L.LSTM(4, stateful=True)]), "stateful.h5")
s = L.Input((1,), dtype="string")
look = L.StringLookup(vocabulary=["the", "fox"], output_mode="one_hot")
done(keras.Model(s, L.Dense(2)(look(s))), "words.keras")
keras.mixed_precision.set_global_policy("mixed_float16")
last = L.Dense(2, dtype="float32")
done(keras.Sequential([L.Input((4,)), L.Dense(4, activation="relu"), last]), "mixed.h5")
keras.mixed_precision.set_global_policy("float32")
class Sub(keras.Model):
    def __init__(self):
        super().__init__(); self.d = L.Dense(2)
    def call(self, x): return self.d(x)
sub = Sub(); sub(np.ones((1, 4), "float32")); done(sub, "sub", save_format="tf")
module = tf.Module(); module.v = tf.Variable(np.ones((4, 2), "float32"))
spec = tf.TensorSpec((None, 4), tf.float32, name="x")
f = tf.function(lambda x: {"y": x @ module.v}, input_signature=[spec])
tf.saved_model.save(module, "bare-graph", signatures=f)
"""


CODE = """
import keras

class Twice(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs
"""


BUILD = """
def build(keras):
    return keras.Sequential([
        keras.layers.Input((4,)), keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(2)
    ])
"""


@dataclass
class Bench:
    """A folder with models that Keras 2.15 wrote, and a home with built environments."""

    folder: Path
    home: Path
    ids: tuple[str, str]

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, text: str) -> Path:
        path = self.path(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return crossload(self.folder, "check", *arguments, home=self.home, timeout=400)

    def check(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """The JSON of a check, by default of all environments."""
        named = {"--to", "--pairs", "--environment"} & set(arguments)
        more = () if named else ("--environment", "*")
        done = self.call(*arguments, *more, "--json")
        told = json.loads(done.stdout) if done.stdout else {"models": [], "left_out": []}
        said = [one["sentence"] for one in told["models"]]
        assert done.returncode == code, (said, told["left_out"], done.stderr[-2000:])
        return dict(told)

    def verdicts(self, *arguments: str, code: int = 0) -> list[str]:
        """Those of the first model that were asked for, in the order of the matrix."""
        (model, *_) = self.check(*arguments, code=code)["models"]
        return [one["verdict"] for one in model["cells"] if one["asked"]]


def make_bench(folder: Path, environments: tuple[str, str]) -> Bench:
    """The models, and a home that has the environments."""
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    home = folder / "home"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    made = subprocess.run(
        [str(HOME / "envs" / environments[0] / "bin" / "python"), "-c", MAKE],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    return Bench(folder, home, environments)
