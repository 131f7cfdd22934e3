"""The environments of a migration: target, stand-in for the writer, and all that may be bridges.

Owns reading the options that name them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from runner.atlas import Atlas
from runner.commands.environments import one_environment
from runner.commands.project import Project
from runner.environments.building import present
from runner.environments.model import BuiltEnvironment, Environment
from runner.environments.project import Project as Built
from runner.errors import EnvironmentsError
from runner.migration.edges import shipped_edges
from runner.migration.routes import Map


def places_of(
    args: argparse.Namespace, project: Project
) -> tuple[Environment, Environment | None, tuple[Environment, ...]]:
    """The target, the environment of `--from` if there is one, and all of the matrix.

    Raises:
        UsageError: a name means nothing, or several environments.
        EnvironmentsError: the target cannot be used on this machine.
    """
    every = project.environments(project.matrix.environments)
    by_name = {one.spec.name: one for one in every}
    ids = {one.spec.name: one.id for one in every}
    specs = project.matrix.environments
    target = by_name[one_environment(specs, args.to, "--to", ids).name]
    if target.problem is not None:
        raise EnvironmentsError(
            f"{target.id} cannot be used: {target.problem.message}", target.problem.advice
        )
    saver = None
    if args.saver:
        saver = by_name[one_environment(specs, args.saver, "--from", ids).name]
    return target, saver, every


def known_map(every: Sequence[Environment], project: Built) -> Map:
    """What the search knows of these environments."""
    there = {one.id for one in every if isinstance(present(one, project), BuiltEnvironment)}
    return Map(every, lambda one: one.id in there, Atlas.load(), shipped_edges())
