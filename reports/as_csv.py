"""The report as CSV (RFC 4180): one row per cell, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

from crossload.reports.document import Report
from crossload.reports.frames import cell_frame

# A spreadsheet runs a field that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBERS = ("difference", "tolerance")


def as_csv(report: Report) -> str:
    """Return a header and one row per cell, in the report's order; lines end in CR LF."""
    frame = cell_frame(report)
    for column in frame.columns:
        if column in _NUMBERS:
            continue
        frame[column] = frame[column].astype("str").map(guarded)
    text = io.StringIO(newline="")
    frame.to_csv(
        text, index=False, lineterminator="\r\n", float_format="%.6g", quoting=csv.QUOTE_MINIMAL
    )
    return text.getvalue()


def guarded(text: str) -> str:
    """Return `text` so that a spreadsheet shows it instead of running it."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
