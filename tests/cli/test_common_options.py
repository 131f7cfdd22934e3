"""The options of every command, before the command or after it."""

from __future__ import annotations

import shutil

import pytest

from crossload.cli.options.common import after_the_command
from tests.cli.conftest import CommandLine


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("--home F run --jobs 2", "run --home F --jobs 2"),
        ("--home=F --no-color plan", "plan --home=F --no-color"),
        ("--matrix M --home F check a.h5", "check --matrix M --home F a.h5"),
        ("run --home F", "run --home F"),
        ("--version", "--version"),
        ("--home", "--home"),
        ("", ""),
    ],
)
def test_they_are_moved_behind_the_command(typed: str, read: str) -> None:
    assert after_the_command(typed.split()) == read.split()


def test_a_home_before_the_command_is_the_home(crossload: CommandLine) -> None:
    crossload("init")
    shutil.copytree(crossload.home / "cache", crossload.folder / "elsewhere" / "cache")
    said = crossload("--home", str(crossload.folder / "elsewhere"), "envs", "list")
    assert said.code == 0, said.err
    assert crossload("envs", "list", "--home", str(crossload.folder / "elsewhere")).out == said.out
