"""The subcommand `reproduce`: a folder that shows a cell without crossload.

Owns its options; what is written is `folder`'s.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reports.explain import add_cell_options, source_of
from runner.errors import ExitCode, UsageError
from runner.words import Strategy

if TYPE_CHECKING:
    from runner.commands.base import Context


class ReproduceCommand:
    """`crossload reproduce`."""

    name = "reproduce"
    help = "write a folder with two scripts that show one cell without crossload"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_cell_options(parser)
        parser.add_argument(
            "-o", "--output", type=Path, required=True, metavar="FOLDER", help="a new folder"
        )
        parser.add_argument(
            "--strategy",
            default=str(Strategy.PLAIN),
            metavar="NAME",
            help=f"how to load: one of {', '.join(Strategy)} (default: plain)",
        )

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Read the ledger and write the folder.

        Raises:
            UsageError: no such cell or strategy, or the folder is not empty.
            LedgerError: the ledger cannot be read.
            StorageError: the folder cannot be written.
        """
        # Pandas and more, which other subcommands need not wait for.
        from reports.explain_lookup import find_cell  # noqa: PLC0415 - see above
        from reports.reproduce.folder import Places, files_of, write_folder  # noqa: PLC0415 - same
        from runner.cases.library import find_cases  # noqa: PLC0415 - same
        from runner.environments.locking import lock_folders  # noqa: PLC0415 - same
        from runner.shipped import probes_folder  # noqa: PLC0415 - same

        strategy = _strategy(args.strategy)
        found = find_cell(args.cell, source_of(args, context))
        cases = find_cases(context.matrix_path, ()).good
        places = Places(
            probes_folder(),
            lock_folders(context.matrix_path),
            {name: case.scripts for name, case in cases.items()},
        )
        write_folder(args.output, files_of(found, strategy, places))
        context.console.print(f"wrote {args.output}", markup=False, soft_wrap=True)
        return int(ExitCode.OK)


COMMAND = ReproduceCommand()


def _strategy(name: str) -> Strategy:
    try:
        return Strategy(name)
    except ValueError:
        raise UsageError(
            f"--strategy: there is no strategy {name!r}", f"choose from {', '.join(Strategy)}"
        ) from None
