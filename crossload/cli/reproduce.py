"""`crossload reproduce`: writes a folder that shows a cell without crossload.

Owns the options. `reports.reproduce.folder` decides what the folder holds.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.output import add_output
from crossload.cli.options.runs import add_cell
from crossload.runner.errors import ConfigurationError, ExitCode, UsageError
from crossload.runner.words import Strategy

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.reports.reproduce.folder import Places
    from crossload.runner.config.model import EnvironmentSpec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_cell(parser)
    add_output(parser, "a new folder", "FOLDER", required=True)
    parser.add_argument(
        "--strategy",
        metavar="NAME",
        help=f"how to load: one of {', '.join(Strategy)} (default: plain; if outputs differ, the "
        "first strategy with different outputs)",
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Read the ledger and write the folder.

    Raises:
        UsageError: no such cell or strategy, or the folder is not empty.
        LedgerError: the ledger cannot be read.
        StorageError: the folder cannot be written.
    """
    from crossload.reports.explain_lookup import Source, find_cell
    from crossload.reports.reproduce.folder import folder_of, write_folder
    from crossload.reports.reproduce.own_readme import contents

    strategy = _strategy(args.strategy)
    source = Source(context.home.ledger, args.run, args.source, context.home.artifacts)
    found = find_cell(args.cell, source)
    made = folder_of(found, strategy, _places(context))
    write_folder(args.output, made.files)
    lines = [f"wrote {args.output}: README.md says how to run it"]
    if made.parcel is not None:
        lines.append(f"it contains your own model, code and data: {contents(made.parcel)}")
        lines.append("share it only with people who may have them")
    for line in lines:
        context.console.print(line, markup=False, soft_wrap=True)
    return int(ExitCode.OK)


def _strategy(name: str | None) -> Strategy | None:
    if name is None:
        return None
    try:
        return Strategy(name)
    except ValueError:
        raise UsageError(
            f"--strategy: there is no strategy {name!r}", f"choose from {', '.join(Strategy)}"
        ) from None


def _places(context: Context) -> Places:
    from crossload.reports.reproduce.folder import Places
    from crossload.runner.cases.library import find_cases
    from crossload.runner.environments.locking import lock_folders
    from crossload.runner.shipped import probes_folder

    matrix = context.matrix_path
    return Places(
        probes=probes_folder(),
        locks=lock_folders(matrix),
        cases={name: case.scripts for name, case in find_cases(matrix, ()).good.items()},
        specs=_specs(matrix),
        hide=context.hide,
    )


def _specs(matrix: Path) -> tuple[EnvironmentSpec, ...]:
    """The environments of this matrix, then of the shipped one; a wrong file has none."""
    from crossload.runner.config.load import load_matrix
    from crossload.runner.environments.frameworks import use_knowledge_of
    from crossload.runner.environments.project import known_models
    from crossload.runner.shipped import shipped_path

    use_knowledge_of(matrix)
    found: list[EnvironmentSpec] = []
    for path in dict.fromkeys((matrix.absolute(), shipped_path("matrix.yaml"))):
        with contextlib.suppress(ConfigurationError):
            found += load_matrix(path, known_models=known_models()).environments
    return tuple(found)
