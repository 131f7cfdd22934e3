"""`crossload explain`: everything known about one cell, for a terminal or as JSON.

Owns the JSON. `reports.explain_lookup` finds the cell, `reports.explain_text` writes the text.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from crossload.cli.options.output import add_json
from crossload.cli.options.runs import add_cell
from crossload.runner.errors import ExitCode

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.reports.explain_lookup import Found, Source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_cell(parser)
    add_json(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Read the ledger and print the cell.

    Raises:
        UsageError: no such cell, run or ledger; the nearest name is offered.
        LedgerError: the ledger cannot be read.
    """
    from crossload.reports.explain_lookup import Source, find_cell
    from crossload.reports.explain_text import explain_lines

    source = Source(context.home.ledger, args.run, args.source, context.home.artifacts)
    found = find_cell(args.cell, source)
    if args.json:
        text = _as_json(found, source)
        context.console.print(text, markup=False, highlight=False, soft_wrap=True)
        return int(ExitCode.OK)
    for line in explain_lines(found, source, context.console.width):
        context.console.print(line, soft_wrap=True)
    return int(ExitCode.OK)


def _as_json(found: Found, source: Source) -> str:
    from crossload.reports.explain_text import (
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
