"""The console that commands print to.

Owns its one difference from rich's console: when the reader has gone, it raises an exception for
`crossload.cli.main`, which knows the exit codes, instead of exiting.
"""

from __future__ import annotations

from typing import NoReturn

from rich.console import Console


class Output(Console):
    """A console that raises when its pipe is broken."""

    def on_broken_pipe(self) -> NoReturn:
        """Report that the output is no longer read.

        Raises:
            BrokenPipeError: always.
        """
        raise BrokenPipeError
