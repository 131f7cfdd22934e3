"""What a health check says of environments."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from crossload.runner.environments import doctor
from crossload.runner.environments.doctor import (
    disk_finding,
    interpreter_findings,
    lock_findings,
    tool_findings,
)
from crossload.runner.environments.project import Project, make_project
from crossload.runner.environments.resolving import missing_interpreter
from crossload.runner.home import Home
from tests.environments.conftest import MakeEnvironment, Program, full_disk, interpreter_of


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "matrix.yaml", Home(tmp_path / "home"))


def test_the_tools_of_this_installation_are_found() -> None:
    found = tool_findings()
    assert [each.subject for each in found] == [
        *("uv", "nox", "virtualenv", "container engine", "conda")
    ]
    assert {each.state for each in found} == {"ok"}
    assert all(each.found.startswith(f"{each.subject} ") for each in found[:3])


def test_container_engines_are_found_and_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tool_findings()[3].found == "none found; only `container:` rows need one"
    program("podman", "exit 0")
    program("docker", "exit 0")
    assert tool_findings()[3].found == "docker podman"
    assert tool_findings()[4].found == "none found; only `conda:` rows need one"
    program("mamba", "exit 0")
    assert tool_findings()[4].found == "mamba"


def test_a_missing_uv_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "uv_command", lambda: None)
    uv = tool_findings()[0]
    assert (uv.state, uv.found) == ("missing", "not found")


def test_a_uv_that_does_not_start_is_reported(
    monkeypatch: pytest.MonkeyPatch, program: Program
) -> None:
    monkeypatch.setattr(doctor, "uv_command", lambda: (str(program("uv", "exit 1")),))
    assert tool_findings()[0].state == "missing"


def test_every_environment_names_its_python(make_environment: MakeEnvironment) -> None:
    one = make_environment()
    missing = dataclasses.replace(one, interpreter=None, problem=missing_interpreter("3.9"))
    good, bad = interpreter_findings([one, missing])
    assert (good.state, good.subject) == ("ok", one.id)
    assert good.found.startswith(f"Python {interpreter_of(one).full} at ")
    assert bad.state == "missing"
    assert bad.found == "python 3.9 was not found on this machine"
    assert "uv python install 3.9" in bad.advice


def test_a_missing_lock_is_reported(make_environment: MakeEnvironment, project: Project) -> None:
    (finding,) = lock_findings([make_environment()], project)
    assert (finding.state, finding.found) == ("warning", "missing")


@pytest.mark.parametrize(("free_gb", "state"), [(100, "ok"), (1, "warning")])
def test_disk_space_is_weighed_against_what_is_to_be_built(
    make_environment: MakeEnvironment,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    free_gb: int,
    state: str,
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", full_disk(free_gb * 10**9))
    finding = disk_finding([make_environment(tensorflow="2.15.1")], project)
    assert finding.state == state
    assert finding.found.startswith(f"{free_gb}.0 GB free at ")
    assert finding.found.endswith("1 to build need about 1.2 GB")


def test_nothing_to_build_needs_no_space(project: Project) -> None:
    assert disk_finding([], project).found.endswith("nothing to build")
