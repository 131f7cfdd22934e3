"""What a subcommand is, what it is given, and how subcommands are found, one or all of them.

Owns the list of names, no subcommand. Other packages add theirs through the entry point group. A
subcommand is imported when it is chosen, or when all are listed: most of the time that a short one
takes is imports.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from rich.console import Console

    from crossload.runner.home import Home

ENTRY_POINT_GROUP = "crossload.commands"
# In the order of the help. Each is `COMMAND` in the module of its name in `crossload.cli`.
LOCAL_COMMANDS = (
    "init",
    "plan",
    "run",
    "envs",
    "lock",
    "releases",
    "doctor",
    "inspect",
    "atlas",
    "causes",
    "ledger",
    "bisect",
    "check",
    "explain",
    "migrate",
    "publish",
    "report",
    "reproduce",
    "upgrade",
)


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

    One that needs no matrix of the user's own has a true attribute `anywhere` besides.
    """

    name: str
    help: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the subcommand's own options."""

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Do it; returns an exit code of `runner.errors.ExitCode` or raises `CrossloadError`."""


def local_command(name: str) -> Command | None:
    """Import this package's subcommand `name`, and nothing else of its kind; None if not ours."""
    if name not in LOCAL_COMMANDS:
        return None
    module = import_module(f"crossload.cli.{name.replace('-', '_')}")
    return cast("Command", module.COMMAND)


def local_commands() -> tuple[Command, ...]:
    """Import every subcommand of this package, in their order."""
    found = (local_command(name) for name in LOCAL_COMMANDS)
    return tuple(one for one in found if one is not None)


def contributed_commands() -> tuple[Command, ...]:
    """Import the subcommands that other packages registered, by name."""
    return tuple(cast("Command", point.load()) for point in _entry_points())


def find_command(name: str) -> Command | None:
    """Import the subcommand of that name alone, wherever it is from; None if there is none."""
    return local_command(name) or _contributed(name)


def _contributed(name: str) -> Command | None:
    point = next((one for one in _entry_points() if one.name == name), None)
    return None if point is None else cast("Command", point.load())


def _entry_points() -> list[EntryPoint]:
    """What is registered, by name; an entry point is called as its subcommand is."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and often not needed

    return sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
