"""Which cells of a report the page shows: not those of an environment that cannot be used.

Owns that choice. What became of the whole plan stands in `reports.coverage`, why an environment
cannot be used on its line.
"""

from __future__ import annotations

from dataclasses import replace

from crossload.reports.document import Report


def shown(report: Report) -> Report:
    """Return the report without the cells that have no usable environment."""
    kept = tuple(row for row in report.cells if not row.verdict.lacks_environment)
    used = {one for row in kept for one in (row.saver, row.loader)}
    return replace(
        report,
        cells=kept,
        environments=tuple(
            one for one in report.environments if one.problem is None or one.id in used
        ),
    )
