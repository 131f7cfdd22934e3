"""The subcommand `publish`: puts a finished run where others read it, whole, and naming no machine.

Owns the folder's files and what `published.json` says. The export is `runner.ledger`'s, the page
`reports.render`'s: it is drawn from the export, so that it shows nothing that the export hides.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.ledger import run_number
from crossload.reports.writing import FILE_NAMES
from crossload.runner.errors import ExitCode, StorageError, UsageError
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.ledger.exporting import hiding

if TYPE_CHECKING:
    from crossload.cli.command import Context
    from crossload.runner.ledger import RunFacts

OUT = Path("reports") / "published"
EXPORT = "run.jsonl.xz"
FACTS = "published.json"
PAGE = FILE_NAMES["html"]


class PublishCommand:
    """`crossload publish`."""

    name = "publish"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--run",
            type=run_number,
            metavar="ID",
            help="a run's number, or latest (the default)",
        )
        parser.add_argument(
            "--out",
            type=Path,
            default=OUT,
            metavar="FOLDER",
            help=f"where (default: {OUT}); files of an earlier time are replaced",
        )

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Write all files beside their places first; they appear together or not at all.

        Raises:
            UsageError: the run did not finish.
            LedgerError: there is no such run, or the ledger cannot be read.
            StorageError: the folder cannot be written.
        """
        out: Path = args.out
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as staging:
                facts = _export(args.run, Path(staging) / EXPORT, context)
                written = _draw(Path(staging), context)
                out.mkdir(exist_ok=True)
                # The facts come last: they hold the digests of what must be there by then.
                for path in sorted(written, key=lambda one: one.name == FACTS):
                    path.chmod(0o644)
                    path.replace(out / path.name)
        except OSError as error:
            raise StorageError(
                f"cannot publish into {str(out)!r}: {(error.strerror or str(error)).lower()}",
                "choose a folder that can be written with --out",
            ) from error
        names = ", ".join(sorted(path.name for path in written))
        context.console.print(
            f"run {facts.id} is published in {out}: {names}", markup=False, soft_wrap=True
        )
        return int(ExitCode.OK)


COMMAND = PublishCommand()


def _export(run_id: int | None, target: Path, context: Context) -> RunFacts:
    hide = hiding(context.home.root, context.matrix_path.parent)
    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        known = {one.id: one for one in ledger.runs()}
        chosen = known.get(max(known, default=0) if run_id is None else run_id)
        if chosen is not None and chosen.state is not RunState.FINISHED:
            raise UsageError(
                f"run {chosen.id} is {chosen.state}: only a finished run is published",
                "`crossload run` continues it; --run chooses another",
            )
        return ledger.export_run(target, run_id, hide)


def _draw(folder: Path, context: Context) -> list[Path]:
    from crossload.cli.report import claims_of  # noqa: PLC0415 -- heavy, and every command loads this
    from crossload.reports.gather import gather  # noqa: PLC0415 -- same
    from crossload.reports.publish_facts import facts_text  # noqa: PLC0415 -- same
    from crossload.reports.render import write_report  # noqa: PLC0415 -- same
    from crossload.reports.writing import write_whole  # noqa: PLC0415 -- same
    from crossload.runner.environments.project import make_project  # noqa: PLC0415 -- same
    from crossload.runner.ledger.importing import read_snapshot  # noqa: PLC0415 -- same

    snapshot = read_snapshot(folder / EXPORT)
    report = gather(snapshot, claims_of(context))
    write_report(report, {"html": folder / PAGE})
    files = sorted(path for path in folder.iterdir() if path.is_file())
    locks = make_project(context.matrix_path, context.home).lock_folders
    write_whole(folder / FACTS, facts_text(snapshot, report, files, locks))
    return [*files, folder / FACTS]
