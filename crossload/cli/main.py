"""The command line: parses, calls one subcommand, and turns a known failure into its exit code.

Owns only that. Each subcommand is in `crossload.cli`; unknown exceptions keep their traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from crossload import __version__
from crossload.cli.command import (
    Command,
    Context,
    contributed_commands,
    find_command,
    local_commands,
)
from crossload.cli.places import places_of
from crossload.runner.errors import CrossloadError, ExitCode, StorageError
from crossload.runner.home import FOLDER_NAME
from crossload.runner.interruption import exit_on_termination

# Wrapped by hand: the parser prints it as it is, for the sake of the exit codes below it.
_DESCRIPTION = """\
Will a Keras model saved in one TensorFlow load in another, and still give the
same answers? crossload builds the environments, saves and loads in them, and
says what it measured."""
_EXIT_CODES = """exit codes:
  0  done (an incompatibility is a result, not a failure)
  1  a check that was asked for found something to fix (lock --check, doctor,
     check, upgrade), no way was found (migrate), a version fails (bisect)
  2  the command line is wrong
  3  matrix.yaml is wrong
  4  no environment could be used, or not one that was asked for
  5  the ledger is damaged or from a newer crossload
  6  another run is using the same folder
  7  the disk is full or a folder cannot be written
  8  the package index does not answer, or not as one (releases)
  130, 143  interrupted; `crossload run` continues where it stopped
"""


def all_commands() -> tuple[Command, ...]:
    """Import and return every subcommand, this package's own first."""
    return (*local_commands(), *contributed_commands())


def wanted_commands(argv: Sequence[str]) -> tuple[Command, ...]:
    """The subcommands that the parser of this command line has to know.

    That is the one which is named first; all of them, to be listed, where that is none; none
    where only the version is asked for.
    """
    first = argv[0] if argv else ""
    if first == "--version":
        return ()
    named = None if first.startswith("-") else find_command(first)
    return all_commands() if named is None else (named,)


def make_parser(commands: Sequence[Command]) -> argparse.ArgumentParser:
    """Build the parser; the options of every subcommand are `--matrix`, `--home`, `--no-color`."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--matrix",
        type=Path,
        metavar="FILE",
        help="what is tested (default: matrix.yaml here; for a model of your own, where there is "
        "none, the one that comes with crossload)",
    )
    shared.add_argument(
        "--home",
        type=Path,
        metavar="FOLDER",
        help=f"where everything generated goes (default: {FOLDER_NAME} beside the matrix)",
    )
    shared.add_argument("--no-color", action="store_true", help="print without colours")
    parser = argparse.ArgumentParser(
        prog="crossload",
        description=_DESCRIPTION,
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"crossload {__version__}")
    chosen = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands:
        one = chosen.add_parser(
            command.name, help=command.help, description=command.help, parents=[shared]
        )
        command.add_arguments(one)
        one.set_defaults(command_object=command)
    return parser


def run_command_line(argv: Sequence[str] | None = None) -> int:
    """Parse and run; raises what the subcommand raises, so that tests can look at it."""
    given = sys.argv[1:] if argv is None else argv
    args = make_parser(wanted_commands(given)).parse_args(given)
    command: Command = args.command_object
    return command.run(args, _context(args))


def main() -> int:
    """Run the command line and return its exit code; the console script's entry."""
    exit_on_termination()
    _print_anywhere()
    try:
        code = run_command_line()
        sys.stdout.flush()  # what cannot be written is told here, not while the interpreter ends
    except CrossloadError as error:
        _print_error(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        _silence_output()  # its reader has gone (`| head`): nothing left to say or to repair
        return int(ExitCode.OK)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        _silence_output()
        where = repr(error.filename) if error.filename else "the output"
        full = StorageError(f"cannot write {where}: {error.strerror}", "free some space")
        _print_error(full)
        return int(ExitCode.STORAGE)
    return code


def _print_anywhere() -> None:
    """Where a stream cannot show a character (an old locale), show `?` instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _silence_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's own flush succeeds."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _context(args: argparse.Namespace) -> Context:
    from crossload.runner.console.output import Output  # noqa: PLC0415 - the help and the version need none

    anywhere = getattr(args.command_object, "anywhere", False)
    places = places_of(args.matrix, args.home, Path.cwd(), anywhere=anywhere)
    plain = True if args.no_color else None
    return Context(
        home=places.home,
        matrix_path=places.matrix,
        borrowed=places.borrowed,
        console=Output(no_color=plain, highlight=False),
        log=Output(no_color=plain, highlight=False, stderr=True),
    )


def _print_error(error: CrossloadError) -> None:
    from rich.markup import escape  # noqa: PLC0415 - slow, and most runs have no error

    from crossload.runner.console.output import Output  # noqa: PLC0415 - same

    plain = True if "--no-color" in sys.argv else None  # the parsed options are gone by now
    log = Output(stderr=True, no_color=plain, highlight=False, soft_wrap=True)
    text = str(error)
    # Several lines are a list of places in a file: each begins its line, so that editors find it.
    separator = "\n" if "\n" in text else " "
    log.print(f"[bold red]crossload:[/]{separator}{escape(text)}")
    if error.advice:
        log.print(f"  {escape(error.advice)}")
