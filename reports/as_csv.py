"""The report as CSV (RFC 4180): one row per cell, safe to open in a spreadsheet.

Owns the syntax; `reports.frames` owns the columns.
"""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from math import isnan

from crossload.reports.columns import CELL_COLUMNS, record_of
from crossload.reports.document import Report

# A spreadsheet runs a field that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(report: Report) -> str:
    """Return a header and one row per cell, in the report's order; lines end in CR LF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(CELL_COLUMNS)
    writer.writerows(tuple(map(_field, record_of(row))) for row in report.cells)
    return text.getvalue()


def _field(value: object) -> str:
    """A text as it may stand in a table; a number with six digits, nothing for none."""
    if isinstance(value, str):
        return guarded(value)
    return f"{value:.6g}" if isinstance(value, float) and not isnan(value) else ""


@lru_cache(maxsize=20_000)
def guarded(text: str) -> str:
    """Return `text` so that a spreadsheet shows it instead of running it."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
