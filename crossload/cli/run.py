"""`crossload run`: builds, measures, records, and ends with the table and the page.

Owns the order "lock the home, plan, run, report". `runner.workflow` owns the steps of the run.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from crossload.cli.console.display import make_display
from crossload.cli.options.executor import add_executor
from crossload.cli.options.measuring import add_keep_envs, add_measuring, add_minutes
from crossload.cli.options.selection import add_selection
from crossload.cli.options.sharding import add_shard
from crossload.cli.report import draw_run
from crossload.cli.shared.cluster import check_executor, chosen_cluster
from crossload.cli.shared.project import Project, selected_plan
from crossload.cli.shared.session import explaining_interruption
from crossload.cli.shared.sharding import part_of
from crossload.runner import workflow
from crossload.runner.environments.project import make_project
from crossload.runner.errors import EnvironmentsError, ExitCode, UsageError
from crossload.runner.home import exclusive_run
from crossload.runner.ledger import Ledger
from crossload.runner.prose import joined
from crossload.runner.request import RunRequest, time_limit
from crossload.runner.words import EnvironmentCause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crossload.cli.context import Context
    from crossload.runner.records import EnvironmentRecord


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_selection(parser)
    add_shard(parser)
    add_measuring(parser)
    add_minutes(parser)
    add_keep_envs(parser)
    add_executor(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Run, then draw; an interruption says how to go on.

    Raises:
        EnvironmentsError: an environment that was built did not start; everything else was drawn.
        CrossloadError: whatever `workflow.run` and the report raise.
    """
    check_executor(args)
    project = Project.load(context)  # a matrix with mistakes leaves no home behind
    context.home.prepare()
    with exclusive_run(context.home):
        if args.download_pythons:
            wanted = project.specs_of(project.profile(args.profile))
            project = project.with_downloads(wanted, context)
        request = RunRequest(
            project=make_project(context.matrix_path, context.home),
            matrix=project.matrix,
            plan=part_of(selected_plan(project, args), args),
            command=shlex.join(["crossload", *sys.argv[1:]]),
            jobs=args.jobs,
            sandboxed=not args.no_sandbox,
            is_over=time_limit(args.minutes),
            keep_bytes=args.keep_envs,
        )
        _check_not_empty(request)
        with (
            explaining_interruption(request.command, context),
            Ledger.open(context.home.ledger) as ledger,
            make_display(context.log) as display,
            chosen_cluster(args, context.home, display.message) as cluster,
        ):
            run_id = workflow.run(replace(request, cluster=cluster), ledger, display)
            environments = ledger.environments(run_id)
    draw_run(run_id, project.cases, context)
    check_started(environments)
    return int(ExitCode.OK)


def check_started(environments: Iterable[EnvironmentRecord]) -> None:
    """Refuse to call a run a success in which an environment that was built did not start.

    Raises:
        EnvironmentsError: there is one.
    """
    broken = [
        one.id
        for one in environments
        if one.problem is not None and one.problem.cause is EnvironmentCause.PROBE_FAILED
    ]
    if broken:
        raise EnvironmentsError(
            f"built, but could not be used: {joined(broken)}",
            "`crossload envs check` looks for damaged files; the next run builds those again",
        )


def _check_not_empty(request: RunRequest) -> None:
    if not request.plan.cells:
        raise UsageError(
            f"the profile {request.plan.profile!r} and the options given leave nothing to run",
            "`crossload plan` shows what there is",
        )
