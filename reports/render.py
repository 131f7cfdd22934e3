"""Writes a run's report in the requested formats, and prints it; the entry point for other code.

Owns which renderer writes which file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rich.console import Console

from crossload.reports.as_csv import as_csv
from crossload.reports.as_html import as_html
from crossload.reports.as_json import as_json
from crossload.reports.as_markdown import as_markdown
from crossload.reports.document import Report
from crossload.reports.gather import gather
from crossload.reports.terminal import TerminalReport
from crossload.reports.writing import FILE_NAMES, write_whole
from crossload.runner.ledger.snapshot import RunSnapshot

RENDERERS: Mapping[str, Callable[[Report], str]] = {
    "html": as_html,
    "json": as_json,
    "csv": as_csv,
    "markdown": as_markdown,
}


def write_reports(snapshot: RunSnapshot, folder: Path, formats: Iterable[str]) -> tuple[Path, ...]:
    """Write the run's report into `folder` and return the files, in the order of `formats`.

    Args:
        snapshot: the run.
        folder: made where it does not exist.
        formats: names of `RENDERERS`.

    Raises:
        StorageError: the disk is full or the folder cannot be written.
    """
    return write_report(gather(snapshot), {name: folder / FILE_NAMES[name] for name in formats})


def write_report(report: Report, targets: Mapping[str, Path]) -> tuple[Path, ...]:
    """Write a gathered report to one file per format; see `write_reports`."""
    for name, path in targets.items():
        write_whole(path, RENDERERS[name](report))
    return tuple(targets.values())


def print_table(snapshot: RunSnapshot, console: Console, page: Path | None) -> None:
    """Print the end of a run: the grid, what to look at first, where the page is."""
    TerminalReport(gather(snapshot), console).draw(page)
