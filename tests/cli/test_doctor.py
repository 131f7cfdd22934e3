"""`crossload doctor`; what this machine has varies, how it is told does not."""

from __future__ import annotations

from tests.cli.conftest import CommandLine
from tests.cli.matrices import BROKEN, IMPOSSIBLE, knows_wheels


def test_without_a_matrix_that_is_what_is_missing(crossload: CommandLine) -> None:
    said = crossload("doctor")
    assert said.code == 1
    assert "missing matrix there is no file 'matrix.yaml' run `crossload init`" in said.words
    assert said.out.splitlines()[-1].endswith(" 1 missing")


def test_a_broken_matrix_is_counted(crossload: CommandLine) -> None:
    crossload.matrix(BROKEN)
    said = crossload("doctor")
    assert said.code == 1
    assert "missing matrix 4 mistakes, the first: matrix.yaml:2: " in said.words
    assert "`crossload plan` lists them all" in said.words


@knows_wheels
def test_an_impossible_environment_is_a_warning_with_the_cure(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("doctor")
    assert "warning old-py3.3 TensorFlow 2.3.0 has no build for Python 3.3 it has" in said.words


def test_a_profile_narrows_the_environments(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE + "  one: {environments: [old]}\n")
    assert "new-py3.4" in crossload("doctor").out
    assert "new-py3.4" not in crossload("doctor", "--profile", "one").out


def test_an_unknown_profile_is_a_wrong_command_line(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("doctor", "--profile", "quikc")
    assert said.code == 2
    assert "did you mean 'quick'" in said.err


def test_it_counts_its_findings_within_80_columns(crossload: CommandLine) -> None:
    crossload("init")
    lines = crossload("doctor").out.splitlines()
    assert max(len(line) for line in lines) <= 80
    counted = {word: sum(line.startswith(word) for line in lines) for word in ("ok", "warning")}
    assert lines[-1].startswith(f"{counted['ok']} ok, {counted['warning']} warnings, ")
