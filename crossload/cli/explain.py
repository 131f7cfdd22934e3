"""The subcommand `explain`: all that is known of one cell, for a terminal or as JSON.

Owns its options and the order of what is told; finding the cell is `explain_lookup`'s, its text
`explain_text`'s.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from crossload.cli.command import Context
    from crossload.reports.explain_lookup import Found, Source


def add_cell_options(parser: argparse.ArgumentParser) -> None:
    """Declare what says which cell of which run is meant."""
    parser.add_argument("cell", metavar="CELL", help="its id: saver/model.format/loader")
    parser.add_argument(
        "--run", default="latest", metavar="ID", help="a run's number (default: latest that has it)"
    )
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help="look in this file, written by `crossload ledger export`, not in the ledger",
    )


def source_of(args: argparse.Namespace, context: Context) -> Source:
    """Where to look, by the options.

    Raises:
        UsageError: `--run` is no number.
    """
    from crossload.reports.explain_lookup import Source  # noqa: PLC0415 - pandas and more only when it runs

    home = context.home
    if args.run == "latest":
        return Source(home.ledger, None, args.source, home.artifacts)
    if not args.run.isdecimal():
        raise UsageError(f"--run: found {args.run!r}, expected a run's number or 'latest'")
    return Source(home.ledger, int(args.run), args.source, home.artifacts)


class ExplainCommand:
    """`crossload explain`."""

    name = "explain"
    anywhere = True

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_cell_options(parser)
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Read the ledger and print the cell.

        Raises:
            UsageError: no such cell, run or ledger; the nearest name is offered.
            LedgerError: the ledger cannot be read.
        """
        from crossload.reports.explain_lookup import find_cell  # noqa: PLC0415 - see `source_of`
        from crossload.reports.explain_text import explain_lines  # noqa: PLC0415 - same

        source = source_of(args, context)
        found = find_cell(args.cell, source)
        if args.json:
            text = _as_json(found, source)
            context.console.print(text, markup=False, highlight=False, soft_wrap=True)
            return int(ExitCode.OK)
        for line in explain_lines(found, source, context.console.width):
            context.console.print(line, soft_wrap=True)
        return int(ExitCode.OK)


COMMAND = ExplainCommand()


def _as_json(found: Found, source: Source) -> str:
    from crossload.reports.explain_text import (  # noqa: PLC0415 - see `source_of`
        meaning_of,
        measured,
        neighbours,
        reproduce_command,
    )

    save = found.save
    sides = {"saver": found.row.saver, "loader": found.row.loader}
    environments = {side: found.environment(name) for side, name in sides.items()}
    file = None
    if save is not None and save.artifact is not None:
        file = {"sha256": save.payload_sha256, "bytes": save.payload_bytes, "noise": save.noise}
    own = None
    if found.own is not None:
        one = found.own
        own = {"file": one.file, "task": one.task, "way": one.way, "source": one.source}
    document = {
        "run": found.report.run.id,
        "profile": found.report.run.profile,
        "started": found.report.run.started,
        "measured": measured(found),
        "meaning": meaning_of(found),
        "own": own,
        "cell": asdict(found.row),
        "environments": {side: one and asdict(one) for side, one in environments.items()},
        "file": file,
        "neighbours": [
            {"id": row.id, "verdict": row.verdict} for _, rows in neighbours(found) for row in rows
        ],
        "reproduce": reproduce_command(found.row, source),
    }
    return json.dumps(document, indent=2, ensure_ascii=True)
