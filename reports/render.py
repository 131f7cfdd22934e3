"""Writes a run's report in the requested formats.

Owns which renderer writes which file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from crossload.reports.as_csv import as_csv
from crossload.reports.as_html import as_html
from crossload.reports.as_json import json_parts
from crossload.reports.document import Report
from crossload.reports.writing import write_whole


def _markdown(report: Report) -> str:
    from crossload.reports.as_markdown import as_markdown  # noqa: PLC0415 - with pandas, a second

    return as_markdown(report)


RENDERERS: Mapping[str, Callable[[Report], str | Iterable[str]]] = {
    "html": as_html,
    "json": json_parts,
    "csv": as_csv,
    "markdown": _markdown,
}


def write_report(report: Report, targets: Mapping[str, Path]) -> tuple[Path, ...]:
    """Write a report to one file per format, and return the files in that order.

    Raises:
        StorageError: the disk is full, or a folder cannot be written.
    """
    for name, path in targets.items():
        write_whole(path, RENDERERS[name](report))
    return tuple(targets.values())
