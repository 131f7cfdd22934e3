"""The options of commands about your own models: which model, where, and what fails the command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from crossload.cli.options.selection import DEFAULT_PROFILE, add_pattern, add_profile
from crossload.runner.formats import WHOLE_FORMATS
from crossload.runner.thresholds import DEFAULT_THRESHOLD, THRESHOLDS
from crossload.runner.words import Verdict

MODEL_KINDS = "a model file, a SavedModel, or a .py file with build()"
_ENVIRONMENT = "a name, an id, a version (2.16), '.' (the active one) or a path"


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Declare the files that go with a model."""
    for option, what in (
        ("--custom-objects", "a Python file that defines the model's custom classes and functions"),
        ("--inputs", "an .npz file of inputs for the model (default: generated)"),
        ("--outputs", "an .npz file of the outputs expected for --inputs"),
        ("--weights", "the weights file that belongs to an architecture in JSON"),
    ):
        parser.add_argument(option, type=Path, metavar="FILE", help=what)


def add_environment(
    parser: argparse.ArgumentParser,
    option: str,
    what: str,
    dest: str,
    *,
    required: bool = False,
) -> None:
    """Declare an option that names one environment, explained by `what`."""
    parser.add_argument(
        option,
        dest=dest,
        required=required,
        metavar="ENV",
        help=f"{what}: {_ENVIRONMENT}",
    )


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """Declare where a model is saved and loaded, and the formats that a script's is saved in."""
    add_profile(parser, f"load in the environments of this profile (default: {DEFAULT_PROFILE})")
    add_pattern(parser, "--environment", "these environments (of the profile, or of the matrix)")
    for option, metavar, dest, what in (
        ("--pairs", "A:B", "pairs", "save in A and load in B, each {}; separated by commas"),
        ("--from", "ENV", "savers", "save in this environment: {}; may be repeated"),
        ("--to", "ENV", "loaders", "load in this environment; may be repeated"),
    ):
        parser.add_argument(
            option,
            dest=dest,
            action="append",
            default=[],
            metavar=metavar,
            help=what.format(_ENVIRONMENT),
        )
    add_pattern(
        parser,
        "--format",
        f"these formats of a script's model (default: {', '.join(WHOLE_FORMATS)})",
    )


def add_search(parser: argparse.ArgumentParser) -> None:
    """Declare `--search`: how far to go to find out what a file computes."""
    parser.add_argument(
        "--search",
        action="store_true",
        help="if the likeliest environment cannot load the file, build others to compare with",
    )


def add_fail_on(parser: argparse.ArgumentParser, what: str = "exit with 1") -> None:
    """Declare `--fail-on`; `what` happens from the named verdict on. Its value is a `Verdict`."""
    parser.add_argument(
        "--fail-on",
        type=_threshold,
        default=DEFAULT_THRESHOLD,
        metavar="VERDICT",
        help=f"{what} from this verdict on: {_listed(THRESHOLDS)}",
    )


def _threshold(text: str) -> Verdict:
    for one in THRESHOLDS:
        if text == one:
            return one
    raise argparse.ArgumentTypeError(f"found {text!r}, expected one of {', '.join(THRESHOLDS)}")


def _listed(verdicts: Sequence[Verdict]) -> str:
    return ", ".join(f"{one} (default)" if one is DEFAULT_THRESHOLD else one for one in verdicts)
