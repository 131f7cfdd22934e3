"""`crossload envs`."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.cli import envs
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import Project
from crossload.runner.home import Home, exclusive_run
from tests.cli.conftest import CommandLine
from tests.cli.matrices import IMPOSSIBLE, LOCKED, knows_wheels


@knows_wheels
def test_list_has_a_line_for_each_environment(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("envs", "list")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == [
        "environment",
        "old-py3.3",
        "new-py3.4",
    ]


def test_list_takes_patterns_on_names_and_ids(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    for pattern in ("old", "*-py3.3", "o*"):
        lines = crossload("envs", "list", pattern).out.splitlines()
        assert [line.split()[0] for line in lines] == ["environment", "old-py3.3"]


def test_a_pattern_that_matches_nothing_is_reported(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("envs", "build", "odl")
    assert said.code == 2
    assert said.err.splitlines() == [
        "crossload: 'odl' matches nothing; did you mean 'old'",
        "  choose from old-py3.3 and new-py3.4",
    ]


def test_remove_needs_names(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("envs", "remove")
    assert said.code == 2
    assert said.err.splitlines() == [
        "crossload: envs remove needs the names of environments",
        "  `crossload envs remove --all` removes every one",
    ]


def test_remove_takes_the_folder_of_an_environment(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    prefix = crossload.home / "envs" / "tf2.15-py3.11"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").write_text("", encoding="utf-8")
    said = crossload("envs", "remove", "tf2.15")
    assert (said.code, said.out) == (0, "removed tf2.15-py3.11\n")
    assert not prefix.exists()


def test_remove_says_when_there_was_nothing(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    said = crossload("envs", "remove", "--all")
    assert (said.code, said.out) == (0, "none of these environments is built\n")


def test_remove_waits_for_no_run(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    with exclusive_run(Home(crossload.home)):
        assert crossload("envs", "remove", "--all").code == 6


@pytest.fixture
def prefix(crossload: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an environment that counts as built for as long as it has a marker."""
    crossload.matrix(LOCKED)
    prefix = crossload.home / "envs" / "tf2.15-py3.11"
    site = prefix / "lib" / "python3.11" / "site-packages"
    (site / "six-1.dist-info").mkdir(parents=True)
    (site / "six-1.dist-info" / "RECORD").write_text(
        "".join(f"f{n}.py,,0\n" for n in range(12)), encoding="utf-8"
    )
    for n in range(12):
        (site / f"f{n}.py").touch()
    marker = prefix / "crossload.json"
    marker.write_text("{}", encoding="utf-8")

    def present(environment: Environment, project: Project) -> BuiltEnvironment | None:
        del project
        ready = BuiltEnvironment(environment, "d", prefix, prefix, prefix, (), 1.0)
        return ready if marker.exists() else None

    monkeypatch.setattr(envs, "present", present)
    return prefix


def test_check_finds_an_environment_as_it_was_installed(
    crossload: CommandLine, prefix: Path
) -> None:
    said = crossload("envs", "check")
    assert (said.code, said.out) == (0, "tf2.15-py3.11: every file is as it was installed\n")
    assert (prefix / "crossload.json").exists()


def test_check_names_what_is_damaged_and_has_it_built_again(
    crossload: CommandLine, prefix: Path
) -> None:
    for file in prefix.rglob("f*.py"):
        file.unlink()
    said = crossload("envs", "check", "tf2.15")
    assert said.code == 1
    assert said.out.splitlines() == [
        "tf2.15-py3.11: damaged; it will be rebuilt before its next use",
        *(f"  f{n}.py of six-1 is missing" for n in range(10)),
        "  and 2 more files",
    ]
    assert crossload("envs", "check").out == "tf2.15-py3.11: not built\n"


@knows_wheels
def test_building_nothing_usable_is_an_error(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("envs", "build", "--jobs", "1")
    assert (said.code, said.out) == (4, "0 of 2 environments can be used\n")
    assert said.err.splitlines() == [
        "environments: 2",
        "  old-py3.3: impossible: TensorFlow 2.3.0 has no build for Python 3.3",
        "  new-py3.4: impossible: TensorFlow 2.21.0 has no build for Python 3.4",
        "environments: 2/2",
    ]
