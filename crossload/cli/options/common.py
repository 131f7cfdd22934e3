"""The options of every command: which matrix, which home, and no colours."""

from __future__ import annotations

import argparse
from pathlib import Path

from crossload.runner.home import FOLDER_NAME


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
