"""The part of a plan that one machine measures, and a table of all parts.

Owns how the options of `crossload.cli.options.sharding` are followed; `runner.sharding` splits.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from rich.table import Table

from crossload.cli.options.sharding import MOST_SHARDS
from crossload.runner.errors import UsageError
from crossload.runner.prose import counted
from crossload.runner.sharding.estimate import Durations, read_durations
from crossload.runner.sharding.split import Part, Repeated, Shard, split

if TYPE_CHECKING:
    from crossload.cli.context import Context
    from crossload.runner.plan import Plan

_SHARD_MS = 30 * 60_000  # of measuring, where the number of shards is not given


def part_of(plan: Plan, args: argparse.Namespace) -> Plan:
    """The plan of `--shard`, or the whole plan.

    Raises:
        ExportError: the file of durations cannot be used.
        UsageError: durations are given and nothing is divided.
    """
    if args.shard is None:
        if args.durations is not None and not _divides(args):
            raise UsageError(
                "--durations is for dividing a run among machines", "give --shard as well"
            )
        return plan
    shard: Shard = args.shard
    return split(plan, shard.count, durations_of(args))[shard.number - 1].plan


def print_parts(plan: Plan, args: argparse.Namespace, context: Context) -> None:
    """Print every shard: as a table, or as GitHub's matrix.

    Raises:
        ExportError: the file of durations cannot be used.
        UsageError: options that exclude each other, or nothing to divide.
    """
    if args.shard is not None or args.json:
        raise UsageError(
            "a list of shards has a form of its own", "leave --shard and --json out of it"
        )
    if not plan.cells:
        raise UsageError(
            f"the profile {plan.profile!r} and the options given leave nothing to divide",
            "`crossload plan` shows what there is",
        )
    durations = durations_of(args)
    parts = split(plan, args.shards or _enough(plan, durations), durations)
    if args.github_matrix:
        print(_github_matrix(parts))  # noqa: T201 - JSON goes to standard output as it is
        return
    context.console.print(_table(parts))
    context.say(f"\n{_repeated(Repeated.of(parts))}")


def durations_of(args: argparse.Namespace) -> Durations:
    """What `--durations` says, or nothing."""
    return Durations() if args.durations is None else read_durations(args.durations)


def _divides(args: argparse.Namespace) -> bool:
    return bool(getattr(args, "shards", None) or getattr(args, "github_matrix", False))


def _enough(plan: Plan, durations: Durations) -> int:
    (whole,) = split(plan, 1, durations)
    return min(MOST_SHARDS, -(-whole.milliseconds // _SHARD_MS))


def _github_matrix(parts: tuple[Part, ...]) -> str:
    """Shards without work are left out; the others keep their numbers."""
    rows = [
        {
            "shard": str(one.shard),
            "name": str(one.shard).replace("/", "-of-"),
            "environments": len(one.plan.environments),
            "cells": len(one.plan.cells),
        }
        for one in parts
        if one.plan.cells
    ]
    return json.dumps({"include": rows})


def _table(parts: tuple[Part, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("shard")
    for name in ("environments", "saves", "cells", "minutes"):
        table.add_column(name, justify="right")
    for one in parts:
        numbers = (len(one.plan.environments), len(one.plan.saves), len(one.plan.cells))
        minutes = f"{one.with_building / 60_000:.1f}"
        table.add_row(str(one.shard), *map(str, numbers), minutes)
    return table


def _repeated(found: Repeated) -> str:
    return (
        "each file is saved once and each cell measured once; "
        f"{counted(found.environments, 'environment')} built {found.builds} times in all: "
        f"{found.share:.0%} of the estimated time is repeated work"
    )
