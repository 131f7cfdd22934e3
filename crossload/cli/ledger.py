"""`crossload ledger`: carries runs from one ledger to another as files.

Owns the options and the wording of the two actions. `runner.ledger` owns the file format.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.runs import add_run
from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.errors import ExitCode, UsageError
from crossload.runner.home import exclusive_run
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.prose import counted

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.runner.ledger import RunFacts


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
    parser.add_argument(
        "--with-artifacts",
        action="store_true",
        help="with export: pack the saved files too, into a tar file such as run.tar",
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Do the action.

    Raises:
        UsageError: there is no run to export.
        LedgerError: the ledger, or the file to import, cannot be used.
        StorageError: the file cannot be written.
    """
    if args.action == "export":
        export = _export_with_artifacts if args.with_artifacts else _export
        return export(args.file, getattr(args, "run", None), context)
    if "run" in args:
        raise UsageError("--run belongs to export", "an exported file holds one run")
    if args.with_artifacts:
        raise UsageError(
            "--with-artifacts belongs to export", "import takes what the file has without it"
        )
    return _import(args.file, context)


def _export(target: Path, run_id: int | None, context: Context) -> int:
    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        facts = ledger.export_run(target, run_id, context.hide)
    _say_exported(facts, target, "", context)
    return int(ExitCode.OK)


def _export_with_artifacts(target: Path, run_id: int | None, context: Context) -> int:
    from crossload.runner.merging.parcel import write_parcel

    with (
        Ledger.open(context.home.ledger, read_only=True) as ledger,
        tempfile.TemporaryDirectory(prefix="crossload-") as folder,
    ):
        export = Path(folder) / "run.jsonl.xz"
        facts = ledger.export_run(export, run_id, context.hide)
        digests = ledger.artifacts(facts.id)
        packed = write_parcel(target, export, ArtifactStore(context.home.artifacts), digests)
    _say_exported(facts, target, f" with {counted(packed, 'saved file')}", context)
    if packed < len(digests):
        missing = counted(len(digests) - packed, "saved file")
        context.say(f"no longer in the store, or damaged there: {missing}")
    return int(ExitCode.OK)


def _say_exported(facts: RunFacts, target: Path, what: str, context: Context) -> None:
    if facts.state is RunState.RUNNING:
        context.log.print(
            f"run {facts.id} is still running: {target} holds only what was measured until now",
            markup=False,
            soft_wrap=True,
        )
    size = target.stat().st_size / 1e6
    context.say(f"run {facts.id} ({facts.state}) is in {target}{what}, {size:.1f} MB")


def _import(source: Path, context: Context) -> int:
    from crossload.runner.merging.merging import unpacked
    from crossload.runner.merging.parcel import is_parcel

    context.home.prepare()
    with (
        exclusive_run(context.home),
        unpacked(source, context.home) if is_parcel(source) else nullcontext(source) as export,
        Ledger.open(context.home.ledger) as ledger,
    ):
        found = ledger.import_run(export)
        state = next(one.state for one in ledger.runs() if one.id == found.run_id)
    if found.is_new:
        said = f"{counted(found.cells, 'cell')}, {counted(found.attempts, 'attempt')}"
        early = "" if state is RunState.FINISHED else "; it had not finished when it was exported"
        context.say(f"run {found.run_id} was added: {said}{early}")
    else:
        context.say(f"run {found.run_id} is the same run; nothing was added")
    return int(ExitCode.OK)
