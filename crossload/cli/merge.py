"""`crossload merge`: puts the runs of many machines together as one run of this home.

Owns the options and the wording. `runner.merging` does the work.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.cli.options.selection import add_profile
from crossload.runner.errors import ExitCode
from crossload.runner.home import exclusive_run
from crossload.runner.merging.merging import Merged, merge
from crossload.runner.prose import counted

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.runner.records import Cell

_SHOWN = 20  # conflicts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "sources",
        nargs="+",
        type=Path,
        metavar="SOURCE",
        help="a home (its latest run), a ledger, or a file written by `crossload ledger export`",
    )
    add_profile(
        parser,
        "keep only the cells of this profile of the matrix, and what belongs to them "
        "(default: all cells)",
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Merge, then print what came of it and where the sources disagree.

    Raises:
        CrossloadError: whatever `merge` raises; the home's ledger is as it was.
    """
    context.home.prepare()
    with exclusive_run(context.home):
        merged = merge(args.sources, context.home, context.hide, _cells(args, context))
    _print(merged, context)
    return int(ExitCode.OK)


def _cells(args: argparse.Namespace, context: Context) -> frozenset[Cell] | None:
    """The cells of the profile; None without one."""
    if args.profile is None:
        return None
    from crossload.cli.shared.project import Project, whole_plan

    return frozenset(whole_plan(Project.load(context), args.profile).cells)


def _print(merged: Merged, context: Context) -> None:
    size = f"{counted(merged.cells, 'cell')}, {counted(merged.attempts, 'attempt')}"
    what = f"{counted(merged.sources, 'run')} merged: {size}"
    if not merged.is_new:
        context.say(f"run {merged.run_id} is the same run; nothing was added")
        return
    context.say(f"run {merged.run_id} is {what}")
    total, stored = merged.files
    if stored < total:
        context.say(
            f"{total - stored:,} of {counted(total, 'saved file')} came with no source: a run that "
            "needs one saves it again"
        )
    if merged.conflicts:
        context.say(f"{counted(len(merged.conflicts), 'result')} in conflict:")
    for one in merged.conflicts[:_SHOWN]:
        context.say(f"  {one}")
    if len(merged.conflicts) > _SHOWN:
        context.say(f"  and {len(merged.conflicts) - _SHOWN:,} more")
