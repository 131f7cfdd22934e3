"""Which environment is active: the shell's variables first, then PATH."""

from __future__ import annotations

from pathlib import Path

from crossload.runner.environments.active import active_python, chosen_keras, python_of
from tests.environments.conftest import Program


def test_a_virtual_environment_comes_before_conda_and_path(program: Program) -> None:
    mine, conda = program("mine/bin/python", ""), program("conda/bin/python", "")
    plain = program("path/python", "")
    variables = {
        "VIRTUAL_ENV": str(mine.parent.parent),
        "CONDA_PREFIX": str(conda.parent.parent),
        "PATH": str(plain.parent),
    }
    assert active_python(variables) == mine
    del variables["VIRTUAL_ENV"]
    assert active_python(variables) == conda
    del variables["CONDA_PREFIX"]
    assert active_python(variables) == plain


def test_a_deleted_environment_is_not_active_and_there_may_be_none(tmp_path: Path) -> None:
    gone = {"VIRTUAL_ENV": str(tmp_path / "gone"), "PATH": str(tmp_path)}
    assert active_python(gone) is None


def test_a_folder_stands_for_its_python(program: Program, tmp_path: Path) -> None:
    python = program("venv/bin/python", "")
    assert python_of(python) == python
    assert python_of(tmp_path / "venv") == python
    assert python_of(tmp_path) is None


def test_the_shell_chooses_keras() -> None:
    assert chosen_keras({}) == {}
    chosen = chosen_keras({"KERAS_BACKEND": "jax", "TF_USE_LEGACY_KERAS": "1"})
    assert chosen == {"backend": "jax", "variables": {"TF_USE_LEGACY_KERAS": "1"}}
