"""`crossload lock`: resolves packages into locks with hashes, or says which locks do not fit.

Owns the choice of what to lock and what is said of it; resolving is `runner.environments`'s.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from rich.markup import escape

from runner.commands.project import Project
from runner.config.selection import choose
from runner.environments.frameworks import load_frameworks
from runner.environments.locking import check_lock, lock_path, make_lock
from runner.environments.model import Environment, Lock, current_platform
from runner.environments.project import make_project
from runner.environments.resolving import supported_pythons
from runner.errors import ExitCode

if TYPE_CHECKING:
    from runner.commands.base import Context

_OLDEST_SHIPPED = (3, 10)  # what the program itself needs, so what every machine has


class LockCommand:
    """Resolve environments into `locks/` beside the matrix."""

    name = "lock"
    help = "resolve the packages of environments into locks with hashes"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
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

    def run(self, args: argparse.Namespace, context: Context) -> int:
        """Check or make the locks; an environment that cannot be locked does not stop others."""
        wanted = _wanted(Project.load(context), args)
        if args.check:
            return _check(wanted, context)
        return _make(wanted, context)


def _wanted(project: Project, args: argparse.Namespace) -> tuple[Environment, ...]:
    environments = project.environments(project.matrix.environments)
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
    minors = [one for one in supported if tuple(map(int, one.split("."))) >= _OLDEST_SHIPPED]
    pinned = [environment.spec.model_copy(update={"python": minor}) for minor in minors]
    return project.environments(pinned)


def _check(wanted: tuple[Environment, ...], context: Context) -> int:
    folders = make_project(context.matrix_path, context.home).lock_folders
    statuses = [check_lock(one, folders) for one in wanted]
    for status in statuses:
        if status.state != "current":
            context.console.print(f"{status.environment.id}: {status.state}")
    bad = sum(status.state != "current" for status in statuses)
    if bad:
        context.console.print(
            f"{bad} of {len(statuses)} locks are missing or no longer fit the matrix; "
            "`crossload lock` makes them"
        )
        return int(ExitCode.INCOMPATIBLE)
    context.console.print(f"all {len(statuses)} locks fit the matrix")
    return int(ExitCode.OK)


def _make(wanted: tuple[Environment, ...], context: Context) -> int:
    folder = make_project(context.matrix_path, context.home).lock_folders[0]

    def resolve(environment: Environment) -> str:
        made = make_lock(environment, folder)
        if isinstance(made, Lock):
            return f"{environment.id}: {len(made.requirements)} packages"
        tail = "".join(f"\n    {line}" for line in made.log_tail.splitlines())
        return f"{environment.id}: {made.cause}: {made.message}{tail}"

    with ThreadPoolExecutor(max_workers=4) as pool:  # the resolver waits for the network mostly
        for line in pool.map(resolve, wanted):
            context.console.print(escape(line))
    place = lock_path(folder, wanted[0]).parent if wanted else folder / current_platform()
    context.console.print(f"locks are in {escape(str(place))}")
    return int(ExitCode.OK)


COMMAND = LockCommand()
