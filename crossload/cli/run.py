"""`crossload run`: builds, measures, records, and ends with the table and the page.

Owns the options and the order "lock, plan, run, report"; the steps of the run are
`runner.workflow`'s, the drawing belongs to the subcommand `report`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.markup import escape

from crossload.cli.project import Project, add_selection, selected_plan
from crossload.runner.console.display import make_display
from crossload.runner.environments.project import make_project
from crossload.runner.errors import ExitCode, UsageError
from crossload.runner.home import exclusive_run
from crossload.runner.ledger import Ledger
from crossload.runner.workflow import RunRequest, run

if TYPE_CHECKING:
    from crossload.cli.command import Context


class RunCommand:
    """Run a profile of the matrix."""

    name = "run"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_selection(parser)
        add_measuring(parser)

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Run, then draw; an interruption says how to go on.

        Raises:
            CrossloadError: whatever `workflow.run` and the report raise.
        """
        project = Project.load(context)  # a matrix with mistakes leaves no home behind
        context.home.prepare()
        with exclusive_run(context.home):
            if args.download_pythons:
                wanted = project.specs_of(project.profile(args.profile))
                project = project.with_downloads(wanted, context)
            request = RunRequest(
                project=make_project(context.matrix_path, context.home),
                matrix=project.matrix,
                plan=selected_plan(project, args),
                command=shlex.join(["crossload", *sys.argv[1:]]),
                jobs=args.jobs,
                sandboxed=not args.no_sandbox,
            )
            _check_not_empty(request)
            with (
                telling_how_to_go_on(request.command, context),
                Ledger.open(context.home.ledger) as ledger,
                make_display(context.log) as show,
            ):
                run_id = run(request, ledger, show)
        return _draw(run_id, context)


def add_building(parser: argparse.ArgumentParser) -> None:
    """Declare the options of everything that builds environments."""
    parser.add_argument(
        "--jobs",
        "-j",
        type=_positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many builds, and how many probes, work at a time (default: the processors)",
    )
    parser.add_argument(
        "--download-pythons",
        action="store_true",
        help="let uv download interpreters that are missing",
    )


def add_measuring(parser: argparse.ArgumentParser) -> None:
    """Declare the options of everything that measures: those of building, and the sandbox."""
    add_building(parser)
    parser.add_argument(
        "--no-sandbox",
        action="store_true",
        help="do not use bubblewrap even where it is installed",
    )


@contextlib.contextmanager
def telling_how_to_go_on(command: str, context: Context) -> Iterator[None]:
    """Where the block is interrupted, say that nothing is lost and what continues."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        context.log.print(
            "\n[bold]interrupted[/]: everything measured so far is kept; "
            f"[bold]{escape(command)}[/] continues"
        )
        raise


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)


def _check_not_empty(request: RunRequest) -> None:
    if not request.plan.cells:
        raise UsageError(
            f"the profile {request.plan.profile!r} and the options given leave nothing to run",
            "`crossload plan` shows what there is",
        )


def _draw(run_id: int, context: Context) -> int:
    from crossload.cli.report import draw_run  # noqa: PLC0415 - pandas and Jinja, only when drawing

    draw_run(run_id, context)
    return int(ExitCode.OK)


COMMAND = RunCommand()
