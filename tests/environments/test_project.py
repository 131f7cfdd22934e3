"""Which matrix and home a nox session belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner import shipped
from crossload.runner.environments.project import (
    known_models,
    load_environments,
    make_project,
    project_from_variables,
)
from crossload.runner.home import Home
from crossload.runner.shipped import probes_folder, shipped_path

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CROSSLOAD_MATRIX", raising=False)
    monkeypatch.delenv("CROSSLOAD_HOME", raising=False)


def test_the_variables_name_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path / "a" / "m.yaml", Home(tmp_path / "h"))
    for name, value in project.variables().items():
        monkeypatch.setenv(name, value)
    assert project_from_variables(Path("/elsewhere")) == project


def test_relative_names_count_from_where_the_user_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSLOAD_MATRIX", "sub/m.yaml")
    project = project_from_variables(tmp_path)
    assert project.matrix == tmp_path / "sub" / "m.yaml"
    assert project.home.root == tmp_path / "sub" / ".crossload"


def test_the_matrix_at_hand_comes_before_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "matrix.yaml").write_text("")
    project = project_from_variables(tmp_path)
    assert project.matrix == tmp_path / "matrix.yaml"
    assert project.home.root == tmp_path / ".crossload"


def test_without_any_the_shipped_matrix_is_taken(tmp_path: Path) -> None:
    assert project_from_variables(tmp_path).matrix == shipped_path("matrix.yaml")


@pytest.mark.usefixtures("only_this_interpreter")
def test_environments_are_loaded_and_resolved(tmp_path: Path) -> None:
    (tmp_path / "matrix.yaml").write_text("environments:\n  it: {tensorflow: '2.15.1'}\n")
    home = Home(tmp_path / "home")
    home.prepare()
    (one,) = load_environments(make_project(tmp_path / "matrix.yaml", home))
    assert one.id.startswith("it-py3.")
    assert (home.cache / "interpreters.json").is_file()


@pytest.mark.usefixtures("only_this_interpreter")
def test_looking_at_environments_makes_no_home(tmp_path: Path) -> None:
    (tmp_path / "matrix.yaml").write_text("environments:\n  it: {tensorflow: '2.15.1'}\n")
    load_environments(make_project(tmp_path / "matrix.yaml", Home(tmp_path / "home")))
    assert not (tmp_path / "home").exists()


def test_new_locks_go_next_to_the_matrix(tmp_path: Path) -> None:
    project = make_project(tmp_path / "matrix.yaml", Home(tmp_path / "home"))
    assert project.lock_folders == (tmp_path / "locks", shipped_path("locks"))


def test_nothing_is_written_into_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr(shipped, "_IN_WHEEL", tmp_path / "shipped")
    project = make_project(shipped_path("matrix.yaml"), Home(tmp_path / "home"))
    assert project.lock_folders == (tmp_path / "home" / "locks", tmp_path / "shipped" / "locks")


def test_in_a_clone_what_is_shipped_lies_at_the_top() -> None:
    assert shipped_path("locks") == ROOT / "locks"
    assert probes_folder() == ROOT / "probes"
    assert "dense" in known_models()
