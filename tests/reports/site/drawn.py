"""Sites as the command writes them, and how their pages are read."""

from __future__ import annotations

import re
from pathlib import Path

from crossload.reports.document import Report
from crossload.reports.site.parts import MOST_CELLS
from crossload.reports.site.write import write_site

LINK = re.compile(r'(?:href|src)="([^"]*)"')


def written(report: Report, folder: Path, url: str = "", most_cells: int = MOST_CELLS) -> Path:
    folder.mkdir(exist_ok=True)
    for name in ("published.json", "run.jsonl.xz"):  # those of the command
        (folder / name).touch()
    write_site(report, folder, (), url, most_cells=most_cells)
    return folder


def read(site: Path, path: str) -> str:
    return (site / path).read_text(encoding="utf-8")
