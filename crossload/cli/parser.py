"""How a command line is read: its command, then that command's arguments in any order.

Owns the parsers and nothing that a command does. Only the chosen command is imported.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from crossload import __version__
from crossload.cli.help import DESCRIPTION, EXIT_CODES, listing
from crossload.cli.options.common import add_common_options, after_the_command
from crossload.cli.registry import LOCAL_COMMANDS, Command, all_commands, find_command


def read_command_line(arguments: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """The chosen command and its options, which may stand before, between and after the rest.

    Raises:
        SystemExit: the help or the version was printed (0), or the command line is wrong (2).
    """
    given = after_the_command(arguments)
    first = given[0] if given else ""
    chosen = None if first.startswith("-") else find_command(first)
    if chosen is None:  # asks for the help or the version, or is wrong
        listed = LOCAL_COMMANDS if first == "--version" else all_commands()
        program = program_parser(listed)
        program.parse_args(given)
        program.error("the command comes first")
    return chosen, _in_any_order(command_parser(chosen), given[1:])


def program_parser(listed: Sequence[Command]) -> argparse.ArgumentParser:
    """The parser of the program: the help with these commands, the version, an unknown command."""
    parser = argparse.ArgumentParser(
        prog="crossload",
        usage="crossload COMMAND [OPTIONS]",
        description=f"{DESCRIPTION}\n{listing(listed)}",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"crossload {__version__}")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, help=argparse.SUPPRESS
    )
    for command in listed:
        commands.add_parser(command.name)
    return parser


def command_parser(command: Command) -> argparse.ArgumentParser:
    """The parser of one command, which is imported for it."""
    parser = argparse.ArgumentParser(
        prog=f"crossload {command.name}",
        description=f"{command.help[0].upper()}{command.help[1:]}.",
        allow_abbrev=False,  # `--in` must not quietly mean `--inputs`
    )
    command.actions().add_arguments(parser)
    add_common_options(parser)
    return parser


def _in_any_order(parser: argparse.ArgumentParser, given: Sequence[str]) -> argparse.Namespace:
    """Parse with options between the positional arguments, wherever argparse can do that.

    Alone, argparse lets a list of any length end at the first option, even an empty list. It can
    mix neither where `--` ends the options nor where another package's command has commands of
    its own: it refuses the latter by a TypeError, before it has read anything.
    """
    if "--" in given:
        return parser.parse_args(given)
    try:
        return parser.parse_intermixed_args(given)
    except TypeError:
        return parser.parse_args(given)
