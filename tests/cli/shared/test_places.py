"""Which matrix and home a command line means, in a project and anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from platformdirs import user_cache_path

from crossload.cli.shared.places import places_of
from crossload.runner.shipped import shipped_path
from tests.cli.conftest import CommandLine

OWN = Path("matrix.yaml")


@pytest.mark.parametrize("anywhere", [True, False])
def test_a_folder_with_a_matrix_is_a_project(tmp_path: Path, *, anywhere: bool) -> None:
    (tmp_path / OWN).write_text("environments: {}\n", encoding="utf-8")
    places = places_of(None, None, tmp_path, anywhere=anywhere)
    assert places.matrix == tmp_path / OWN
    assert places.home.root == tmp_path / ".crossload"
    assert not places.borrowed


def test_a_matrix_that_is_named_brings_its_folder_along(tmp_path: Path) -> None:
    places = places_of(Path("there/m.yaml"), None, tmp_path, anywhere=True)
    assert places.matrix == tmp_path / "there" / "m.yaml"
    assert places.home.root == tmp_path / "there" / ".crossload"
    assert not places.borrowed


def test_anywhere_else_the_programs_own_matrix_is_taken(tmp_path: Path) -> None:
    places = places_of(None, None, tmp_path, anywhere=True)
    assert places.matrix == shipped_path("matrix.yaml")
    assert places.home.root == user_cache_path("crossload")
    assert places.borrowed
    here = places_of(None, Path("mine"), tmp_path, anywhere=True)
    assert here.home.root == tmp_path / "mine"


def test_an_existing_home_is_used(tmp_path: Path) -> None:
    (tmp_path / ".crossload").mkdir()
    places = places_of(None, None, tmp_path, anywhere=True)
    assert places.home.root == tmp_path / ".crossload"
    assert places.borrowed


def test_what_needs_a_matrix_asks_for_one(tmp_path: Path) -> None:
    places = places_of(None, None, tmp_path, anywhere=False)
    assert places.matrix == tmp_path / OWN
    assert places.home.root == tmp_path / ".crossload"


@pytest.mark.usefixtures("only_this_interpreter")
def test_the_command_line_reports_which_matrix_it_uses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    crossload = CommandLine(tmp_path, capsys, monkeypatch)
    said = crossload("check", "missing.h5")
    assert said.code == 2
    assert "no matrix.yaml here: using the one that comes with crossload" in said.err
    assert "missing.h5" in said.err
    assert not (tmp_path / ".crossload").exists()
    assert "there is no file 'matrix.yaml'" in crossload("plan").err
