"""`crossload lock`: resolves packages into locks with hashes, or lists the locks that do not fit.

Owns which environments to lock, and the wording. `runner.environments` resolves.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version
from rich.markup import escape

from crossload.cli.shared.project import Project
from crossload.runner.config.selection import choose
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.locking import check_lock, make_lock
from crossload.runner.environments.model import Environment, Lock, current_platform
from crossload.runner.environments.project import make_project
from crossload.runner.environments.resolving import supported_pythons
from crossload.runner.errors import ExitCode
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentState

if TYPE_CHECKING:
    from crossload.cli.context import Context

_OLDEST_SHIPPED = Version("3.10")  # what the program itself needs, so what every machine has


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "environments", nargs="*", metavar="PATTERN", help="names or ids (default: all)"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="only say which locks are missing or stale; exit code 1 if any is",
    )
    parser.add_argument(
        "--every-python",
        action="store_true",
        help="lock `python: auto` environments for every Python from 3.10 that has wheels",
    )


def run(args: argparse.Namespace, context: Context) -> int:
    """Check or make the locks; an environment that cannot be locked does not stop others."""
    wanted = _wanted(Project.load(context), args)
    if args.check:
        return _check(wanted, context)
    return make_locks(wanted, context)


def _wanted(project: Project, args: argparse.Namespace) -> tuple[Environment, ...]:
    specs = [one for one in project.matrix.environments if not (one.interpreter or one.container)]
    environments = project.environments(specs)
    if args.every_python:
        environments = tuple(
            other for one in environments for other in _for_every_python(one, project)
        )
    names = {one.id: one.spec.name for one in environments}
    ids = choose(args.environments, list(names), option="", names=names)
    return tuple(one for one in environments if one.id in ids)


def _for_every_python(environment: Environment, project: Project) -> tuple[Environment, ...]:
    supported = supported_pythons(environment.spec, load_frameworks())
    if environment.spec.python != "auto" or supported is None:
        return (environment,)
    minors = [one for one in supported if Version(one) >= _OLDEST_SHIPPED]
    pinned = [environment.spec.model_copy(update={"python": minor}) for minor in minors]
    return project.environments(pinned)


def _check(wanted: tuple[Environment, ...], context: Context) -> int:
    console = context.console
    folders = make_project(context.matrix_path, context.home).lock_folders
    statuses = []
    for one in wanted:
        if one.problem is not None and one.problem.state is EnvironmentState.IMPOSSIBLE:
            console.print(escape(f"{one.id}: impossible: {one.problem.message}"), soft_wrap=True)
        else:
            statuses.append(check_lock(one, folders))
    bad = [status for status in statuses if status.state != "current"]
    for status in bad:
        console.print(escape(f"{status.environment.id}: {status.state}"), soft_wrap=True)
    if bad:
        console.print(
            f"{len(bad)} of {len(statuses)} locks are missing or no longer fit the matrix; "
            "`crossload lock` makes them",
            soft_wrap=True,
        )
        return int(ExitCode.INCOMPATIBLE)
    console.print(f"all {len(statuses)} locks fit the matrix" if statuses else "no lock is needed")
    return int(ExitCode.OK)


def make_locks(wanted: tuple[Environment, ...], context: Context) -> int:
    """Lock each of them and say how that went; the exit code of the command."""
    folder = make_project(context.matrix_path, context.home).lock_folders[0]
    made = 0
    with ThreadPoolExecutor(max_workers=4) as pool:  # the resolver waits for the network mostly
        for one, result in zip(wanted, pool.map(partial(_lock, folder), wanted), strict=True):
            made += isinstance(result, Lock)
            context.console.print(escape(f"{one.id}: {_described(result)}"), soft_wrap=True)
    place = str(folder / current_platform())
    context.console.print(escape(f"{made} of {len(wanted)} locks are in {place!r}"), soft_wrap=True)
    return int(ExitCode.OK if made else ExitCode.ENVIRONMENTS)


def _lock(folder: Path, environment: Environment) -> Lock | EnvironmentProblem:
    problem = environment.problem
    if problem is not None and problem.state is EnvironmentState.IMPOSSIBLE:
        return problem  # the resolver would only say so at greater length
    return make_lock(environment, folder)


def _described(result: Lock | EnvironmentProblem) -> str:
    if isinstance(result, Lock):
        return f"{len(result.requirements)} packages"
    lines = (*result.log_tail.splitlines(), result.advice)
    return f"{result.cause}: {result.message}" + "".join(f"\n    {line}" for line in lines if line)
