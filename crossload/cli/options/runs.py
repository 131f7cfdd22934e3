"""The options that name a run of the ledger, or the file that one was exported to."""

from __future__ import annotations

import argparse
from pathlib import Path

LATEST = "latest"


def add_run(
    parser: argparse.ArgumentParser,
    what: str = "the run: its number, or latest (the default)",
    default: str | None = None,
) -> None:
    """Declare `--run`.

    Its value is the run's number, or None for the latest one. With `argparse.SUPPRESS` as the
    default, the value is missing where the option is.
    """
    parser.add_argument("--run", type=run_number, default=default, metavar="RUN", help=what)


def run_number(text: str) -> int | None:
    """A run's number; None for the latest run.

    Raises:
        argparse.ArgumentTypeError: the text is neither a number nor `latest`.
    """
    if text == LATEST:
        return None
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is neither a run's number nor {LATEST!r}")
    return int(text)


def add_exported_run(parser: argparse.ArgumentParser) -> None:
    """Declare `--from FILE`; its value is `source`."""
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help="read the run from this file, written by `crossload ledger export`, instead of the "
        "ledger",
    )


def add_cell(parser: argparse.ArgumentParser) -> None:
    """Declare the positional CELL, and where to look for it: `--run` and `--from`."""
    parser.add_argument("cell", metavar="CELL", help="the cell's id: saver/model.format/loader")
    add_run(parser, "the run: its number, or latest (the default: the latest that has the cell)")
    add_exported_run(parser)
