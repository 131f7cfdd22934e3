"""`crossload causes`: the catalogue of causes, one of them, those of a run, or those of an error.

Owns the printing of the first three; `cli.errors_explained` answers to an error. `runner.causes`
holds the catalogue, `runner.analysis` judges the run.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from crossload.cli.errors_explained import explain_error
from crossload.cli.options.output import add_json
from crossload.cli.options.runs import add_run
from crossload.cli.shared.runs import snapshot_of
from crossload.runner.analysis import JudgedCell, error_of, judge_run
from crossload.runner.causes import (
    FAMILY_TITLES,
    Catalogue,
    CauseForm,
    RemedyState,
    shipped_catalogue,
)
from crossload.runner.causes.page import general_sentence, how_tried
from crossload.runner.config.nearest import hint
from crossload.runner.errors import ExitCode, UsageError
from crossload.runner.words import Verdict

if TYPE_CHECKING:
    from crossload.cli.context import Context

_VARIABLE_PARTS = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|0x[0-9a-fA-F]+|/\S+|\d+")
_GROUPS_SHOWN = 12


@dataclass(frozen=True)
class Coverage:
    """How much of a run has a cause: by verdict (explained, all), by cause, and what has none.

    `unexplained` has (what it says, cells), the most frequent first; `proved` counts the cells in
    which a remedy worked, by cause.
    """

    by_verdict: tuple[tuple[Verdict, int, int], ...]
    by_cause: tuple[tuple[str, int], ...]
    unexplained: tuple[tuple[str, tuple[JudgedCell, ...]], ...]
    proved: Counter[str]

    @property
    def explained(self) -> int:
        return sum(known for _, known, _ in self.by_verdict)

    @property
    def total(self) -> int:
        return sum(total for _, _, total in self.by_verdict)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", nargs="?", metavar="ID", help="explain this cause in full")
    add_run(
        parser,
        "a run's number, or latest: how many of its cells have a known cause, and which have none",
        default=argparse.SUPPRESS,
    )
    parser.add_argument(
        "--error",
        metavar="TEXT",
        help="an error message or a traceback (- reads it from standard input): what it means, "
        "and what to do; exit code 1 if nothing fits",
    )
    add_json(parser, "the answer to --error")


def run(args: argparse.Namespace, context: Context) -> int:
    """Print what was asked for.

    Raises:
        UsageError: there is no such cause or run.
        LedgerError: the ledger cannot be read.
    """
    catalogue = shipped_catalogue()
    if args.error is not None:
        return int(explain_error(args.error, catalogue, context, as_json=args.json))
    if args.json:
        raise UsageError("--json goes with --error alone", "add --error TEXT, or leave --json out")
    if args.id is not None:
        _print_cause(_find(catalogue, args.id), catalogue, context)
    elif "run" in args:
        _print_coverage(coverage_of(judge_run(snapshot_of(context.home.ledger, args.run))), context)
    else:
        _print_catalogue(catalogue, context)
    return int(ExitCode.OK)


def coverage_of(judged: Iterable[JudgedCell]) -> Coverage:
    """Count what the causes of these cells explain; cells that are `same` need none."""
    known: Counter[Verdict] = Counter()
    total: Counter[Verdict] = Counter()
    causes: Counter[str] = Counter()
    proved: Counter[str] = Counter()
    groups: dict[str, list[JudgedCell]] = defaultdict(list)
    for one in judged:
        if not one.verdict.needs_cause:
            continue
        total[one.verdict] += 1
        if one.cause is None:
            groups[_spelt(one)].append(one)
            continue
        known[one.verdict] += 1
        causes[one.cause.id] += 1
        proved[one.cause.id] += any(each.state is RemedyState.WORKED for each in one.remedies)
    unexplained = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return Coverage(
        by_verdict=tuple((one, known[one], total[one]) for one in Verdict if total[one]),
        by_cause=tuple(causes.most_common()),
        unexplained=tuple((what, tuple(cells)) for what, cells in unexplained),
        proved=proved,
    )


def _spelt(judged: JudgedCell) -> str:
    """What a cell without a cause says; the same for cells that say the same of other names."""
    error = error_of(judged)
    if judged.verdict in {Verdict.PARTIAL, Verdict.DIFFERS} or error is None:
        what = f"lost {', '.join(judged.lost)}" if judged.lost else f"model {judged.cell.model}"
        return f"{judged.verdict}, {judged.cell.format}: {what}"
    message = _VARIABLE_PARTS.sub("*", " ".join(error.message.split())[:200])
    return f"{judged.verdict}: {error.type}: {message}"


def _find(catalogue: Catalogue, cause_id: str) -> CauseForm:
    found = catalogue.cause(cause_id)
    if found is None:
        ids = [one.id for one in catalogue.causes]
        raise UsageError(
            f"there is no cause {cause_id!r}{hint(cause_id, ids)}", "`crossload causes` lists them"
        )
    return found


def _print_catalogue(catalogue: Catalogue, context: Context) -> None:
    families = {
        family: [c for c in catalogue.causes if c.family is family] for family in FAMILY_TITLES
    }
    for family, causes in families.items():
        context.console.print(f"[bold]{FAMILY_TITLES[family]}[/]")
        for one in sorted(causes, key=lambda one: one.id):
            context.console.print(f"  {one.id}")
            context.console.print(Padding(escape(general_sentence(one)), (0, 0, 0, 4)), style="dim")
    context.console.print(
        f"\n{len(catalogue.causes)} causes, {len(catalogue.remedies)} remedies; "
        "`crossload causes ID` explains one"
    )


def _print_cause(cause: CauseForm, catalogue: Catalogue, context: Context) -> None:
    console = context.console
    console.print(f"[bold]{cause.id}[/] ({FAMILY_TITLES[cause.family]})")
    console.print(escape(general_sentence(cause)))
    for remedy in catalogue.remedies_of(cause):
        console.print(f"\n[bold]{remedy.id}[/]: {escape(remedy.said)}")
        console.print(escape(f"crossload tries {how_tried(remedy)}"), style="dim")
        if remedy.code:
            console.print(Padding(escape(remedy.code.rstrip()), (0, 0, 0, 4)))
    if cause.references:
        console.print("\npublished reports:")
    for address in cause.references:
        console.print(f"  {address}", soft_wrap=True)


def _print_coverage(coverage: Coverage, context: Context) -> None:
    console = context.console
    if not coverage.total:
        console.print("every measured cell is the same: there is nothing to explain")
        return
    console.print(_coverage_table(coverage))
    share = coverage.explained / coverage.total
    console.print(f"\n{coverage.explained} of {coverage.total} cells have a cause ({share:.1%})\n")
    table = _table("cause", "cells", "a remedy worked")
    for cause_id, cells in coverage.by_cause:
        table.add_row(cause_id, str(cells), str(coverage.proved[cause_id]))
    console.print(table)
    if coverage.unexplained:
        console.print("\nwithout a cause, the most frequent first:")
    for what, cells_without in coverage.unexplained[:_GROUPS_SHOWN]:
        console.print(f"{len(cells_without):6} {escape(what)}")
        console.print(f"[dim]       {escape(str(cells_without[0].cell))}[/]", soft_wrap=True)
    more = len(coverage.unexplained) - _GROUPS_SHOWN
    if more > 0:
        console.print(f"and {more} more groups")


def _coverage_table(coverage: Coverage) -> Table:
    table = _table("verdict", "with a cause", "cells")
    for verdict, known, total in coverage.by_verdict:
        table.add_row(str(verdict), str(known), str(total))
    return table


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(first)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
