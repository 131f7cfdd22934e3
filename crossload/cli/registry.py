"""Which subcommands there are: one line each for the help, and where each is imported from.

Owns the list, no subcommand. A subcommand is imported when it is chosen: most of the time that a
short one takes is imports. Other packages add theirs through an entry point group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from crossload.cli.command import Command

ENTRY_POINT_GROUP = "crossload.commands"
OTHERS = "from other packages"
# By group, in the order of the help. Each is `COMMAND` in the module of its name in this package.
LOCAL: Mapping[str, Mapping[str, str]] = {
    "your own models": {
        "inspect": "show what a model file holds, who wrote it and what is wrong with it, "
        "without loading it",
        "check": "measure where your model loads with the same outputs",
        "migrate": "convert a model for an environment that cannot load it, and verify the result",
        "bisect": "find the first version in which a model fails to load or gives different "
        "outputs",
        "upgrade": "report what an upgrade breaks, changes silently or loses; a gate for CI",
    },
    "the matrix": {
        "init": "write a starter matrix.yaml, with its schema for editors, into this folder",
        "plan": "show what a run would do: environments, cells, download and disk",
        "run": "build the environments, measure what is not known yet, draw the table",
    },
    "results": {
        "report": "write the report of a run as a page, JSON, CSV or Markdown",
        "explain": "show everything known about one cell: attempts, errors, cause, remedies",
        "reproduce": "write scripts that reproduce one cell without crossload",
        "publish": "write a finished run's page, export and facts into a folder for others to read",
        "ledger": "export a run to a file, or import one",
    },
    "knowledge": {
        "causes": "list the known causes of failed loads, or show how much of a run they explain",
        "atlas": "show which versions have a layer, an optimizer or an argument",
    },
    "environments": {
        "doctor": "show what this machine has and lacks for a run, and what to do about it",
        "envs": "list, build, check or remove environments",
        "lock": "resolve the packages of environments into locks with hashes",
        "releases": "list released versions that the matrix lacks, or add rows for them",
    },
}


@dataclass(frozen=True)
class Entry:
    """One subcommand, not imported yet.

    Attributes:
        name: as it is typed.
        help: what it does, in one line.
        group: the heading that it stands under.
        load: imports it.
    """

    name: str
    help: str
    group: str
    load: Callable[[], Command]


def local_entries() -> tuple[Entry, ...]:
    """The subcommands of this package, in the order of the help."""
    return tuple(
        Entry(name, text, group, _local(name))
        for group, commands in LOCAL.items()
        for name, text in commands.items()
    )


def all_entries() -> tuple[Entry, ...]:
    """Every subcommand; those that other packages registered come last and are imported."""
    return (*local_entries(), *map(_contributed, _entry_points()))


def find_entry(name: str) -> Entry | None:
    """The subcommand of that name, wherever it is from; None if there is none."""
    for entry in local_entries():
        if entry.name == name:
            return entry
    return next((_contributed(one) for one in _entry_points() if one.name == name), None)


def _local(name: str) -> Callable[[], Command]:
    def load() -> Command:
        return cast("Command", import_module(f"crossload.cli.{name}").COMMAND)

    return load


def _contributed(point: EntryPoint) -> Entry:
    command = cast("Command", point.load())
    return Entry(point.name, str(getattr(command, "help", "")), OTHERS, lambda: command)


def _entry_points() -> list[EntryPoint]:
    """What is registered, by name."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and often not needed

    return sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
