"""One cell as a row of a table: the columns of the CSV file and of the data frames.

Owns these columns and their order.
"""

from __future__ import annotations

from crossload.reports.document import CellRow, RemedyRow
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


class Records:
    """Turns the cells of one report, which has to outlive it, into rows of values.

    Cells with equal remedies share them, so that what is said of those is known by identity.
    """

    def __init__(self) -> None:
        self._remedies: dict[int, str] = {}

    def of(self, row: CellRow) -> tuple[str | float | None, ...]:
        """Return the values of a cell, one for each of `CELL_COLUMNS`."""
        cause, error = row.cause, row.error
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
            cause.id if cause else "",
            str(cause.family) if cause else "",
            cause.sentence if cause else "",
            self._said_of(row.remedies),
            error.type if error else "",
            error.message if error else "",
            row.detail,
        )

    def _said_of(self, remedies: tuple[RemedyRow, ...]) -> str:
        said = self._remedies.get(id(remedies))
        if said is None:
            said = "; ".join(f"{one.id}: {one.state}" for one in remedies)
            self._remedies[id(remedies)] = said
        return said
