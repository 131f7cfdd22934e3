"""The command line: parses it, runs one command, and turns a known failure into its exit code.

Owns only that. Each command is a module of `crossload.cli`; unknown exceptions keep their
traceback. Starting up is quick: what a command needs is imported when it is chosen.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from crossload import __version__
from crossload.cli.console.output import open_streams
from crossload.cli.context import Context
from crossload.cli.help import DESCRIPTION, EXIT_CODES, listing
from crossload.cli.options.common import add_common_options, after_the_command
from crossload.cli.registry import LOCAL_COMMANDS, Command, all_commands, find_command
from crossload.runner.errors import CrossloadError, ExitCode, StorageError
from crossload.runner.interruption import exit_on_termination


def make_parser(chosen: Sequence[Command], listed: Sequence[Command]) -> argparse.ArgumentParser:
    """Build the parser.

    Args:
        chosen: the commands whose options it knows; each of these is imported.
        listed: the commands that its help lists and that it knows by name.
    """
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
    for command in dict.fromkeys((*listed, *chosen)):
        if command not in chosen:
            commands.add_parser(command.name)
            continue
        actions = command.actions()
        one = commands.add_parser(
            command.name,
            prog=f"crossload {command.name}",
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            allow_abbrev=False,  # `--in` must not quietly mean `--inputs`
        )
        actions.add_arguments(one)
        add_common_options(one)
        one.set_defaults(chosen=command)
    return parser


def run_command_line(argv: Sequence[str] | None = None) -> int:
    """Parse and run; raises whatever the command raises, for tests to look at."""
    given = after_the_command(sys.argv[1:] if argv is None else argv)
    first = given[0] if given else ""
    chosen = None if first.startswith("-") else find_command(first)
    if chosen is not None:
        parser = make_parser([chosen], LOCAL_COMMANDS)
    else:  # asks for the help or the version, or is wrong
        parser = make_parser([], () if first == "--version" else all_commands())
    args = parser.parse_args(given)
    command: Command = args.chosen
    return command.actions().run(args, _context(command, args))


def main() -> int:
    """Run the command line and return its exit code; the console script's entry."""
    exit_on_termination()
    open_streams()
    try:
        code = run_command_line()
        sys.stdout.flush()  # a failure to write must show here, not when the interpreter exits
    except CrossloadError as error:
        _print_error(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        _silence_output()
        where = repr(error.filename) if error.filename else "the output"
        full = StorageError(f"cannot write {where}: {error.strerror}", "free some space")
        _print_error(full)
        return int(ExitCode.STORAGE)
    return code


def _silence_output() -> None:
    """Discard what is still buffered, so that the interpreter's own flush succeeds."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _context(command: Command, args: argparse.Namespace) -> Context:
    from crossload.cli.shared.places import places_of  # not for the help and the version

    places = places_of(args.matrix, args.home, Path.cwd(), anywhere=command.anywhere)
    return Context(
        home=places.home,
        matrix_path=places.matrix,
        borrowed=places.borrowed,
        plain=args.no_color,
    )


def _print_error(error: CrossloadError) -> None:
    from rich.console import Console
    from rich.markup import escape  # slow, and most runs have no error

    from crossload.runner.environments.tools import redact

    plain = True if "--no-color" in sys.argv else None  # the parsed options are out of reach here
    log = Console(stderr=True, no_color=plain, highlight=False, soft_wrap=True)
    text = redact(str(error))  # it may quote a line of the user's file
    # Several lines list places in a file; each starts its line, so that editors can jump there.
    separator = "\n" if "\n" in text else " "
    log.print(f"[bold red]crossload:[/]{separator}{escape(text)}")
    if error.advice:
        log.print(f"  {escape(error.advice)}")
