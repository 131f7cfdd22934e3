"""The session in which commands measure: the project, its lock, its ledger.

Owns opening and closing them, and what is printed when measuring is interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import shlex
import sys
from collections.abc import Iterator

from rich.markup import escape

from crossload.cli.console.display import make_display
from crossload.cli.context import Context
from crossload.cli.shared.brought import with_named
from crossload.cli.shared.project import Project
from crossload.runner.checking.running import Session
from crossload.runner.environments.project import make_project
from crossload.runner.home import exclusive_run
from crossload.runner.ledger import Ledger
from crossload.runner.words import RunKind


@contextlib.contextmanager
def open_project(args: argparse.Namespace, context: Context) -> Iterator[Project]:
    """The project, with this home held for as long as the block lasts.

    Raises:
        ConfigurationError: the matrix is missing or wrong.
        BusyError: another run holds the home.
    """
    project = with_named(Project.load(context), args)
    context.home.prepare()
    with exclusive_run(context.home):
        if args.download_pythons:
            project = project.with_downloads(project.matrix.environments, context)
        yield project


@contextlib.contextmanager
def open_session(
    project: Project, args: argparse.Namespace, context: Context, kind: RunKind = RunKind.CHECK
) -> Iterator[Session]:
    """What rounds are run with; an interruption says that nothing is lost.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    command = shlex.join(["crossload", *sys.argv[1:]])
    with (
        explaining_interruption(command, context),
        Ledger.open(context.home.ledger) as ledger,
        make_display(context.log) as display,
    ):
        yield Session(
            project=make_project(context.matrix_path, context.home, project.brought),
            matrix=project.matrix,
            every=project.environments(project.matrix.environments),
            command=command,
            jobs=args.jobs,
            sandboxed=not args.no_sandbox,
            ledger=ledger,
            display=display,
            kind=kind,
            search=getattr(args, "search", False),
        )


@contextlib.contextmanager
def explaining_interruption(command: str, context: Context) -> Iterator[None]:
    """If the block is interrupted, say that nothing is lost, and how to continue."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        context.log.print(
            "\n[bold]interrupted[/]: everything measured so far is kept; "
            f"[bold]{escape(command)}[/] continues"
        )
        raise
