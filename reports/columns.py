"""One cell as a row of a table: the columns of the CSV file and of the data frames.

Owns these columns and their order.
"""

from __future__ import annotations

from crossload.reports.document import CellRow
from crossload.reports.labels import cell_label

CELL_COLUMNS = (
    "cell",
    "saver",
    "model",
    "format",
    "loader",
    "verdict",
    "label",
    "strategy",
    "lost",
    "difference",
    "tolerance",
    "baseline",
    "cause",
    "family",
    "cause_sentence",
    "remedies",
    "error_type",
    "error_message",
    "detail",
)


def record_of(row: CellRow) -> tuple[object, ...]:
    """Return the values of a cell, one for each of `CELL_COLUMNS`."""
    return (
        row.id,
        row.saver,
        row.model,
        str(row.format),
        row.loader,
        str(row.verdict),
        cell_label(row),
        str(row.strategy) if row.strategy else "",
        ", ".join(row.lost),
        row.difference,
        row.tolerance,
        str(row.baseline) if row.baseline else "",
        row.cause.id if row.cause else "",
        str(row.cause.family) if row.cause else "",
        row.cause.sentence if row.cause else "",
        "; ".join(f"{one.id}: {one.state}" for one in row.remedies),
        row.error.type if row.error else "",
        row.error.message if row.error else "",
        row.detail,
    )
