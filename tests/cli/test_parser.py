"""The command line as it is read: options stand before, between and after the other arguments."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from crossload.cli import parser as reading
from crossload.cli.parser import command_parser, read_command_line
from crossload.cli.registry import LOCAL_COMMANDS, Command, Group
from tests.cli.conftest import CommandLine

LISTS = ("*", "+")


def positionals(command: Command) -> list[argparse.Action]:
    return [one for one in command_parser(command)._actions if not one.option_strings]


def words(action: argparse.Action) -> list[str]:
    """What a user could write for it: two words for a list."""
    first = next(iter(action.choices), "one") if action.choices else "one"
    return [first, "two"] if action.nargs in LISTS else [first]


def required_options(command: Command) -> Iterator[str]:
    for action in command_parser(command)._actions:
        if action.option_strings and action.required:
            yield from (action.option_strings[0], "tf2.15")


WITH_POSITIONALS = [one for one in LOCAL_COMMANDS if positionals(one)]


def test_the_commands_that_take_a_list_are_among_them() -> None:
    lists = {
        one.name for one in WITH_POSITIONALS if any(p.nargs in LISTS for p in positionals(one))
    }
    assert lists >= {"check", "envs", "inspect", "lock", "merge", "releases", "upgrade"}


@pytest.mark.parametrize("command", WITH_POSITIONALS, ids=lambda command: command.name)
def test_options_stand_anywhere_among_the_arguments(command: Command) -> None:
    given = [word for action in positionals(command) for word in words(action)]
    options = ["--home", "there", *required_options(command), "--no-color"]
    orders = [[*given[:at], *options, *given[at:]] for at in range(len(given) + 1)]
    orders.append([*options[:-1], *given, *options[-1:]])
    read = [vars(read_command_line([command.name, *order])[1]) for order in orders]
    assert all(one == read[0] for one in read)
    assert (read[0]["home"], read[0]["no_color"]) == (Path("there"), True)
    for action in positionals(command):
        value = read[0][action.dest]
        assert [*map(str, value if action.nargs in LISTS else [value])] == words(action)


def test_an_option_before_a_list_is_no_error(crossload: CommandLine) -> None:
    crossload("init")
    before = crossload("envs", "list", "--home", str(crossload.home), "tf2.6-*", "tf1.*")
    assert (before.code, before.err) == (0, "")
    assert before.out == crossload("envs", "list", "tf2.6-*", "tf1.*").out


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("check", "the following arguments are required: MODEL"),
        ("check --nonsense a.h5", "unrecognized arguments: --nonsense"),
        ("envs --home there crush", "invalid choice: 'crush'"),
        ("upgrade a.h5 --to tf2.15 b.h5", "the following arguments are required: --from"),
    ],
)
def test_what_is_wrong_is_still_refused(crossload: CommandLine, typed: str, complaint: str) -> None:
    said = crossload(*typed.split())
    assert (said.code, said.out) == (2, "")
    assert complaint in said.err


def test_two_dashes_end_the_options() -> None:
    _, args = read_command_line(["check", "--home", "there", "--", "-odd.h5", "--to"])
    assert args.model == [Path("-odd.h5"), Path("--to")]


def _with_commands_of_its_own(parser: argparse.ArgumentParser) -> None:
    parser.add_subparsers(dest="inner", required=True).add_parser("greet").add_argument("who")


def _with_the_rest_of_the_line(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inner")
    parser.add_argument("who", nargs=argparse.REMAINDER)


@pytest.mark.parametrize("declare", [_with_commands_of_its_own, _with_the_rest_of_the_line])
def test_another_packages_command_may_have_a_grammar_of_its_own(
    declare: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = SimpleNamespace(name="theirs", help="do things", add_arguments=declare, run=None)
    command = Command("theirs", Group.OTHERS, "do things", contributed=theirs)
    monkeypatch.setattr(reading, "find_command", {"theirs": command}.get)
    _, args = read_command_line(["theirs", "--no-color", "greet", "you"])
    assert (args.no_color, args.inner, "".join(args.who)) == (True, "greet", "you")
