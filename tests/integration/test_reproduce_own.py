"""Cells of one's own models: `reproduce` makes folders that show them where crossload is not."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

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
# A class that the file does not bring along.
LAYERS = """
from tensorflow import keras

class Twice(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2
"""
MAKE = """
import sys
sys.path.insert(0, sys.argv[1])
from tensorflow import keras
from layers import Twice
model = keras.Sequential([keras.layers.Input((3,)), Twice(), keras.layers.Dense(2)])
model.compile("adam", "mse")
model.save(sys.argv[1] + "/twice.h5")
"""
SCRIPT = """
def build(keras):
    layers = [keras.layers.Input((3,)), keras.layers.Dense(2, activation="tanh")]
    model = keras.Sequential(layers)
    model.compile("adam", "mse")
    return model
"""


@dataclass(frozen=True)
class Checked:
    """A folder with the user's files, its home, and the ids of both environments."""

    folder: Path
    home: Path
    old: str
    new: str

    def command(self, *arguments: str) -> str:
        done = crossload(self.folder, *arguments, home=self.home)
        assert done.returncode in {0, 1}, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def run(self, environment: str, *arguments: str | Path) -> tuple[int, str]:
        """Run Python where nothing of crossload is within reach."""
        done = subprocess.run(
            [self.home / "envs" / environment / "bin" / "python", "-I", *arguments],
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def checked(environments: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """A file with a class of the user's, and a script, after `crossload check` of each."""
    folder, home = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("home")
    (home / "envs").symlink_to(HOME / "envs")
    made = Checked(folder, home, *environments)
    for name, text in (("matrix.yaml", MATRIX), ("layers.py", LAYERS), ("script.py", SCRIPT)):
        (folder / name).write_text(text, encoding="utf-8")
    code, text = made.run(made.old, "-c", MAKE, folder)
    assert code == 0, text
    made.command("check", "twice.h5", "--custom-objects", "layers.py")
    made.command("check", "script.py", "--format", "h5")
    return made


def test_an_error_about_a_file_is_the_one_that_was_measured(
    checked: Checked, tmp_path: Path
) -> None:
    cell = f"{checked.old}/twice.h5/{checked.new}"
    told = " ".join(checked.command("explain", cell).split())
    assert f"Your model twice.h5 (h5), loaded by {checked.new}; outputs compared with" in told
    assert f"those in {checked.old}, which loaded it by the strategy custom-objects." in told
    said = checked.command("reproduce", cell, "-o", str(tmp_path / "it"))
    assert "it contains your own model, code and data: saved/model.h5 (" in said
    saved = (tmp_path / "it" / "saved" / "model.h5").read_bytes()
    assert saved == (checked.folder / "twice.h5").read_bytes()
    code, text = checked.run(checked.new, tmp_path / "it" / "load.py")
    error = "Unknown layer: 'Twice'"
    assert (code, f"ValueError: {error}" in text) == (1, True), text
    assert error in told
    readme = (tmp_path / "it" / "README.md").read_text(encoding="utf-8")
    assert error in readme.splitlines()[0]
    assert "Not the measured lock" not in readme
    assert str(checked.home) not in readme
    assert str(checked.folder) not in readme


def test_with_the_code_the_answers_are_those_of_the_other_environment(
    checked: Checked, tmp_path: Path
) -> None:
    cell = f"{checked.old}/twice.h5/{checked.new}"
    strategy = ("--strategy", "custom-objects")
    checked.command("reproduce", cell, *strategy, "-o", str(tmp_path / "it"))
    code, text = checked.run(checked.new, tmp_path / "it" / "load.py")
    assert code == 0, text
    found = re.search(r"difference of the outputs: (\S+)", text)
    assert found is not None
    assert float(found[1]) < 1e-5
    assert len(re.findall(r"^(is |was) \[", text, re.MULTILINE)) == 2
    assert "compile is:  None" in text  # Keras 3 loads such a file with compile=False only


def test_a_script_builds_and_saves_what_does_not_load(checked: Checked, tmp_path: Path) -> None:
    cell = f"{checked.old}/script.h5/{checked.new}"
    checked.command("reproduce", cell, "-o", str(tmp_path / "it"))
    code, text = checked.run(checked.old, tmp_path / "it" / "save.py")
    assert code == 0, text
    code, text = checked.run(checked.new, tmp_path / "it" / "load.py")
    assert code == 1
    assert "mse" in text.splitlines()[-1]
    assert text.splitlines()[-1] in (tmp_path / "it" / "README.md").read_text(encoding="utf-8")


def test_a_file_that_nothing_loads_shows_its_error(checked: Checked, tmp_path: Path) -> None:
    (checked.folder / "alone.h5").write_bytes((checked.folder / "twice.h5").read_bytes())
    checked.command("check", "alone.h5")
    cell = f"*/alone.h5/{checked.new}"
    checked.command("reproduce", cell, "-o", str(tmp_path / "it"))
    assert not (tmp_path / "it" / "expected.npz").exists()
    code, text = checked.run(checked.new, tmp_path / "it" / "load.py")
    assert code == 1
    assert "ValueError: Unknown layer: 'Twice'" in text
