"""`crossload ledger`: carries runs from one ledger to another as files.

Owns the options and the wording of the two actions. `runner.ledger` owns the file format.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.runs import add_run
from crossload.runner.errors import ExitCode, UsageError
from crossload.runner.home import exclusive_run
from crossload.runner.ledger import Ledger, RunState

if TYPE_CHECKING:
    from crossload.cli.context import Context


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=("export", "import"), help="what to do")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the exported run, such as run.jsonl.xz"
    )
    add_run(
        parser,
        "with export: the run's number, or latest (the default)",
        default=argparse.SUPPRESS,
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Do the action.

    Raises:
        UsageError: there is no run to export.
        LedgerError: the ledger, or the file to import, cannot be used.
        StorageError: the file cannot be written.
    """
    if args.action == "export":
        return _export(args.file, getattr(args, "run", None), context)
    if "run" in args:
        raise UsageError("--run belongs to export", "an exported file holds one run")
    return _import(args.file, context)


def _export(target: Path, run_id: int | None, context: Context) -> int:
    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        facts = ledger.export_run(target, run_id, context.hide)
    if facts.state is RunState.RUNNING:
        context.log.print(
            f"run {facts.id} is still running: {target} holds only what was measured until now",
            markup=False,
            soft_wrap=True,
        )
    size = target.stat().st_size / 1e6
    context.say(f"run {facts.id} ({facts.state}) is in {target}, {size:.1f} MB")
    return int(ExitCode.OK)


def _import(source: Path, context: Context) -> int:
    context.home.prepare()
    with exclusive_run(context.home), Ledger.open(context.home.ledger) as ledger:
        found = ledger.import_run(source)
        state = next(one.state for one in ledger.runs() if one.id == found.run_id)
    if found.is_new:
        said = f"{found.cells} cells, {found.attempts} attempts"
        early = "" if state is RunState.FINISHED else "; it had not finished when it was exported"
        context.say(f"run {found.run_id} was added: {said}{early}")
    else:
        context.say(f"run {found.run_id} is the same run; nothing was added")
    return int(ExitCode.OK)
