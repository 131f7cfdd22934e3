"""The commands: their names, groups and one-line help, and where each one is found.

Owns this list and nothing that a command does. A command is imported only when it is chosen.
Other packages add commands through the entry point group `crossload.commands`.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from crossload.cli.context import Context

ENTRY_POINT_GROUP = "crossload.commands"


class Group(Enum):
    """The headings of `crossload --help`, in order."""

    OWN_MODELS = "your own models"
    MATRIX = "the matrix"
    RESULTS = "results"
    KNOWLEDGE = "knowledge"
    ENVIRONMENTS = "environments"
    OTHERS = "from other packages"


class Actions(Protocol):
    """What a command does; each module of a command is one of these."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Run the command.

        Returns one of `runner.errors.ExitCode`, or raises a `CrossloadError`.
        """


class Contributed(Actions, Protocol):
    """What an entry point of another package loads.

    One that works without a matrix in this folder also has a true attribute `anywhere`.
    """

    name: str
    help: str


@dataclass(frozen=True)
class Command:
    """One command, as the help lists it; `actions` imports it.

    `anywhere`: it works without a matrix in this folder.
    """

    name: str
    group: Group
    help: str
    anywhere: bool = False
    contributed: Contributed | None = None

    def actions(self) -> Actions:
        """Import what the command does: the module of its name in `crossload.cli`."""
        if self.contributed is not None:
            return self.contributed
        return cast("Actions", import_module(f"crossload.cli.{self.name}"))


# In the order of the help. `_ANYWHERE` names those that work without a matrix in this folder.
_LOCAL = {
    Group.OWN_MODELS: {
        "inspect": "show what a model file holds, who wrote it and what is wrong with it, without "
        "loading it",
        "check": "measure where your model loads with the same outputs",
        "migrate": "convert a model for an environment that cannot load it, and verify the result",
        "bisect": "find the first version in which a model fails to load or gives different "
        "outputs",
        "upgrade": "report what an upgrade breaks, changes silently or loses; a gate for CI",
        "vendor": "write crossload.load_model as one file, for programs that do without crossload",
    },
    Group.MATRIX: {
        "init": "write a starter matrix.yaml, with its schema for editors, into this folder",
        "plan": "show what a run would do: environments, cells, download and disk",
        "run": "build the environments, measure what is not known yet, draw the table",
    },
    Group.RESULTS: {
        "report": "write the report of a run as a page, JSON, CSV or Markdown",
        "explain": "show everything known about one cell: attempts, errors, cause, remedies",
        "reproduce": "write scripts that reproduce one cell without crossload",
        "publish": "write a finished run's page, export and facts into a folder for others to read",
        "ledger": "export a run to a file, or import one",
        "merge": "put the runs of many machines together as one",
    },
    Group.KNOWLEDGE: {
        "causes": "list the known causes of failed loads, or show how much of a run they explain",
        "atlas": "show which versions have a layer, an optimizer or an argument",
    },
    Group.ENVIRONMENTS: {
        "doctor": "show what this machine has and lacks for a run, and what to do about it",
        "envs": "list, build, check or remove environments",
        "lock": "resolve the packages of environments into locks with hashes",
        "releases": "list released versions that the matrix lacks, or add rows for them",
    },
}
_ANYWHERE = {"check", "migrate", "bisect", "upgrade", "vendor", "report", "explain", "reproduce"}
LOCAL_COMMANDS = tuple(
    Command(name, group, text, anywhere=name in _ANYWHERE)
    for group, commands in _LOCAL.items()
    for name, text in commands.items()
)


def all_commands() -> tuple[Command, ...]:
    """Every command: those of this package, then those that other packages registered, by name."""
    return (*LOCAL_COMMANDS, *map(_contributed, _entry_points()))


def find_command(name: str) -> Command | None:
    """The command of that name, or None; the entry points are read only where it is not ours."""
    local = next((one for one in LOCAL_COMMANDS if one.name == name), None)
    if local is not None:
        return local
    point = next((one for one in _entry_points() if one.name == name), None)
    return None if point is None else _contributed(point)


def _contributed(point: EntryPoint) -> Command:
    found = cast("Contributed", point.load())
    anywhere = getattr(found, "anywhere", False)
    return Command(point.name, Group.OTHERS, found.help, anywhere=anywhere, contributed=found)


def _entry_points() -> list[EntryPoint]:
    """The registered entry points, by name; the command takes its entry point's name."""
    from importlib.metadata import entry_points  # slow, and rarely needed

    return sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
