"""Files that load without an error and give another model than the user's."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import HOME, crossload

pytestmark = pytest.mark.integration

MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
"""
# Keras has a layer of this name, with the same argument.
NAMED_AS_ANOTHER = """
from tensorflow import keras

class Rescaling(keras.layers.Layer):
    def __init__(self, scale, **options):
        super().__init__(**options)
        self.scale = scale

    def call(self, inputs):
        return inputs * self.scale + 1.0

    def get_config(self):
        return dict(super().get_config(), scale=self.scale)
"""
# It holds no weights in the file: its kernel is drawn whenever it is built.
AT_RANDOM = """
from tensorflow import keras

class Drawn(keras.layers.Layer):
    def build(self, shape):
        self.kernel = keras.initializers.GlorotUniform()((4, 4))

    def call(self, inputs):
        return inputs @ self.kernel
"""
SAVE = """
from {code} import *

i = keras.Input((4,))
keras.Model(i, keras.layers.Dense(3)({layer}(i))).save({file!r})
"""


@pytest.fixture
def folder(tmp_path: Path, environments: tuple[str, str]) -> Path:
    del environments
    (tmp_path / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    (home / "envs").symlink_to(HOME / "envs")
    (tmp_path / "named.py").write_text(NAMED_AS_ANOTHER, encoding="utf-8")
    (tmp_path / "drawn.py").write_text(AT_RANDOM, encoding="utf-8")
    return tmp_path


def save(folder: Path, environment: str, code: str, layer: str, file: str) -> None:
    subprocess.run(
        [HOME / "envs" / environment / "bin" / "python", "-c",
         SAVE.format(code=code, layer=layer, file=file)],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def check(folder: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    """The cell of each loader."""
    done = crossload(folder, "check", *arguments, "--json", home=folder / "home")
    assert done.returncode == 1, done.stderr[-2000:]
    (model,) = json.loads(done.stdout)["models"]
    return {one["measured"]["loader"].rpartition("-py")[0]: one for one in model["cells"]}


def test_a_class_that_keras_has_under_the_same_name_differs(
    folder: Path, environments: tuple[str, str]
) -> None:
    save(folder, environments[0], "named", "Rescaling(2.0)", "own.h5")
    cell = check(
        folder, "own.h5", "--custom-objects", "named.py", "--from", "tf2.15", "--to", "tf2.15"
    )["tf2.15"]
    assert cell["verdict"] == "differs"
    assert cell["measured"]["cause"]["id"] == "another-class-of-that-name"
    assert cell["measured"]["strategy"] == "custom-objects"


def test_what_is_drawn_at_random_is_no_expectation(
    folder: Path, environments: tuple[str, str]
) -> None:
    save(folder, environments[1], "drawn", "Drawn()", "own.keras")
    cell = check(
        folder, "own.keras", "--custom-objects", "drawn.py", "--from", "tf2.21", "--to", "tf2.21"
    )["tf2.21"]
    assert cell["verdict"] == "fails"
    assert cell["measured"]["cause"]["id"] == "weights-left-at-random"
