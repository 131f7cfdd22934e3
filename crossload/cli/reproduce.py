"""The subcommand `reproduce`: a folder that shows a cell without crossload.

Owns its options; what is written is `folder`'s.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.explain import add_cell_options, source_of
from crossload.runner.errors import ConfigurationError, ExitCode, UsageError
from crossload.runner.words import Strategy

if TYPE_CHECKING:
    from crossload.cli.command import Context
    from crossload.reports.reproduce.folder import Places
    from crossload.runner.config.model import EnvironmentSpec


class ReproduceCommand:
    """`crossload reproduce`."""

    name = "reproduce"
    anywhere = True

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_cell_options(parser)
        parser.add_argument(
            "-o", "--output", type=Path, required=True, metavar="FOLDER", help="a new folder"
        )
        parser.add_argument(
            "--strategy",
            metavar="NAME",
            help=f"how to load: one of {', '.join(Strategy)} (default: plain; where outputs "
            "differ, the first way in which they do)",
        )

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Read the ledger and write the folder.

        Raises:
            UsageError: no such cell or strategy, or the folder is not empty.
            LedgerError: the ledger cannot be read.
            StorageError: the folder cannot be written.
        """
        # Much, which other subcommands need not wait for.
        from crossload.reports.explain_lookup import find_cell  # noqa: PLC0415 - see above
        from crossload.reports.reproduce.folder import folder_of, write_folder  # noqa: PLC0415 - same
        from crossload.reports.reproduce.own_readme import contents  # noqa: PLC0415 - same

        strategy = _strategy(args.strategy)
        source = source_of(args, context)
        found = find_cell(args.cell, source)
        made = folder_of(found, strategy, _places(context))
        write_folder(args.output, made.files)
        lines = [f"wrote {args.output}: README.md says how to run it"]
        if made.parcel is not None:
            lines.append(f"it contains your own model, code and data: {contents(made.parcel)}")
            lines.append("give it only to those who may have them")
        for line in lines:
            context.console.print(line, markup=False, soft_wrap=True)
        return int(ExitCode.OK)


COMMAND = ReproduceCommand()


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
    from crossload.reports.reproduce.folder import Places  # noqa: PLC0415 - see `ReproduceCommand.run`
    from crossload.runner.cases.library import find_cases  # noqa: PLC0415 - same
    from crossload.runner.environments.locking import lock_folders  # noqa: PLC0415 - same
    from crossload.runner.ledger.exporting import hiding  # noqa: PLC0415 - same
    from crossload.runner.shipped import probes_folder  # noqa: PLC0415 - same

    matrix = context.matrix_path
    home = context.home.root.absolute()
    return Places(
        probes=probes_folder(),
        locks=lock_folders(matrix),
        cases={name: case.scripts for name, case in find_cases(matrix, ()).good.items()},
        specs=_specs(matrix),
        hide=hiding(home, matrix.absolute().parent),
    )


def _specs(matrix: Path) -> tuple[EnvironmentSpec, ...]:
    """The environments of this matrix, then of the shipped one; a wrong file has none."""
    from crossload.runner.config.load import load_matrix  # noqa: PLC0415 - see `ReproduceCommand.run`
    from crossload.runner.environments.frameworks import use_knowledge_of  # noqa: PLC0415 - same
    from crossload.runner.environments.project import known_models  # noqa: PLC0415 - same
    from crossload.runner.shipped import shipped_path  # noqa: PLC0415 - same

    use_knowledge_of(matrix)
    found: list[EnvironmentSpec] = []
    for path in dict.fromkeys((matrix.absolute(), shipped_path("matrix.yaml"))):
        with contextlib.suppress(ConfigurationError):
            found += load_matrix(path, known_models=known_models()).environments
    return tuple(found)
