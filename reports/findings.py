"""What to look at first: cells with the same problem form one finding, the most urgent first.

Owns the grouping. A finding is one verdict with one cause. If no cause is known, it is one verdict
in one format with one error (ignoring numbers, addresses and quoted names). Cells that differ
without an error are then grouped by model, and those that lost something by what they lost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crossload.reports.alike import by_cause, cause_counts
from crossload.reports.appearance import URGENCY
from crossload.reports.cleaning import LINE_LIMIT, both_ends, clean, clean_line
from crossload.reports.document import CellRow, Report
from crossload.reports.places import Place, in_use, places
from crossload.reports.remedy_counts import Help, best_help, remedy_counts
from crossload.runner.causes.values import Cause
from crossload.runner.prose import counted, joined
from crossload.runner.words import Format, Verdict

_VARIABLE_PARTS = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|0x[0-9a-fA-F]+|/\S+|\d+")
_NAMES_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """Cells with the same problem; those of the versions in use come first, the newest on top.

    `cause` has the sentence that most of the cells have, and is None if no cause is known; `error`
    is the error line of the first cell with that sentence, and may be empty. `help` is None where
    the run disproved every remedy.
    """

    verdict: Verdict
    formats: tuple[Format, ...]
    cells: tuple[CellRow, ...]
    error: str
    cause: Cause | None
    help: Help | None
    savers: tuple[str, ...]
    loaders: tuple[str, ...]

    @property
    def what(self) -> str:
        """Which models, in which format, and how many cells."""
        models = tuple(dict.fromkeys(row.model for row in self.cells))
        count = counted(len(self.cells), "cell")
        return f"{named(models)} as {named(tuple(map(str, self.formats)))}: {count}"

    @property
    def where(self) -> str:
        """Which savers and loaders are affected: the first question of a diagnosis."""
        return f"saved by {named(self.savers)}, loaded by {named(self.loaders)}"

    @property
    def helps(self) -> str:
        """The advice with its evidence, empty if there is none."""
        return self.help.said if self.help else ""

    @property
    def tried(self) -> str:
        """For how many of the cells the advice worked."""
        return self.help.evidence if self.help else ""


def named(names: tuple[str, ...]) -> str:
    """Return up to three names, and how many more there are."""
    return joined(names, _NAMES_SHOWN)


def find(report: Report, verdicts: Iterable[Verdict] = URGENCY) -> tuple[Finding, ...]:
    """Return the findings for `verdicts` in that order.

    Of each verdict, the finding with the most cells of versions that are still in use comes first.
    """
    groups: dict[tuple[Verdict, str], list[CellRow]] = defaultdict(list)
    order = tuple(verdicts)
    for row in report.cells:
        if row.verdict in order and not row.damaged:
            groups[row.verdict, _signature(row)].append(row)
    rare = _rare_remedies(report.cells)
    usable = places(report)
    recent, ranks = in_use(usable), _ranks(usable, report.axis)
    found = [
        _finding(verdict, rows, report.formats, ranks, rare)
        for (verdict, _), rows in groups.items()
    ]
    found.sort(
        key=lambda one: (
            order.index(one.verdict),
            -sum(row.saver in recent and row.loader in recent for row in one.cells),
            -len(one.cells),
            one.formats,
            one.error,
        )
    )
    return tuple(found)


def _ranks(usable: Sequence[Place], axis: Sequence[str]) -> Mapping[str, int]:
    """The places of the environments in a finding: those in use, folded ones, broken ones."""
    shown_first = sorted(usable, key=lambda one: one.folded)
    ids = dict.fromkeys([*(one.id for one in shown_first), *axis])
    return {one: rank for rank, one in enumerate(ids)}


def _finding(
    verdict: Verdict,
    rows: list[CellRow],
    in_order: Sequence[Format],
    ranks: Mapping[str, int],
    rare: Mapping[str, frozenset[str]],
) -> Finding:
    rows.sort(key=lambda row: (ranks[row.saver], ranks[row.loader]))
    formats = {row.format for row in rows}
    savers, loaders = {row.saver for row in rows}, {row.loader for row in rows}
    cause = _common_cause(rows)
    shown = rows[0] if cause is None else next(row for row in rows if row.cause == cause)
    return Finding(
        verdict=verdict,
        formats=tuple(one for one in in_order if one in formats),
        cells=tuple(rows),
        error=error_line(shown),
        cause=cause,
        help=best_help(rows, () if cause is None else rare[cause.id]),
        savers=tuple(sorted(savers, key=ranks.__getitem__)),
        loaders=tuple(sorted(loaders, key=ranks.__getitem__)),
    )


def error_line(row: CellRow) -> str:
    """Return what went wrong in one line: the error's type and message, or the verdict's detail."""
    if row.verdict is Verdict.PARTIAL:
        return f"lost: {', '.join(row.lost)}"
    if row.error is None:
        return clean_line(row.detail)
    message = both_ends(" ".join(clean(row.error.message).split()), LINE_LIMIT)
    return f"{row.error.type}: {message}" if message else row.error.type


def _rare_remedies(rows: Iterable[CellRow]) -> dict[str, frozenset[str]]:
    """By cause, the remedies that help in fewer than half of its cells, whatever their verdict."""
    return {
        cause: frozenset(one.text for one in remedy_counts(found) if one.is_rare)
        for cause, found in by_cause(rows).items()
    }


def _common_cause(rows: Sequence[CellRow]) -> Cause | None:
    """The cause of the group, with the sentence that most of its cells have."""
    causes = cause_counts(rows)
    return max(causes, key=lambda one: causes[one], default=None)


def _signature(row: CellRow) -> str:
    if row.cause is not None:
        return f"cause {row.cause.id}"
    if row.verdict is Verdict.PARTIAL:
        return f"{row.format} {error_line(row)}"
    if row.error is None:
        return f"{row.format} model {row.model}"
    message = _VARIABLE_PARTS.sub("*", clean_line(row.error.message))
    return f"{row.format} {row.strategy} {row.error.type} {message}"
