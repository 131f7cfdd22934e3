"""`crossload bisect` with real environments: a file, a script, and the way back."""

from __future__ import annotations

import json
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
SCRIPT = """
from tensorflow import keras


def build():
    return keras.Sequential([
        keras.layers.LSTM(3, input_shape=(5, 2)), keras.layers.Dense(1)])
"""
NAMES = ("tf2.10", "tf2.15", "tf2.18", "tf2.21")


class Desk:
    """A project with four versions."""

    def __init__(self, folder: Path, home: Path, ids: dict[str, str]) -> None:
        self.folder = folder
        self.home = home
        self.ids = ids

    def bisect(self, *arguments: str, code: int) -> dict[str, Any]:
        done = crossload(self.folder, "bisect", *arguments, "--json", home=self.home)
        assert done.returncode == code, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def places(self, *names: str) -> list[str]:
        return [self.ids[name] for name in names]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("bisect")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    (folder / "lstm.py").write_text(SCRIPT, encoding="utf-8")
    plan = json.loads(crossload(folder, "plan", "--json").stdout)
    ids = {one["id"].rpartition("-py")[0]: one["id"] for one in plan["environments"]}
    problems = [one["problem"] for one in plan["environments"] if one["problem"]]
    if problems:
        pytest.skip(f"an environment is missing: {problems[0]}")
    built = crossload(folder, "envs", "build", *NAMES)
    assert built.returncode == 0, built.stdout + built.stderr
    home = tmp_path_factory.mktemp("home")
    (home / "envs").symlink_to(HOME / "envs")
    return Desk(folder, home, ids)


def test_a_script_is_followed_from_where_it_works_to_where_its_file_does_not(desk: Desk) -> None:
    """An LSTM in HDF5 stops loading with Keras 3, which took `time_major` away."""
    found = desk.bisect("lstm.py", "--good", "2.10", "--format", "h5", code=1)
    assert (found["last_good"], found["first_bad"]) == (desk.ids["tf2.15"], desk.ids["tf2.18"])
    assert found["answers_from"] == desk.ids["tf2.10"]
    assert found["cause"] is not None
    assert found["line"] == desk.places(*NAMES)
    assert found["sentence"].endswith("the version after it.")
    # What the search saved is a file like any that people have.
    (saved, *_) = desk.home.glob("artifacts/*/payload/*.h5")
    (desk.folder / "mine.h5").write_bytes(saved.read_bytes())
    file = desk.bisect("mine.h5", code=1)
    assert (file["last_good"], file["first_bad"]) == (desk.ids["tf2.15"], desk.ids["tf2.18"])
    assert file["answers_from"] in desk.places("tf2.10", "tf2.15")


def test_it_goes_back_where_the_bad_end_is_older(desk: Desk) -> None:
    """A `.keras` file of Keras 3 means nothing to Keras 2."""
    arguments = ("lstm.py", "--good", "2.18", "--bad", "2.10", "--format", "keras")
    found = desk.bisect(*arguments, code=1)
    assert (found["last_good"], found["first_bad"]) == (desk.ids["tf2.18"], desk.ids["tf2.15"])
    assert found["sentence"].endswith("the version before it.")
    text = crossload(desk.folder, "bisect", *arguments, home=desk.home)
    assert text.returncode == 1
    assert found["sentence"] in " ".join(text.stdout.split())
    assert "everything is known already" in text.stderr


def test_what_works_everywhere_ends_with_zero(desk: Desk) -> None:
    found = desk.bisect("lstm.py", "--good", "2.10", "--bad", "2.15", "--format", "h5", code=0)
    assert found["first_bad"] is None
    assert found["last_good"] == desk.ids["tf2.15"]
