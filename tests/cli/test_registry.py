"""The list of commands: this package's modules, and what other packages register."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

from crossload.cli.registry import LOCAL_COMMANDS, Command, Group, all_commands, find_command
from tests.cli.conftest import CommandLine

CLI = Path(__file__).resolve().parent.parent.parent / "crossload" / "cli"
THEIR_MODULE = """\
class Greet:
    name = "greet"
    help = "print a greeting"
    anywhere = True

    def add_arguments(self, parser):
        parser.add_argument("who")

    def run(self, args, context):
        context.say(f"hello {args.who}")
        return 0

command = Greet()
"""
METADATA = "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n"
ENTRY_POINTS = "[crossload.commands]\ngreet = crossload_greeting:command\n"


@pytest.fixture
def greeting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed distribution with one command."""
    site = tmp_path / "site-packages"
    info = site / "greeting-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(METADATA)
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (site / "crossload_greeting.py").write_text(THEIR_MODULE)
    monkeypatch.syspath_prepend(str(site))
    importlib.invalidate_caches()


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_module_that_is_a_command_is_listed() -> None:
    modules = {
        path.stem for path in CLI.glob("*.py") if {"add_arguments", "run"} <= functions(path)
    }
    assert modules == {one.name for one in LOCAL_COMMANDS}


@pytest.mark.parametrize("command", LOCAL_COMMANDS, ids=lambda command: command.name)
def test_a_command_is_found_by_its_name(command: Command) -> None:
    assert find_command(command.name) is command
    actions = command.actions()
    assert list(inspect.signature(actions.add_arguments).parameters) == ["parser"]
    assert list(inspect.signature(actions.run).parameters) == ["args", "context"]


def test_an_unknown_name_is_not_a_command() -> None:
    assert find_command("greet") is None


@pytest.mark.usefixtures("greeting")
def test_another_package_adds_a_command(crossload: CommandLine) -> None:
    (found,) = set(all_commands()) - set(LOCAL_COMMANDS)
    assert (found.name, found.group, found.anywhere) == ("greet", Group.OTHERS, True)
    said = crossload("greet", "you")
    assert (said.code, said.out, said.err) == (0, "hello you\n", "")
    assert "\nfrom other packages:\n  greet       print a greeting\n" in crossload("--help").out
