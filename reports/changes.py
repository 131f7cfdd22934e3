"""What changed since another run: new problems, fixed ones, other causes, cells that came and went.

Owns the comparison of two reports by cell. A cell that was measured in one of them only appeared
or vanished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crossload.reports.document import CellRow, ChangeKind, ChangeRow, Report
from crossload.reports.labels import cell_label

MEANING: Mapping[ChangeKind, str] = {
    ChangeKind.NEW: "worse than before",
    ChangeKind.FIXED: "better than before",
    ChangeKind.OTHER_CAUSE: "same verdict, other cause",
    ChangeKind.APPEARED: "measured only now",
    ChangeKind.VANISHED: "measured only before",
}


def compared(report: Report, before: Report, name: str) -> Report:
    """Return the report with what changed since `before`, which readers know as `name`."""
    return replace(report, changes=changes(report, before), compared_with=name)


def changes(report: Report, before: Report) -> tuple[ChangeRow, ...]:
    """Return the changes, those of one kind together, in the order of the cells."""
    old = {row.id: row for row in before.cells if row.verdict.is_measured}
    new = {row.id: row for row in report.cells if row.verdict.is_measured}
    rows = [
        ChangeRow(kind, id_, _label(old.get(id_)), _label(new.get(id_)))
        for id_ in dict.fromkeys([*new, *old])
        if (kind := _kind(old.get(id_), new.get(id_))) is not None
    ]
    return tuple(one for kind in ChangeKind for one in rows if one.kind is kind)


def _kind(old: CellRow | None, new: CellRow | None) -> ChangeKind | None:
    if old is None:
        return ChangeKind.APPEARED
    if new is None:
        return ChangeKind.VANISHED
    if new.verdict.is_worse_than(old.verdict):
        return ChangeKind.NEW
    if old.verdict.is_worse_than(new.verdict):
        return ChangeKind.FIXED
    causes = [one.cause.id if one.cause else "" for one in (old, new)]
    return None if causes[0] == causes[1] else ChangeKind.OTHER_CAUSE


def _label(row: CellRow | None) -> str:
    return "" if row is None else cell_label(row)


def changed_line(report: Report) -> str:
    """Return how many cells changed how, in one sentence; empty where nothing was compared."""
    if not report.compared_with:
        return ""
    counts = {kind: sum(one.kind is kind for one in report.changes) for kind in ChangeKind}
    said = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    return f"Since {report.compared_with}: {said}."
