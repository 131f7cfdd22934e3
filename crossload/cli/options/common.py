"""The options of every command: which matrix, which home, and no colours."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from crossload.runner.home import FOLDER_NAME

_VALUED, _BARE = ("--matrix", "--home"), ("--no-color",)


def after_the_command(arguments: Sequence[str]) -> list[str]:
    """The arguments with the options of every command moved behind the command.

    People write them in either place: `crossload --home F run`, `crossload run --home F`.
    """
    rest = list(arguments)
    moved: list[str] = []
    while rest and rest[0].partition("=")[0] in (*_VALUED, *_BARE):
        taken = 2 if rest[0] in _VALUED else 1
        moved, rest = moved + rest[:taken], rest[taken:]
    return [*rest[:1], *moved, *rest[1:]] if rest else moved


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Declare `--matrix`, `--home` and `--no-color`."""
    group = parser.add_argument_group("options of every command")
    group.add_argument(
        "--matrix",
        type=Path,
        metavar="FILE",
        help="what to test (default: matrix.yaml in this folder; if there is none, commands "
        "about your own models use the one that comes with crossload)",
    )
    group.add_argument(
        "--home",
        type=Path,
        metavar="FOLDER",
        help=f"where generated files go (default: {FOLDER_NAME} next to the matrix)",
    )
    group.add_argument("--no-color", action="store_true", help="print without colours")
