"""What to look at first: cells with the same trouble as one finding, the most urgent first.

Owns the grouping. A finding is one verdict in one format with one error (numbers, addresses and
quoted names ignored) and one way out; cells that differ without an error are grouped by model,
those that lost something by what they lost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from reports.appearance import URGENCY
from reports.cleaning import clean_line
from reports.document import AdviceRow, CellRow, Report
from runner.words import Format, Verdict

_VARIABLE_PARTS = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|0x[0-9a-fA-F]+|/\S+|\d+")
_NAMES_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """Cells with one trouble; `error` is the first line of the first of them, may be empty."""

    verdict: Verdict
    format: Format
    cells: tuple[CellRow, ...]
    error: str
    advice: AdviceRow | None
    savers: tuple[str, ...]
    loaders: tuple[str, ...]

    @property
    def what(self) -> str:
        """Which models, in which format, and how many cells."""
        models = tuple(dict.fromkeys(row.model for row in self.cells))
        count = f"{len(self.cells)} cell{'s' if len(self.cells) > 1 else ''}"
        return f"{named(models)} as {self.format}: {count}"

    @property
    def where(self) -> str:
        """Whether one saver or one loader has it alone: the first question of a diagnosis."""
        return f"saved by {named(self.savers)}, loaded by {named(self.loaders)}"


def named(names: tuple[str, ...]) -> str:
    """Return up to three names, and how many more there are."""
    if len(names) > _NAMES_SHOWN + 1:
        return f"{', '.join(names[:_NAMES_SHOWN])} and {len(names) - _NAMES_SHOWN} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def find(report: Report, verdicts: Iterable[Verdict] = URGENCY) -> tuple[Finding, ...]:
    """Return the findings for `verdicts`, in their order, the biggest group of each first."""
    groups: dict[tuple[Verdict, Format, str], list[CellRow]] = defaultdict(list)
    order = tuple(verdicts)
    for row in report.cells:
        if row.verdict in order:
            groups[row.verdict, row.format, _signature(row)].append(row)
    axis = report.axis
    found = [
        Finding(
            verdict,
            format_,
            tuple(rows),
            error_line(rows[0]),
            _advice(rows[0]),
            savers=tuple(one for one in axis if one in {row.saver for row in rows}),
            loaders=tuple(one for one in axis if one in {row.loader for row in rows}),
        )
        for (verdict, format_, _), rows in groups.items()
    ]
    found.sort(key=lambda one: (order.index(one.verdict), -len(one.cells), one.format, one.error))
    return tuple(found)


def error_line(row: CellRow) -> str:
    """Return what went wrong in one line: the error's type and message, or the verdict's detail."""
    if row.verdict is Verdict.PARTIAL:
        return f"lost: {', '.join(row.lost)}"
    if row.error is None:
        return clean_line(row.detail)
    message = clean_line(row.error.message)
    return f"{row.error.type}: {message}" if message else row.error.type


def _advice(row: CellRow) -> AdviceRow | None:
    """What an attempt proved, or else the first that is known."""
    proved = (one for one in row.advice if one.verified)
    return next(proved, next(iter(row.advice), None))


def _signature(row: CellRow) -> str:
    if row.verdict is Verdict.PARTIAL:
        return error_line(row)
    if row.error is None:
        return f"model {row.model}"
    return (
        f"{row.strategy} {row.error.type} {_VARIABLE_PARTS.sub('*', clean_line(row.error.message))}"
    )
