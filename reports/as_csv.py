"""The report as CSV (RFC 4180): one row per cell, safe to open in a spreadsheet.

Owns the syntax; `reports.frames` owns the columns.
"""

from __future__ import annotations

import csv
import io
from math import isnan

from crossload.reports.columns import CELL_COLUMNS, Records
from crossload.reports.document import Report

# A spreadsheet runs a field that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Fields(dict[str, str]):
    """Each text as a field, written once: `csv` would look at all characters in every cell."""

    def __missing__(self, text: str) -> str:
        field = self[text] = _written(guarded(text))
        return field


def as_csv(report: Report) -> str:
    """Return a header and one row per cell, in the report's order; lines end in CR LF."""
    fields, records = _Fields(), Records()
    lines = [",".join(CELL_COLUMNS)]
    for row in report.cells:
        record = records.of(row)
        lines.append(
            ",".join([fields[one] if isinstance(one, str) else _number(one) for one in record])
        )
    return "\r\n".join([*lines, ""])


def _number(value: float | None) -> str:
    """A number with six digits, nothing for none."""
    return "" if value is None or isnan(value) else f"{value:.6g}"


def _written(text: str) -> str:
    """The text as `csv` writes it among others; alone, an empty one would stand in quotes."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow((text, ""))
    return line.getvalue().removesuffix(",\r\n")


def guarded(text: str) -> str:
    """Return `text` so that a spreadsheet shows it instead of running it."""
    if text[:1].isalnum():  # by far the most, and quicker to see than to remember
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
