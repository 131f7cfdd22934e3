"""The command line: parses, calls one subcommand, and turns a known failure into its exit code.

Owns only that. Each subcommand is in `runner.commands`; unknown exceptions keep their traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from runner import __version__
from runner.commands import base, doctor, envs, init, lock, plan, run
from runner.errors import CrossloadError, ExitCode
from runner.home import FOLDER_NAME, Home
from runner.interruption import exit_on_termination

_DESCRIPTION = (
    "Will a Keras model saved in one TensorFlow load in another, and still give the same answers? "
    "crossload builds the environments, saves and loads in them, and says what it measured."
)
_EXIT_CODES = """exit codes:
  0  done (an incompatibility is a result, not a failure)
  1  a check that was asked for found something to fix (lock --check, doctor)
  2  the command line is wrong
  3  matrix.yaml is wrong
  4  no environment could be used
  5  the ledger is damaged or from a newer crossload
  6  another run is using the same folder
  7  the disk is full or a folder cannot be written
  130, 143  interrupted; `crossload run` continues where it stopped
"""
LOCAL_COMMANDS: tuple[base.Command, ...] = (
    init.COMMAND,
    plan.COMMAND,
    run.COMMAND,
    envs.COMMAND,
    lock.COMMAND,
    doctor.COMMAND,
)


def all_commands() -> tuple[base.Command, ...]:
    """Return every subcommand, this package's own first."""
    return (*LOCAL_COMMANDS, *base.contributed_commands())


def make_parser(commands: Sequence[base.Command]) -> argparse.ArgumentParser:
    """Build the parser; the options of every subcommand are `--matrix`, `--home`, `--no-color`."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--matrix",
        type=Path,
        default=Path("matrix.yaml"),
        metavar="FILE",
        help="what is tested (default: matrix.yaml here)",
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
    args = make_parser(all_commands()).parse_args(argv)
    command: base.Command = args.command_object
    return command.run(args, _context(args))


def main() -> int:
    """Run the command line and return its exit code; the console script's entry."""
    exit_on_termination()
    try:
        return run_command_line()
    except CrossloadError as error:
        _print_error(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing left to say, nothing to repair.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.OK)


def _context(args: argparse.Namespace) -> base.Context:
    # Not resolved: a link to a matrix belongs to the folder in which the link lies.
    matrix_path = args.matrix.absolute()
    root = args.home.absolute() if args.home else matrix_path.parent / FOLDER_NAME
    plain = True if args.no_color else None
    return base.Context(
        home=Home(root),
        matrix_path=matrix_path,
        console=Console(no_color=plain, highlight=False),
        log=Console(no_color=plain, highlight=False, stderr=True),
    )


def _print_error(error: CrossloadError) -> None:
    log = Console(stderr=True, highlight=False, soft_wrap=True)
    log.print(f"[bold red]crossload:[/] {escape(str(error))}")
    if error.advice:
        log.print(f"  {escape(error.advice)}")


if __name__ == "__main__":
    sys.exit(main())
