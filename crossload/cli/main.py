"""The command line: runs one command, and turns a known failure into its exit code.

Owns only that; `crossload.cli.parser` reads the command line. Each command is a module of
`crossload.cli`; unknown exceptions keep their traceback. Starting up is quick: what a command
needs is imported when it is chosen.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from crossload.cli.console.output import open_streams
from crossload.cli.context import Context
from crossload.cli.parser import read_command_line
from crossload.cli.registry import Command
from crossload.runner.errors import CrossloadError, ExitCode, StorageError
from crossload.runner.interruption import exit_on_termination


def run_command_line(argv: Sequence[str] | None = None) -> int:
    """Parse and run; raises whatever the command raises, for tests to look at."""
    command, args = read_command_line(sys.argv[1:] if argv is None else argv)
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
