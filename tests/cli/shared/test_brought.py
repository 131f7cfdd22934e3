"""Environments that the command line names by their files."""

from __future__ import annotations

import argparse
import sys
import venv
from pathlib import Path

import pytest

from crossload.cli.shared.brought import with_named
from crossload.cli.shared.project import Project
from crossload.runner.cases.library import CaseLibrary
from crossload.runner.config.load import parse_matrix
from crossload.runner.environments.marker import site_packages
from crossload.runner.errors import EnvironmentsError, UsageError

MATRIX = 'environments:\n  churn: {tensorflow: "2.15.1", python: "3.11"}\n'


@pytest.fixture
def project() -> Project:
    matrix = parse_matrix(MATRIX, shown="matrix.yaml", known_models=())
    return Project(matrix, {}, CaseLibrary((), {}), ())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The environment of a project named like a row of the matrix."""
    folder = tmp_path / "Churn" / ".venv"
    venv.create(folder, with_pip=False, symlinks=True)
    info = site_packages(folder)[0] / "keras-3.4.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: keras\nVersion: 3.4.0\n")
    return folder


def added(project: Project) -> dict[str, str | None]:
    return {one.name: one.interpreter for one in project.brought}


def test_a_folder_and_its_python_are_one_environment_with_a_name_of_its_own(
    project: Project, place: Path
) -> None:
    python = str(place / "bin" / "python")
    args = argparse.Namespace(source="2.15", target=str(place), pairs=[f"{python}:churn,2.15:x"])
    found = with_named(project, args)
    assert (args.source, args.target) == ("2.15", "churn-2")
    assert args.pairs == ["churn-2:churn,2.15:x"]
    assert added(found) == {"churn-2": python}
    (environment,) = found.environments(found.brought)
    assert environment.spec.keras == "3.4.0"


def test_the_active_environment(
    project: Project, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(place))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    args = argparse.Namespace(loaders=[".", f"active-py{minor}"], to="active")
    found = with_named(project, args)
    assert (args.loaders, args.to) == (["active", f"active-py{minor}"], "active")
    (spec,) = found.brought
    assert (spec.interpreter, str(spec.backend)) == (str(place / "bin" / "python"), "jax")
    monkeypatch.setenv("KERAS_BACKEND", "mxnet")
    with pytest.raises(UsageError, match=r"--to '\.': KERAS_BACKEND is 'mxnet'"):
        with_named(project, argparse.Namespace(loaders=["."]))


def test_nothing_is_active(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"--to '\.': no environment is active") as caught:
        with_named(project, argparse.Namespace(loaders=["."]))
    assert "activate the environment" in caught.value.advice


def test_a_place_without_python_or_keras(project: Project, place: Path, tmp_path: Path) -> None:
    for text, wrong in (
        (f"{tmp_path}/nothing", "does not exist"),
        (f"{tmp_path}", "has no bin/python"),
    ):
        with pytest.raises(UsageError) as caught:
            with_named(project, argparse.Namespace(good=text))
        assert str(caught.value) == f"--good {text!r} {wrong}"
    (site_packages(place)[0] / "keras-3.4.0.dist-info" / "METADATA").unlink()
    with pytest.raises(EnvironmentsError, match="has neither TensorFlow nor Keras installed"):
        with_named(project, argparse.Namespace(bad=str(place)))


def test_a_requirements_file_stands_for_its_environment(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "requirements-next.txt"
    path.write_text("keras==3.4.0\njax==0.4\n")
    args = argparse.Namespace(source="churn", target=str(path))
    found = with_named(project, args)
    assert (args.source, args.target) == ("churn", "requirements-next")
    assert [one.requirements for one in found.brought] == [str(path)]


def test_an_environment_yml_stands_for_its_environment(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "environment-next.yml"
    path.write_text("dependencies: [python=3.11, tensorflow=2.16]\n")
    args = argparse.Namespace(source="churn", target=str(path))
    found = with_named(project, args)
    assert (args.source, args.target) == ("churn", "environment-next")
    assert [one.conda for one in found.brought] == [str(path)]
