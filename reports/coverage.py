"""How much of a run's plan was measured, and why the rest was not: the page's section on the run.

Owns these rows; `reports.appearance` owns the reasons' wording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from crossload.reports.appearance import APPEARANCE
from crossload.reports.document import Report
from crossload.reports.labels import IS_DAMAGED, WORDS
from crossload.reports.tallies import percent
from crossload.runner.words import Verdict

ENVIRONMENTS = "#environments"


@dataclass(frozen=True)
class CoverageRow:
    """`count` cells are `percent` of the plan; `link` shows them and may be empty."""

    name: str
    count: int
    percent: int
    why: str
    link: str = ""


def coverage(report: Report, link: Callable[..., str]) -> tuple[CoverageRow, ...]:
    """Return the planned, the measured, the damaged and each kind of unmeasured cells."""
    planned = len(report.cells)
    counts = Counter(row.verdict for row in report.cells)
    measured = [row for row in report.cells if row.verdict.is_measured]
    damaged = sum(row.damaged for row in measured)

    def row(name: str, count: int, why: str, address: str = "") -> CoverageRow:
        return CoverageRow(name, count, percent(count, planned), why, address)

    rows = [
        row("planned", planned, "Saver x model x format x loader."),
        row("measured", len(measured) - damaged, "The file was saved, and loading it was tried."),
        row(
            "damaged files",
            damaged,
            "Damaged on purpose; counted in their own section.",
            link(verdict=IS_DAMAGED),
        ),
        *(
            row(
                WORDS[one].label,
                counts[one],
                APPEARANCE[one].meaning,
                ENVIRONMENTS if one.lacks_environment else link(verdict=str(one)),
            )
            for one in Verdict
            if not one.is_measured
        ),
    ]
    return tuple(one for one in rows if one.count)
