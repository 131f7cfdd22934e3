"""`crossload report`: writes a run as a page or in another format, and prints its table.

Owns the options, and which file each format goes to. `reports` draws.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.output import add_output
from crossload.cli.options.runs import add_exported_run, add_run
from crossload.cli.options.selection import add_pattern
from crossload.cli.shared.collecting import without_collection
from crossload.cli.shared.runs import snapshot_of
from crossload.reports.writing import FILE_NAMES
from crossload.runner.errors import ConfigurationError, ExitCode, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from crossload.cli.context import Context
    from crossload.reports.document import Report
    from crossload.runner.cases.claim_model import Claim
    from crossload.runner.cases.library import CaseLibrary
    from crossload.runner.ledger import RunSnapshot

FORMATS = tuple(FILE_NAMES)
_SUFFIXES = {".html": "html", ".htm": "html", ".json": "json", ".csv": "csv", ".md": "markdown"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_output(
        parser, "the file, or for several formats the folder (default: report/ in the home)", "PATH"
    )
    parser.add_argument(
        "--format",
        action="append",
        metavar="NAMES",
        help=f"one or more of {', '.join(FORMATS)}, separated by commas (default: html)",
    )
    add_run(parser)
    add_exported_run(parser)
    parser.add_argument(
        "--baseline",
        metavar="RUN",
        help="compare with this run: its number, or a file written by `crossload ledger export` or "
        "`crossload report --format json`",
    )
    add_pattern(parser, "--cell", "these cells, by id (saver/model.format/loader)")


def run(args: argparse.Namespace, context: Context) -> int:
    """Read the ledger, write the files, print the grid and where they are.

    Raises:
        UsageError: no run yet, an unknown format or pattern, an output that does not fit.
        LedgerError: the ledger cannot be read.
        StorageError: a file cannot be written.
    """
    formats = chosen_formats(args.format, args.output)
    targets = targets_of(args.output, formats, context.home.report)
    with without_collection():
        snapshot = _chosen(args, context)
        before = None if args.baseline is None else _baseline(args.baseline, context)
    _draw(snapshot, targets, args.cell, context, before=before)
    return int(ExitCode.OK)


def draw_run(run_id: int, cases: CaseLibrary, context: Context) -> None:
    """Write the page of a run of this home's ledger and print its table.

    `cases` are those that were read for the run. Where the last page shows the same results, it is
    left as it is and the same table is printed.

    Raises:
        LedgerError: the ledger cannot be read.
        StorageError: a file cannot be written.
    """
    targets = targets_of(None, ("html",), context.home.report)
    (page,) = targets.values()
    from crossload.cli.shared import drawn
    from crossload.runner.ledger import Ledger

    with Ledger.open(context.home.ledger, read_only=True) as ledger:
        key = drawn.key_of(ledger.contents(run_id), context)
    known = drawn.last(context, page, key)
    if known is None:
        with context.console.capture() as captured:
            _draw(snapshot_of(context.home.ledger, run_id), targets, (), context, cases)
        known = drawn.keep(context, page, key, captured.get())
    context.console.file.write(known.table)
    context.console.file.flush()


def _draw(
    snapshot: RunSnapshot,
    targets: Mapping[str, Path],
    cells: Sequence[str],
    context: Context,
    cases: CaseLibrary | None = None,
    before: tuple[str, Report] | None = None,
) -> None:
    from crossload.reports.changes import compared
    from crossload.reports.gather import gather
    from crossload.reports.render import write_report
    from crossload.reports.terminal import TerminalReport
    from crossload.runner.ledger.hiding import hidden_snapshot

    with without_collection():
        shown = hidden_snapshot(snapshot, context.hide)
        report = gather(shown, claims_of(context, cases))
        if before is not None:
            name, other = before
            report = compared(report, other, name)
        report = _only(report, cells)
        written = write_report(report, targets)
        TerminalReport(report, context.console).draw()
    for path in written:
        _say(context.console, f"wrote {path}")


def chosen_formats(asked: Sequence[str] | None, output: Path | None) -> tuple[str, ...]:
    """Return the formats: those asked for, else the one that the output's suffix names, else html.

    Raises:
        UsageError: an unknown name.
    """
    if not asked:
        suffix = output.suffix.lower() if output else ""
        return (_SUFFIXES.get(suffix, "html"),)
    names = [name.strip().lower() for text in asked for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            raise UsageError(
                f"--format: there is no format {name!r}", f"choose from {', '.join(FORMATS)}"
            )
    if not names:
        raise UsageError("--format: no format is named", f"choose from {', '.join(FORMATS)}")
    return tuple(dict.fromkeys(names))


def targets_of(output: Path | None, formats: Sequence[str], default: Path) -> dict[str, Path]:
    """Return the file of each format: `output` itself for one, files in the folder for several.

    Raises:
        UsageError: several formats for one file.
    """
    if output is not None and output.suffix and not output.is_dir():
        if len(formats) > 1:
            raise UsageError(
                f"--output {str(output)!r} is one file, --format asks for {len(formats)}",
                "give a folder, or one format",
            )
        return {formats[0]: output}
    folder = output or default
    return {name: folder / FILE_NAMES[name] for name in formats}


def claims_of(context: Context, cases: CaseLibrary | None = None) -> tuple[Claim, ...]:
    """What is claimed of the cases that this folder knows; a mistake in them hides no result.

    `cases` are those of this folder, where they were read already.
    """
    from crossload.runner.cases.claims import load_claims
    from crossload.runner.cases.library import case_folders, find_cases

    try:
        if cases is None:
            cases = find_cases(context.matrix_path, ())
        return load_claims(cases.good.values(), case_folders(context.matrix_path))
    except ConfigurationError as error:
        _say(context.log, f"claims are left out: {error}")
        return ()


def _chosen(args: argparse.Namespace, context: Context) -> RunSnapshot:
    if args.source is None:
        return snapshot_of(context.home.ledger, args.run)
    if args.run is not None:
        raise UsageError("--run belongs to the ledger, not to --from", "leave --run out")
    from crossload.runner.ledger.importing import read_snapshot

    snapshot: RunSnapshot = read_snapshot(args.source)
    return snapshot


def _baseline(text: str, context: Context) -> tuple[str, Report]:
    """Return what the run is called, and its report without claims."""
    from crossload.reports.as_json import read_json
    from crossload.reports.gather import gather
    from crossload.runner.ledger.importing import read_snapshot

    if text.isdigit() or text == "latest":
        snapshot = snapshot_of(context.home.ledger, int(text) if text.isdigit() else None)
        return f"run {snapshot.run.id}", gather(snapshot)
    path = Path(text)
    if path.suffix.lower() != ".json":
        return path.name, gather(read_snapshot(path))
    try:
        return path.name, read_json(path.read_text(encoding="utf-8"), f"the report {text!r}")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"--baseline: cannot read {text!r}: {getattr(error, 'strerror', None) or error}",
            "give the number of a run, or a file of one",
        ) from error


def _only(report: Report, patterns: Sequence[str]) -> Report:
    """Keep the cells that the patterns select; they are judged with all of the run's."""
    if not patterns:
        return report
    from crossload.runner.config.selection import choose

    known = [*(row.id for row in report.cells), *(one.cell for one in report.changes)]
    ids = frozenset(choose(patterns, list(dict.fromkeys(known)), option="--cell"))
    cells = tuple(row for row in report.cells if row.id in ids)
    models = {row.model for row in cells}
    formats = {row.format for row in cells}
    return replace(
        report,
        cells=cells,
        changes=tuple(one for one in report.changes if one.cell in ids),
        models=tuple(one for one in report.models if one in models),
        formats=tuple(one for one in report.formats if one in formats),
    )


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
