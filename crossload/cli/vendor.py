"""`crossload vendor`: writes the translator as one file for programs that do without crossload.

Owns the option and what is printed; `runner.vendoring` makes the file.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.errors import ExitCode

if TYPE_CHECKING:
    from crossload.cli.context import Context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    from crossload.runner.vendoring import FILE_NAME

    parser.add_argument(
        "--output",
        "-o",
        type=Path,
        default=Path(FILE_NAME),
        metavar="FILE",
        help=f"where to write it (default: {FILE_NAME})",
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Write the file.

    Raises:
        UsageError: there is another file of that name.
        StorageError: the file cannot be written.
    """
    from crossload.runner.vendoring import write_vendored

    target: Path = args.output
    size = write_vendored(target)
    context.console.print(
        f"wrote {target} ({round(size / 1000)} kB)\n"
        f'next: `import {target.stem}`, then `{target.stem}.load_model("model.h5")`'
    )
    return int(ExitCode.OK)
