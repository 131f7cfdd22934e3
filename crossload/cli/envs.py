"""`crossload envs`: lists, builds, checks and removes environments, without measuring anything.

Owns the options and the wording of the four actions. `runner.environments` does the work.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import TYPE_CHECKING

from rich.markup import escape

from crossload.cli.console.display import make_display
from crossload.cli.options.measuring import add_building
from crossload.cli.plan import environment_table, standing_of
from crossload.cli.shared.project import Project
from crossload.runner.config.selection import choose
from crossload.runner.environments.building import BuildOptions, build_all, present, remove
from crossload.runner.environments.integrity import find_damage
from crossload.runner.environments.marker import withdraw_marker
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import make_project
from crossload.runner.errors import ExitCode, UsageError
from crossload.runner.home import exclusive_run
from crossload.runner.progress import BuildProgress, standing

if TYPE_CHECKING:
    from crossload.cli.context import Context

_SHOWN = 10  # damaged files of one environment
_ACTIONS = ("list", "build", "check", "remove")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=_ACTIONS, help="what to do")
    parser.add_argument(
        "environments",
        nargs="*",
        metavar="PATTERN",
        help="names or ids, globs allowed (default: all)",
    )
    parser.add_argument(
        "--all", action="store_true", help="with remove: every environment of the matrix"
    )
    add_building(parser)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do the action on the chosen environments."""
    project = Project.load(context)
    if args.action == "build" and args.download_pythons:
        project = project.with_downloads(project.matrix.environments, context)
    environments = project.environments(project.matrix.environments)
    names = {one.id: one.spec.name for one in environments}
    ids = choose(args.environments, list(names), option="", names=names)
    chosen = tuple(one for one in environments if one.id in ids)
    if args.action == "list":
        context.console.print(environment_table([standing_of(one, context) for one in chosen]))
        return int(ExitCode.OK)
    if args.action == "check":
        return _check(chosen, context)
    if args.action == "remove":
        if not args.environments and not args.all:
            raise UsageError(
                "envs remove needs the names of environments",
                "`crossload envs remove --all` removes every one",
            )
        return _remove(chosen, context)
    return _build(chosen, args.jobs, context)


def _remove(chosen: tuple[Environment, ...], context: Context) -> int:
    context.home.prepare()
    with exclusive_run(context.home):
        where = make_project(context.matrix_path, context.home)
        removed = [one.id for one in chosen if remove(where, one.id, context.log.print)]
    for environment_id in removed:
        context.console.print(f"removed {escape(environment_id)}")
    if not removed:
        context.console.print("none of these environments is built")
    return int(ExitCode.OK)


def _check(chosen: tuple[Environment, ...], context: Context) -> int:
    """Compare every file of what is built; what is damaged counts as not built from now on."""
    where = make_project(context.matrix_path, context.home)
    code = ExitCode.OK
    for environment in chosen:
        there = present(environment, where)
        if not isinstance(there, BuiltEnvironment):
            context.say(
                f"{environment.id}: {'not used yet' if environment.adopted else 'not built'}"
            )
            continue
        if environment.image is not None:
            context.say(f"{environment.id}: an image cannot change")
            continue
        found = tuple(find_damage(there.prefix, contents=True))
        if not found:
            context.say(f"{environment.id}: every file is as it was installed")
            continue
        code = ExitCode.INCOMPATIBLE
        if environment.adopted is None:
            withdraw_marker(where.home.envs, environment.id)
            context.say(f"{environment.id}: damaged; it will be rebuilt before its next use")
        else:
            context.say(f"{environment.id}: damaged; it is used as it is until you reinstall it")
        for damage in found[:_SHOWN]:
            context.say(f"  {damage}")
        if len(found) > _SHOWN:
            context.say(f"  and {len(found) - _SHOWN} more files")
    return int(code)


def _build(chosen: tuple[Environment, ...], jobs: int, context: Context) -> int:
    context.home.prepare()
    usable = 0
    where = make_project(context.matrix_path, context.home)
    with make_display(context.log) as display:
        display.phase("environments", len(chosen))
        options = BuildOptions(jobs=jobs, listener=BuildProgress(display))
        with closing(build_all(chosen, where, options)) as results:
            for result in results:
                usable += isinstance(result.outcome, BuiltEnvironment)
                display.environment(result.environment.id, standing(result.outcome), final=True)
                display.advance()
    context.console.print(f"{usable} of {len(chosen)} environments can be used")
    return int(ExitCode.OK if usable else ExitCode.ENVIRONMENTS)
