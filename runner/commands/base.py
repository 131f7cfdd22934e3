"""What a subcommand is, what it is given, and how subcommands of other packages are found.

Owns no subcommand. `reports` adds its own through the entry point group, which is how the runner
ends a run with a page without importing `reports`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, cast

from rich.console import Console

from runner.errors import UsageError
from runner.home import Home

ENTRY_POINT_GROUP = "crossload.commands"


@dataclass(frozen=True)
class Context:
    """What every subcommand is given: where the project is and where to write.

    `console` is standard output (results); `log` is standard error (progress, warnings).
    """

    home: Home
    matrix_path: Path
    console: Console
    log: Console


class Command(Protocol):
    """One subcommand."""

    name: str
    help: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the subcommand's own options."""

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Do it; returns an exit code of `runner.errors.ExitCode` or raises `CrossloadError`."""


def contributed_commands() -> tuple[Command, ...]:
    """Return the subcommands that other packages registered, by name."""
    found = entry_points(group=ENTRY_POINT_GROUP)
    return tuple(cast("Command", point.load()) for point in sorted(found, key=lambda p: p.name))


def contributed_command(name: str) -> Command:
    """Return the contributed subcommand `name`.

    Raises:
        UsageError: the installation lacks it.
    """
    for command in contributed_commands():
        if command.name == name:
            return command
    raise UsageError(
        f"this installation has no subcommand {name!r}",
        "install crossload again: its entry points are missing",
    )
