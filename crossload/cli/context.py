"""What every command is given: where the project is, and where to print.

Owns no defaults; `crossload.cli.shared.places` decides which folders a command line means.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from crossload.runner.home import Home
    from crossload.runner.ledger.hiding import Hide

STANDARD_OUTPUT = "-"  # in place of a file's name


@dataclass(frozen=True)
class Context:
    """The project of this command line.

    `borrowed` says that the matrix is the one that comes with crossload, because this folder has
    none. `plain` turns colours off.
    """

    home: Home
    matrix_path: Path
    borrowed: bool = False
    plain: bool = False

    @cached_property
    def console(self) -> Console:
        """Standard output, for results."""
        return _output(plain=self.plain, stderr=False)

    @cached_property
    def log(self) -> Console:
        """Standard error, for progress and warnings."""
        return _output(plain=self.plain, stderr=True)

    @property
    def folder(self) -> Path:
        """Where the user keeps what belongs to the matrix."""
        return Path.cwd() if self.borrowed else self.matrix_path.parent

    @cached_property
    def hide(self) -> Hide:
        """Takes what names this machine out of a text that is handed on."""
        from crossload.runner.ledger.hiding import hiding

        return hiding(self.home.root, self.folder)

    def say(self, text: str) -> None:
        """Print a result as it is: no markup, no colours, no folding."""
        self.console.print(text, markup=False, soft_wrap=True, highlight=False)


def _output(*, plain: bool, stderr: bool) -> Console:
    from rich.console import Console  # slow to import

    return Console(no_color=plain or None, highlight=False, stderr=stderr)
