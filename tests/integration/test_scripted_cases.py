"""Scripted cases in real environments: damaged files have a clear end, and so has every script."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.words import Verdict
from tests.integration.conftest import HOME, Measured, crossload, read_report

pytestmark = pytest.mark.integration

MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  quick:
    models: none
    cases: [damaged-*, ends-*, own-class]
    exclude: [tf2.15/ends-badly.script/tf2.21]
limits: {cpu_seconds: 12}
"""
SAVE = "outputs = 1.0\n"
OWN_SAVE = """
@keras.utils.register_keras_serializable()
class Twice(keras.layers.Layer):
    def call(self, x):
        return 2 * x

inputs = keras.Input((2,))
keras.Model(inputs, Twice()(inputs)).save('model.h5')
outputs = [[2.0, 4.0]]
"""
OWN_LOAD = """
import numpy
model = keras.models.load_model('model.h5')
outputs = model.predict(numpy.array([[1.0, 2.0]]))
"""
OWN = {
    "ends-never": ("savers: tf2.15\nloaders: tf2.15", SAVE, "while True:\n    pass\n"),
    "ends-badly": ("", SAVE, "import os\nos.abort()\n"),
    "own-class": ("savers: tf2.15", OWN_SAVE, OWN_LOAD),
}


@pytest.fixture(scope="module")
def damaged(environments: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """A run of the shipped damage and of some cases beside the matrix."""
    del environments
    folder, home = tmp_path_factory.mktemp("cases"), tmp_path_factory.mktemp("home")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    for name, (limits, save, load) in OWN.items():
        case = folder / "cases" / name
        case.mkdir(parents=True)
        (case / "case.yaml").write_text(f"title: {name}\n{limits}\n", encoding="utf-8")
        (case / "save.py").write_text(save, encoding="utf-8")
        (case / "load.py").write_text(load, encoding="utf-8")
    (home / "envs").symlink_to(HOME / "envs")
    done = crossload(folder, "run", home=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return Measured(folder, home, done.stdout, done.stderr, read_report(folder, home))


def verdict(run: Measured, saver: str, case: str, loader: str) -> Verdict:
    return run.cell(saver, case, "script", loader).verdict


def test_every_damage_has_a_clear_end_in_every_loader(damaged: Measured) -> None:
    rows = [row for row in damaged.report.cells if row.model.startswith("damaged-")]
    assert len(rows) > 30
    for row in rows:
        assert row.verdict in {Verdict.SAME, Verdict.DIFFERS, Verdict.FAILS}, row.id
        if row.verdict is Verdict.FAILS:
            assert row.error is not None
            assert row.error.message


@pytest.mark.parametrize(
    ("case", "saver", "says"),
    [
        ("damaged-h5-truncated", "tf2.21", "truncated file"),
        ("damaged-h5-no-header", "tf2.21", "file signature not found"),
        ("damaged-empty-h5", "tf2.21", "file signature not found"),
        ("damaged-keras-no-config", "tf2.21", "config.json"),
        ("damaged-savedmodel-no-graph", "tf2.15", "saved_model.pb"),
        ("damaged-savedmodel-no-variables", "tf2.15", "variables/variables"),
        ("damaged-keras-corrupt-member", "tf2.15", "CRC"),
    ],
)
def test_the_loader_says_what_is_wrong(damaged: Measured, case: str, saver: str, says: str) -> None:
    error = damaged.cell(saver, case, "script", saver).error
    assert error is not None
    assert says in error.message


def test_zeros_in_the_weights_load_without_an_error(damaged: Measured) -> None:
    assert verdict(damaged, "tf2.21", "damaged-h5-lost-block", "tf2.21") is Verdict.DIFFERS


def test_some_loaders_do_not_mind_a_wrong_name(damaged: Measured) -> None:
    assert verdict(damaged, "tf2.15", "damaged-savedmodel-named-h5", "tf2.15") is Verdict.SAME
    assert verdict(damaged, "tf2.15", "damaged-savedmodel-named-h5", "tf2.21") is Verdict.FAILS


def test_a_script_without_end_is_stopped(damaged: Measured) -> None:
    assert verdict(damaged, "tf2.15", "ends-never", "tf2.15") is Verdict.TIMES_OUT
    assert verdict(damaged, "tf2.21", "ends-badly", "tf2.15") is Verdict.CRASHES


def test_a_class_that_save_registered_is_unknown_to_load(damaged: Measured) -> None:
    for loader in ("tf2.15", "tf2.21"):
        cell = damaged.cell("tf2.15", "own-class", "script", loader)
        assert cell.verdict is Verdict.FAILS
        assert cell.error is not None
        assert "Twice" in cell.error.message


def test_what_is_excluded_is_not_there(damaged: Measured) -> None:
    pairs = {
        (row.saver.rpartition("-py")[0], row.loader.rpartition("-py")[0])
        for row in damaged.report.cells
        if row.model == "ends-badly"
    }
    assert pairs == {("tf2.15", "tf2.15"), ("tf2.21", "tf2.15"), ("tf2.21", "tf2.21")}


def test_a_case_is_loaded_where_it_says(damaged: Measured) -> None:
    rows = [row for row in damaged.report.cells if row.model == "ends-never"]
    assert [row.loader.rpartition("-py")[0] for row in rows] == ["tf2.15"]


def test_cases_are_listed_with_the_plan(damaged: Measured) -> None:
    said = crossload(damaged.folder, "plan", "--model", "ends-*", home=Path(damaged.home))
    assert "(scripted cases among them: 2)" in " ".join(said.stdout.split())
