"""`crossload atlas`: looks something up in the API atlas, or harvests a new one.

Owns the options and the wording. `runner.atlas` owns the data.
"""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from crossload.cli.options.measuring import add_jobs
from crossload.cli.options.output import add_json
from crossload.cli.options.selection import add_profile
from crossload.cli.shared.project import Project
from crossload.runner.atlas import Atlas, Kind
from crossload.runner.atlas.harvest import Harvest, harvest
from crossload.runner.atlas.lookup import SHIPPED
from crossload.runner.atlas.ranges import described
from crossload.runner.atlas.store import write
from crossload.runner.atlas.summary import KeyStory, NameStory, tell_name
from crossload.runner.config.nearest import hint
from crossload.runner.environments.building import BuildOptions, build_all
from crossload.runner.environments.model import BuiltEnvironment
from crossload.runner.environments.project import make_project
from crossload.runner.errors import EnvironmentsError, ExitCode, StorageError, UsageError

if TYPE_CHECKING:
    from crossload.cli.context import Context

_REFRESH = "refresh"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "subject",
        nargs="?",
        metavar="NAME",
        help=f"a class or function such as LSTM; {_REFRESH!r} harvests a new atlas "
        "(default: a summary)",
    )
    parser.add_argument(
        "--kind",
        choices=[str(kind) for kind in Kind],
        metavar="KIND",
        help=f"only names of this kind: {', '.join(str(kind) for kind in Kind)}",
    )
    add_json(parser)
    parser.add_argument(
        "--file",
        type=Path,
        default=SHIPPED,
        metavar="FILE",
        help="the atlas to read or to write (default: the one that comes with crossload)",
    )
    add_profile(
        parser,
        f"with {_REFRESH}: harvest the environments of this profile (default: all of the matrix)",
    )
    add_jobs(parser, f"with {_REFRESH}: how many environments to harvest at a time")


def run(args: argparse.Namespace, context: Context) -> int:
    """Print what was asked for, or write a new atlas.

    Raises:
        UsageError: no environment has that name.
        EnvironmentsError: no environment could be harvested.
    """
    if args.subject == _REFRESH:
        return _refresh(args, context)
    atlas = Atlas.load(args.file)
    if args.subject is None:
        _print_summary(atlas, context, as_json=args.json)
        return int(ExitCode.OK)
    stories = [tell_name(atlas, kind, args.subject) for kind in _kinds(atlas, args)]
    if args.json:
        _print_json(context, [one.as_json() for one in stories])
    else:
        for one in stories:
            _print_story(atlas, one, context)
    return int(ExitCode.OK)


def _kinds(atlas: Atlas, args: argparse.Namespace) -> tuple[Kind, ...]:
    kinds = atlas.kinds_of(args.subject)
    if args.kind:
        kinds = tuple(kind for kind in kinds if kind == args.kind)
    if kinds:
        return kinds
    asked = [Kind(args.kind)] if args.kind else list(Kind)
    known = [name for kind in asked for name in atlas.names(kind)]
    raise UsageError(
        f"no environment of the API atlas has {args.subject!r}{hint(args.subject, known)}",
        "names are spelled as in a model file: LSTM, mean_squared_error, glorot_uniform",
    )


def _refresh(args: argparse.Namespace, context: Context) -> int:
    built = _built(args, context)
    log = context.log
    found = harvest(
        built, args.jobs, lambda name, what: log.print(escape(f"{name}: {what}"), soft_wrap=True)
    )
    if not found.environments:
        raise EnvironmentsError(
            "no environment could be harvested",
            "`crossload envs list` shows what is wrong with each",
        )
    try:
        size = write(args.file, found)
    except OSError as error:
        raise StorageError(
            f"cannot write the API atlas {str(args.file)!r}: {error.strerror or error}",
            "choose another place with --file",
        ) from error
    context.say(f"{len(found.environments)} environments, {size / 1000:.0f} KB: {args.file}")
    _print_failures(found, context)
    return int(ExitCode.OK)


def _built(args: argparse.Namespace, context: Context) -> list[BuiltEnvironment]:
    project = Project.load(context)
    specs = project.matrix.environments
    if args.profile is not None:
        specs = project.specs_of(project.profile(args.profile))
    environments = project.environments(specs)
    context.home.prepare()
    where = make_project(context.matrix_path, context.home)
    found = {}
    with closing(build_all(environments, where, BuildOptions(jobs=args.jobs))) as results:
        for result in results:
            if isinstance(result.outcome, BuiltEnvironment):
                found[result.environment.id] = result.outcome
            else:
                context.say(f"{result.environment.id} is left out: {result.outcome.message}")
    return [found[one.id] for one in environments if one.id in found]


def _print_failures(found: Harvest, context: Context) -> None:
    for failure in found.failures:
        context.say(f"{failure.environment_id} is left out: {failure.reason}")


def _print_summary(atlas: Atlas, context: Context, *, as_json: bool) -> None:
    if as_json:
        _print_json(
            context,
            {
                "environments": [
                    {
                        "id": one.id,
                        "family": str(one.family),
                        "keras": one.keras,
                        "tensorflow": one.tensorflow,
                        "python": one.python,
                        "backend": one.backend,
                        "digest": one.digest,
                    }
                    for one in atlas.environments
                ],
                "names": {str(kind): len(atlas.names(kind)) for kind in Kind},
            },
        )
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("environment", "family", "Keras", "TensorFlow", "layers", "optimizers"):
        table.add_column(title)
    for one in atlas.environments:
        counts = [str(len(atlas.classes(one.id, kind))) for kind in (Kind.LAYERS, Kind.OPTIMIZERS)]
        table.add_row(
            escape(one.id), str(one.family), one.keras, one.tensorflow or one.backend, *counts
        )
    context.console.print(table)
    names = sum(len(atlas.names(kind)) for kind in Kind)
    context.say(f"{len(atlas.environments)} environments, {names} names")


def _print_story(atlas: Atlas, story: NameStory, context: Context) -> None:
    everything = atlas.environments
    has = "; ".join(described(everything, story.environments)) or "none by this name alone"
    context.console.print(f"[bold]{escape(story.name)}[/] ({story.kind})", highlight=False)
    context.say(f"  in: {has}")
    missing = {one.id for one in everything} - set(story.environments)
    if missing:
        context.say(f"  not in: {'; '.join(described(everything, missing))}")
    if story.aliases:
        context.say(f"  also called: {', '.join(story.aliases)}")
    known = [key for key in story.keys if key.accepted or key.dropped]
    differing = [key for key in known if not key.is_everywhere]
    if differing:
        context.console.print(_key_table(atlas, story, differing))
    same = [key.name for key in known if key.is_everywhere]
    if same:
        context.say(f"  taken by all of them: {', '.join(same)}")


def _key_table(atlas: Atlas, story: NameStory, keys: list[KeyStory]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    for title in ("key", "taken by", "refused by", "dropped by"):
        table.add_column(title, overflow="fold")
    members = [one for one in atlas.environments if one.id in story.environments]
    for key in keys:
        cells = (key.accepted, key.refused, key.dropped)
        table.add_row(
            escape(key.name), *(escape("; ".join(described(members, ids))) or "-" for ids in cells)
        )
    return table


def _print_json(context: Context, value: object) -> None:
    context.say(json.dumps(value, indent=1, ensure_ascii=True))
