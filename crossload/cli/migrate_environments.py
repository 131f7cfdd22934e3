"""The environments of a migration: the target, the one that wrote the file, and possible bridges.

Owns reading the options that name them, and the check that the target writes the wanted format.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from crossload.cli.shared.environments import one_environment
from crossload.cli.shared.project import Project
from crossload.runner.atlas import Atlas
from crossload.runner.environments.building import present
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import Project as Built
from crossload.runner.errors import EnvironmentsError, UsageError
from crossload.runner.formats import FORMATS, WRITTEN_FORMATS
from crossload.runner.migration.edges import shipped_edges
from crossload.runner.migration.routes import Map
from crossload.runner.prose import joined
from crossload.runner.words import Format


def places_of(
    args: argparse.Namespace, project: Project
) -> tuple[Environment, Environment | None, tuple[Environment, ...]]:
    """The target, the environment of `--from` if there is one, and all of the matrix.

    Raises:
        UsageError: a name means nothing, or several environments.
        EnvironmentsError: one of the two cannot be used on this machine.
    """
    every = project.environments(project.matrix.environments)
    by_name = {one.spec.name: one for one in every}
    ids = {one.spec.name: one.id for one in every}
    specs = project.matrix.environments
    target = by_name[one_environment(specs, args.to, "--to", ids).name]
    _check_usable(target)
    saver = None
    if args.saver:
        saver = by_name[one_environment(specs, args.saver, "--from", ids).name]
        _check_usable(saver)
    return target, saver, every


def _check_usable(environment: Environment) -> None:
    if environment.problem is not None:
        raise EnvironmentsError(
            f"{environment.id} cannot be used: {environment.problem.message}",
            environment.problem.advice,
        )


def check_writes(target: Environment, wanted: Format) -> None:
    """Refuse a format that the target was never seen to write, before anything is measured.

    Raises:
        UsageError: it does not write it.
    """
    edges, name = shipped_edges(), target.row
    if edges.writes(name, wanted):
        return
    able = [FORMATS[one].suffix_text for one in WRITTEN_FORMATS if edges.writes(name, one)]
    raise UsageError(
        f"--output: {target.id} writes {joined(able)}, not {wanted}",
        "choose another suffix for OUT",
    )


def known_map(every: Sequence[Environment], project: Built) -> Map:
    """What the search knows of these environments."""
    there = {one.id for one in every if isinstance(present(one, project), BuiltEnvironment)}
    return Map(every, lambda one: one.id in there, Atlas.load(), shipped_edges())
