"""The options that say what a command writes, and how."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_output(
    parser: argparse.ArgumentParser,
    what: str,
    metavar: str,
    *,
    default: Path | None = None,
    required: bool = False,
) -> None:
    """Declare `--output` (`-o`), explained by `what`."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=default,
        required=required,
        metavar=metavar,
        help=what,
    )


def add_json(parser: argparse.ArgumentParser, what: str = "the result") -> None:
    """Declare `--json`: print `what` as JSON instead of text."""
    parser.add_argument("--json", action="store_true", help=f"print {what} as JSON")


def add_force(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare `--force`: replace `what`."""
    parser.add_argument("--force", action="store_true", help=f"replace {what}")
