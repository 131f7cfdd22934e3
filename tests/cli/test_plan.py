"""`crossload plan`."""

from __future__ import annotations

import json
import shutil

import pytest

from crossload.cli.plan import PlanDocument
from tests.cli.conftest import CommandLine
from tests.cli.matrices import BROKEN, IMPOSSIBLE, LOCKED, knows_wheels
from tests.schemas import validate


@knows_wheels
def test_the_table_says_what_can_be_measured_and_why_not_the_rest(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("plan")
    assert said.code == 0
    assert [line.rstrip() for line in said.out.splitlines()] == [
        "environment  python  state",
        "old-py3.3    (3.3)   impossible: TensorFlow 2.3.0 has no build for Python 3.3",
        "new-py3.4    (3.4)   impossible: TensorFlow 2.21.0 has no build for Python 3.4",
        "",
        "profile quick: 2 environments, 2 saves, 4 cells; 0 saves and 0 cells can be",
        "measured",
        (
            "old-py3.3: it has builds for Python 3.6, 3.7, 3.8; "
            "`python: auto` takes the newest of them"
        ),
        (
            "new-py3.4: it has builds for Python 3.10, 3.11, 3.12, 3.13; "
            "`python: auto` takes the newest of them"
        ),
    ]


def test_json_names_every_cell(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    said = crossload("plan", "--json")
    document = PlanDocument.model_validate_json(said.out)
    validate("plan", json.loads(said.out))
    assert (document.version, document.profile, document.saves) == (1, "quick", 4)
    (environment,) = document.environments
    assert environment.id == "tf2.15-py3.11"
    assert environment.variables["KERAS_BACKEND"] == "tensorflow"
    assert [cell.id for cell in document.cells] == [
        "tf2.15-py3.11/dense.h5/tf2.15-py3.11",
        "tf2.15-py3.11/dense.keras/tf2.15-py3.11",
        "tf2.15-py3.11/lstm.h5/tf2.15-py3.11",
        "tf2.15-py3.11/lstm.keras/tf2.15-py3.11",
    ]


@pytest.mark.parametrize(
    ("options", "cells"),
    [
        pytest.param(["--model", "lstm"], ["lstm.h5", "lstm.keras"], id="model"),
        pytest.param(["--format", "k*"], ["dense.keras", "lstm.keras"], id="format"),
        pytest.param(["--cell", "*/lstm.h5/*"], ["lstm.h5"], id="cell"),
        pytest.param(
            ["--model", "{dense,lstm}", "--format", "h5"], ["dense.h5", "lstm.h5"], id="two"
        ),
        pytest.param(
            ["--model", "dense", "--model", "lstm", "--format", "h5"],
            ["dense.h5", "lstm.h5"],
            id="repeated",
        ),
        pytest.param(
            ["--environment", "tf2.15", "--cell", "*keras*"], ["dense.keras", "lstm.keras"]
        ),
    ],
)
def test_options_narrow_the_plan(
    crossload: CommandLine, options: list[str], cells: list[str]
) -> None:
    crossload.matrix(LOCKED)
    document = PlanDocument.model_validate_json(crossload("plan", "--json", *options).out)
    assert [f"{cell.model}.{cell.format}" for cell in document.cells] == cells


@pytest.mark.parametrize(
    ("options", "message", "advice"),
    [
        pytest.param(
            ["--profile", "quik"],
            "the matrix has no profile 'quik'; did you mean 'quick'",
            "profiles of this matrix: quick",
            id="profile",
        ),
        pytest.param(
            ["--model", "lstn"],
            "--model 'lstn' matches nothing; did you mean 'lstm'",
            "choose from dense and lstm",
            id="model",
        ),
        pytest.param(
            ["--environment", "tf2.51*"],
            "--environment 'tf2.51*' matches nothing; did you mean 'tf2.15'",
            "choose from tf2.15-py3.11",
            id="environment",
        ),
        pytest.param(
            ["--format", "onnx"],
            "--format 'onnx' matches nothing",
            "choose from h5 and keras",
            id="format",
        ),
    ],
)
def test_a_selection_of_nothing_is_reported_with_the_nearest_name(
    crossload: CommandLine, options: list[str], message: str, advice: str
) -> None:
    crossload.matrix(LOCKED)
    said = crossload("plan", *options)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines() == [f"crossload: {message}", f"  {advice}"]


def test_every_mistake_in_the_matrix_is_reported_with_its_line(crossload: CommandLine) -> None:
    crossload.matrix(BROKEN)
    said = crossload("plan")
    assert (said.code, said.out) == (3, "")
    assert said.err.splitlines() == [
        "crossload:",
        "matrix.yaml:2: environments.tf2.10.python: 3.10 was read as the number 3.1; write '3.10'",
        (
            "matrix.yaml:2: environments.tf2.10.tensorflow: 2.10 was read as the number 2.1; "
            "write '2.10'"
        ),
        (
            "matrix.yaml:3: environments.tf2.15.tensorflo: found an unknown key, "
            "expected one of api, backend, conda, container, interpreter, keras, libraries, "
            "packages, python, requirements, resolve, tensorflow, tf_keras, variables; "
            "did you mean 'tensorflow'"
        ),
        (
            "matrix.yaml:5: profiles.quick.formats[0]: found 'h5x', expected one of 'h5', "
            "'h5+no-optimizer', 'h5+save-format', 'savedmodel', 'savedmodel+no-optimizer', "
            "'savedmodel+save-format', 'keras', 'weights-h5', 'weights-tf', 'json+weights', "
            "'export'; did you mean 'h5'"
        ),
        (
            "  correct these lines; matrix.schema.json describes every key, and editors that read "
            "it complete and check them"
        ),
    ]


def test_a_missing_matrix_is_reported_with_the_command_that_writes_one(
    crossload: CommandLine,
) -> None:
    said = crossload("plan")
    assert said.code == 3
    assert said.err.splitlines() == [
        "crossload: there is no file 'matrix.yaml'",
        "  run `crossload init` to write one here, or name another with --matrix",
    ]


def test_another_matrix_has_its_own_home_next_to_it(crossload: CommandLine) -> None:
    shutil.copytree(crossload.home, crossload.folder / "other" / ".crossload")
    (crossload.folder / "other" / "mine.yaml").write_text(IMPOSSIBLE, encoding="utf-8")
    assert crossload("plan", "--matrix", "other/mine.yaml").code == 0
    assert crossload.folder.joinpath("other", ".crossload", "cache").is_dir()


@pytest.mark.usefixtures("only_this_interpreter")
def test_a_plan_touches_nothing(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    shutil.rmtree(crossload.home)
    before = sorted(crossload.folder.rglob("*"))
    assert crossload("plan").code == 0
    assert sorted(crossload.folder.rglob("*")) == before


@pytest.mark.usefixtures("only_this_interpreter")
def test_a_home_that_cannot_be_written_does_not_hinder_a_plan(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    (crossload.folder / "file").write_text("", encoding="utf-8")
    assert crossload("plan", "--home", "file/home").code == 0


def test_a_password_in_a_file_with_a_mistake_is_not_printed(crossload: CommandLine) -> None:
    crossload.matrix("environments: {prod: {conda: environment.yml}}\nprofiles: {quick: {}}\n")
    (crossload.folder / "environment.yml").write_text(
        "dependencies:\n  - python=3.11\n  - pip:\n"
        "    - --find-links https://ada:hunter2@files.example/\n"
    )
    said = crossload("plan")
    assert said.code == 3
    assert "environment.yml:4: dependencies[1].pip[0]: found" in said.err
    assert "hunter2" not in said.err
    assert "https://***@files.example/" in said.err
