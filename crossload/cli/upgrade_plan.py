"""The plan of an upgrade: reference models saved before it, loaded before and after it.

Owns what is measured by default. `runner.plan` turns a profile into a plan.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, replace

from crossload.cli.shared.environments import one_environment
from crossload.cli.shared.project import Project, worth_saving
from crossload.runner.checking.planning import Standing, Wanted, as_bare, plan_round
from crossload.runner.config.model import EnvironmentSpec, Profile
from crossload.runner.config.selection import choose
from crossload.runner.environments.model import Environment
from crossload.runner.errors import EnvironmentsError, UsageError
from crossload.runner.formats import FORMATS, WHOLE_FORMATS
from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.plan import Plan, Selection, make_plan
from crossload.runner.subjects.model import Subject
from crossload.runner.words import MODEL_FORMATS, Format, JobStatus, RunKind, SubjectTask

PROFILE = str(RunKind.UPGRADE)
# A SavedModel takes ten times as long as a file; what becomes of it shows in these.
SAVED_MODELS = frozenset(
    {
        "conv-bn",
        "custom-layer",
        "custom-loss-metric",
        "custom-registered",
        "dense",
        "functional-io",
        "lambda",
        "lstm",
        "mixed-precision",
        "normalization-adapted",
        "optimizer-nadam",
        "rnn-custom-cell",
        "string-lookup",
        "subclassed",
        "text-vectorization",
        "twin-dense",
    }
)


@dataclass(frozen=True)
class Pair:
    """The environment before the upgrade and the one after it."""

    before: Environment
    after: Environment


def specs_of(project: Project, args: argparse.Namespace) -> tuple[EnvironmentSpec, EnvironmentSpec]:
    """The rows of the matrix that `--from` and `--to` mean.

    Raises:
        UsageError: one of them means none, several, or the same as the other.
    """
    specs = project.matrix.environments
    ids = {one.spec.name: one.id for one in project.environments(specs)}
    before = one_environment(specs, args.source, "--from", ids)
    after = one_environment(specs, args.target, "--to", ids)
    if before.name == after.name:
        raise UsageError(
            f"--from {args.source!r} and --to {args.target!r} both mean {before.name!r}",
            "name two environments; `crossload envs list` shows them",
        )
    return before, after


def pair_of(project: Project, specs: tuple[EnvironmentSpec, EnvironmentSpec]) -> Pair:
    """Both environments with their Pythons.

    Raises:
        EnvironmentsError: one of them cannot be used, as far as this is known before building.
    """
    environments = {one.spec.name: one for one in project.environments(specs)}
    for one in environments.values():
        if one.problem is not None:
            raise EnvironmentsError(f"{one.id}: {one.problem.message}", one.problem.advice)
    return Pair(*(environments[one.name] for one in specs))


def upgrade_plan(
    project: Project, pair: Pair, args: argparse.Namespace, subjects: tuple[Subject, ...]
) -> Plan:
    """Everything that the gate measures: reference models, and the user's as the old one has them.

    Raises:
        UsageError: a pattern that selects nothing, or nothing is left to measure.
    """
    plan = _reference_plan(project, pair, args)
    if not plan.cells and not subjects:
        raise UsageError(
            "there is nothing to measure: no reference models and no MODEL",
            "leave --no-reference out, or name models of your own",
        )
    wanted = Wanted(((pair.before, pair.after),), savers_are_given=True, formats=WHOLE_FORMATS)
    standings = [Standing(one, (pair.before,)) for one in subjects]
    own = plan_round(standings, wanted, _in_order(project, pair), PROFILE)
    return replace(
        plan,
        environments=plan.environments or own.environments,
        saves=(*plan.saves, *own.saves),
        cells=(*plan.cells, *own.cells),
        subjects=own.subjects,
    )


def without_answers(subjects: Iterable[Subject], snapshot: RunSnapshot) -> tuple[Subject, ...]:
    """The same models, those kept bare that the old environment could not load itself."""
    refused = {
        file.model
        for file, outcome in snapshot.saves.items()
        if outcome.report.status is not JobStatus.DONE
    }
    return tuple(
        as_bare(one) if one.task is SubjectTask.ADOPT and one.name in refused else one
        for one in subjects
    )


def _in_order(project: Project, pair: Pair) -> list[Environment]:
    position = {one.name: index for index, one in enumerate(project.matrix.environments)}
    return sorted((pair.before, pair.after), key=lambda one: position[one.spec.name])


def _reference_plan(project: Project, pair: Pair, args: argparse.Namespace) -> Plan:
    models = choose(args.model, list(project.models), option="--model")
    formats = choose(args.format, list(map(str, MODEL_FORMATS)), option="--format")
    whole = bool(args.model or args.format)
    worth = worth_saving(project.models)

    def is_measured(model: str, form: Format) -> bool:
        tells = whole or not FORMATS[form].is_slow or model in SAVED_MODELS
        return tells and worth(model, form)

    profile = Profile(
        models=() if args.no_reference else models,
        formats=tuple(map(Format, formats)) if args.format else WHOLE_FORMATS,
        pairs=((pair.before.spec.name, pair.after.spec.name),),
    )
    return make_plan(PROFILE, profile, _in_order(project, pair), Selection(file=is_measured))
