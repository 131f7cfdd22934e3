"""The options that select a part of the matrix."""

from __future__ import annotations

import argparse

DEFAULT_PROFILE = "quick"


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Declare the profile, and the patterns that narrow it."""
    add_profile(parser, f"the profile of the matrix (default: {DEFAULT_PROFILE})", DEFAULT_PROFILE)
    add_pattern(parser, "--environment", "these environments, by name or id")
    add_pattern(parser, "--model", "these reference models and scripted cases")
    add_pattern(parser, "--format", "these formats")
    add_pattern(parser, "--cell", "these cells, by id (saver/model.format/loader)")


def add_profile(parser: argparse.ArgumentParser, what: str, default: str | None = None) -> None:
    """Declare `--profile`, explained by `what`."""
    parser.add_argument("--profile", default=default, metavar="NAME", help=what)


def add_pattern(parser: argparse.ArgumentParser, option: str, what: str) -> None:
    """Declare an option that keeps only `what`; it takes globs and may be repeated."""
    parser.add_argument(
        option,
        action="append",
        default=[],
        metavar="PATTERN",
        help=f"only {what}; globs and {{a,b}} are allowed; may be repeated",
    )
