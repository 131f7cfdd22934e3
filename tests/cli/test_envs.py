"""`crossload envs`."""

from __future__ import annotations

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


def test_a_pattern_that_matches_nothing_is_told(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("envs", "build", "odl")
    assert said.code == 2
    assert said.err.splitlines() == [
        "crossload: 'odl' matches nothing; did you mean 'old'",
        "  choose from old-py3.3, new-py3.4",
    ]


def test_remove_wants_to_be_told_what(crossload: CommandLine) -> None:
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
