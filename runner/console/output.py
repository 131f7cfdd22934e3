"""The console that subcommands print to.

Owns the one difference from rich's: a reader that has gone is told to `crossload.cli.main`, which
knows the exit codes, instead of ending the program on the spot.
"""

from __future__ import annotations

from typing import NoReturn

from rich.console import Console


class Output(Console):
    """A console whose broken pipe is an exception."""

    def on_broken_pipe(self) -> NoReturn:
        """Say that nobody reads any more.

        Raises:
            BrokenPipeError: always.
        """
        raise BrokenPipeError
