"""What a subcommand is, and what it is given.

Owns the two shapes; which subcommands there are is `registry`'s.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console

    from crossload.runner.home import Home

STANDARD_OUTPUT = "-"  # in place of the name of a file


@dataclass(frozen=True)
class Context:
    """What every subcommand is given: where the project is and where to write.

    `console` is standard output (results); `log` is standard error (progress, warnings).
    `borrowed` says that the matrix is the program's own, since this folder has none.
    """

    home: Home
    matrix_path: Path
    console: Console
    log: Console
    borrowed: bool = False

    @property
    def folder(self) -> Path:
        """Where the user keeps what belongs to the matrix."""
        return Path.cwd() if self.borrowed else self.matrix_path.parent

    def say(self, text: str) -> None:
        """Print a result as it is: never read as markup, not coloured, not folded."""
        self.console.print(text, markup=False, soft_wrap=True, highlight=False)


class Command(Protocol):
    """One subcommand.

    One that works in a folder without a matrix has a true attribute `anywhere` besides; one of
    another package has its line of the help in an attribute `help`.
    """

    name: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the subcommand's own options."""

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Do it; returns an exit code of `runner.errors.ExitCode` or raises `CrossloadError`."""
