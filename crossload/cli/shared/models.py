"""Your own models and the environments to measure them in, as the options name them.

Owns reading these options; `crossload.cli.options.models` declares them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from crossload.cli.context import Context
from crossload.cli.options.selection import DEFAULT_PROFILE
from crossload.cli.shared.environments import named_environments
from crossload.cli.shared.project import Project
from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.checking.planning import Pair, Wanted
from crossload.runner.config.selection import choose
from crossload.runner.environments.model import Environment
from crossload.runner.errors import UntrustedError, UsageError
from crossload.runner.formats import WHOLE_FORMATS
from crossload.runner.subjects.model import Subject
from crossload.runner.subjects.reading import Given, Reading, read_subjects
from crossload.runner.subjects.trust import sandbox_for, trusted_only
from crossload.runner.words import MODEL_FORMATS, Format


def subjects_of(
    paths: Sequence[Path], args: argparse.Namespace, project: Project, context: Context
) -> tuple[Subject, ...]:
    """The user's models, their files stored where probes can read them.

    Raises:
        UsageError: a path or a file beside it cannot be used; all mistakes at once.
        UntrustedError: one can run code, there is no sandbox, and `--trust` is not given.
    """
    reading = reading_of(paths, args, project, context)
    if reading.refused:
        reasons = "\n".join(one.reason for one in reading.refused)
        raise UntrustedError(reasons, "`crossload doctor` shows how to get a sandbox")
    return reading.subjects


def reading_of(
    paths: Sequence[Path], args: argparse.Namespace, project: Project, context: Context
) -> Reading:
    """The same, what was left out of folders, and what was refused.

    Raises:
        UntrustedError: every model is refused.
    """
    given = Given(args.custom_objects, args.inputs, args.outputs, args.weights)
    if given.outputs is not None and given.inputs is None:
        raise UsageError("--outputs needs --inputs")
    taken = (*project.models, *project.cases.names)
    store = ArtifactStore(context.home.artifacts)
    reading = read_subjects(paths, given, taken, store, context.home.scratch)
    if args.trust:
        return reading
    return trusted_only(reading, sandbox_for(reading.subjects, wanted=not args.no_sandbox))


def wanted_of(args: argparse.Namespace, project: Project) -> tuple[Wanted, tuple[Environment, ...]]:
    """What the options ask for, and all environments of the matrix.

    Raises:
        UsageError: options that exclude each other, or name what is not there.
    """
    every = project.environments(project.matrix.environments)
    _check_together(args)
    formats = tuple(Format(one) for one in choose(
        args.format, [str(one) for one in MODEL_FORMATS], option="--format"
    )) if args.format else WHOLE_FORMATS  # fmt: skip
    if args.pairs:
        pairs = [pair for text in args.pairs for pair in _pairs(text, project, every)]
        unique = {(saver.id, loader.id): (saver, loader) for saver, loader in pairs}
        return Wanted(tuple(unique.values()), savers_are_given=True, formats=formats), every
    loaders = _named(args.loaders, "--to", project, every) or _profile(args, project, every)
    savers = _named(args.savers, "--from", project, every)
    own = savers or loaders
    pairs = [(saver, loader) for saver in own for loader in loaders]
    return Wanted(tuple(pairs), savers_are_given=bool(savers), formats=formats), every


def _check_together(args: argparse.Namespace) -> None:
    if args.pairs and (args.savers or args.loaders):
        raise UsageError("--pairs takes the place of --from and --to", "leave one of them out")
    named = args.pairs or args.loaders
    if named and (args.profile or args.environment):
        raise UsageError(
            "--profile and --environment name loaders, and so do --pairs and --to",
            "leave one of them out",
        )


def _pairs(text: str, project: Project, every: Sequence[Environment]) -> list[Pair]:
    """The pairs of "A:B" or "A:B,C:D"; each side may mean several environments."""
    pairs: list[Pair] = []
    for one in text.split(","):
        saver, mark, loader = one.partition(":")
        if not mark or not saver.strip() or not loader.strip():
            raise UsageError(
                f"--pairs: found {one!r}, expected SAVER:LOADER", "for example --pairs 2.10:2.16"
            )
        sides = [_named([side], "--pairs", project, every) for side in (saver, loader)]
        pairs += [(a, b) for a in sides[0] for b in sides[1]]
    return pairs


def _named(
    texts: Sequence[str], option: str, project: Project, every: Sequence[Environment]
) -> tuple[Environment, ...]:
    by_name = {one.spec.name: one for one in every}
    ids = {one.spec.name: one.id for one in every}
    found: dict[str, Environment] = {}
    for text in texts:
        for part in text.split(","):
            for spec in named_environments(project.matrix.environments, part, option, ids):
                found[spec.name] = by_name[spec.name]
    return tuple(found.values())


def _profile(
    args: argparse.Namespace, project: Project, every: Sequence[Environment]
) -> tuple[Environment, ...]:
    """The environments of the profile, or those of the matrix that the patterns name."""
    if args.environment and not args.profile:
        names = {one.id: one.spec.name for one in every}
        ids = set(choose(args.environment, list(names), option="--environment", names=names))
        return tuple(one for one in every if one.id in ids)
    specs = {one.name for one in project.specs_of(project.profile(args.profile or DEFAULT_PROFILE))}
    chosen = [one for one in every if one.spec.name in specs]
    names = {one.id: one.spec.name for one in chosen}
    ids = set(choose(args.environment, list(names), option="--environment", names=names))
    return tuple(one for one in chosen if one.id in ids)
