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
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crossload import __version__
from crossload.cli.registry import Entry, all_entries, find_entry
from crossload.runner.errors import CrossloadError, ExitCode, StorageError
from crossload.runner.home import FOLDER_NAME
from crossload.runner.interruption import exit_on_termination

if TYPE_CHECKING:
    from crossload.cli.command import Command, Context

_WIDTH, _NAME_WIDTH = 79, 12
# Wrapped by hand: the parser prints it as it is, for the sake of the exit codes below it.
_DESCRIPTION = """\
Will a Keras model saved in one TensorFlow load in another, and still give the
same answers? crossload builds the environments, saves and loads in them, and
says what it measured."""
_EXIT_CODES = """exit codes:
  0  done (an incompatibility is a result, not a failure)
  1  a requested check found something to fix (lock --check, doctor, envs check,
     check) or something new (upgrade); no route was found (migrate); a version
     does not work (bisect)
  2  the command line is wrong
  3  matrix.yaml is wrong
  4  none of the requested environments could be used
  5  the ledger is damaged or from a newer crossload
  6  another run is using the same folder
  7  the disk is full or a folder cannot be written
  8  the package index did not answer, or its answer is not a package index
  130, 143  interrupted; the same command continues where it stopped
"""


def wanted_entries(argv: Sequence[str]) -> tuple[Entry, ...]:
    """The subcommands that the parser of this command line has to know.

    That is the one which is named first; all of them, to be listed, where that is none; none
    where only the version is asked for.
    """
    first = argv[0] if argv else ""
    if first == "--version":
        return ()
    named = None if first.startswith("-") else find_entry(first)
    return all_entries() if named is None else (named,)


def make_parser(entries: Sequence[Entry]) -> argparse.ArgumentParser:
    """A parser of these subcommands with their options, which imports each of them."""
    parser, chosen = _outer_parser(entries)
    shared = _shared_options()
    for entry in entries:
        command = entry.load()
        one = chosen.add_parser(entry.name, description=entry.help, parents=[shared])
        command.add_arguments(one)
        one.set_defaults(command_object=command)
    return parser


def make_overview(entries: Sequence[Entry]) -> argparse.ArgumentParser:
    """A parser that lists these subcommands and accepts none of their options; imports none."""
    parser, chosen = _outer_parser(entries)
    for entry in entries:
        chosen.add_parser(entry.name, add_help=False)
    return parser


def _outer_parser(
    entries: Sequence[Entry],
) -> tuple[argparse.ArgumentParser, argparse._SubParsersAction[argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(
        prog="crossload",
        usage="crossload [-h] [--version] COMMAND ...",
        description=_DESCRIPTION,
        epilog=f"{_listed(entries)}\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"crossload {__version__}")
    chosen = parser.add_subparsers(
        dest="command",
        metavar="COMMAND",
        required=True,
        prog="crossload",
        help="one of those below; `crossload COMMAND --help` shows its options",
    )
    return parser, chosen


def _shared_options() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--matrix",
        type=Path,
        metavar="FILE",
        help="what is tested (default: matrix.yaml here; if there is none, the commands about "
        "your own models use the one that comes with crossload)",
    )
    shared.add_argument(
        "--home",
        type=Path,
        metavar="FOLDER",
        help=f"where everything generated goes (default: {FOLDER_NAME} beside the matrix)",
    )
    shared.add_argument("--no-color", action="store_true", help="print without colours")
    return shared


def _listed(entries: Sequence[Entry]) -> str:
    """The subcommands under the headings of their groups, within 80 columns."""
    lines: list[str] = []
    for group in dict.fromkeys(entry.group for entry in entries):
        lines.append(f"{group}:")
        for entry in (one for one in entries if one.group == group):
            lines += textwrap.wrap(
                f"{entry.name:<{_NAME_WIDTH}}{entry.help}",
                _WIDTH,
                initial_indent="  ",
                subsequent_indent=" " * (_NAME_WIDTH + 2),
            )
        lines.append("")
    return "\n".join(lines)


def run_command_line(argv: Sequence[str] | None = None) -> int:
    """Parse and run; raises what the subcommand raises, so that tests can look at it."""
    given = sys.argv[1:] if argv is None else argv
    entries = wanted_entries(given)
    if len(entries) != 1:
        named = make_overview(entries).parse_known_args(given)[0].command
        entries = tuple(one for one in entries if one.name == named)
    args = make_parser(entries).parse_args(given)
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
    from crossload.cli.command import Context  # noqa: PLC0415 - the help and the version need none
    from crossload.cli.places import places_of  # noqa: PLC0415 - same
    from crossload.runner.console.output import Output  # noqa: PLC0415 - same

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
