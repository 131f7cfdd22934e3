"""What a run would do: which environments, which saves, which cells. Pure; touches nothing.

Owns the expansion of a profile into cells. `runner.environments` knows whether an environment can
be built; that comes in as a value.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crossload.runner.cases.model import Case
from crossload.runner.config.exclusion import read_exclusions
from crossload.runner.config.model import Profile
from crossload.runner.config.selection import Selection as Patterns
from crossload.runner.environments.model import Environment
from crossload.runner.records import Cell
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format

Selector = Callable[[str], bool]
Pair: TypeAlias = tuple[Environment, Environment]


def everything(_: str) -> bool:
    """Select all."""
    return True


def every_file(_: str, __: Format) -> bool:
    """Every model is worth saving in every format."""
    return True


@dataclass(frozen=True)
class Selection:
    """The narrowing that a command line asks for, each a predicate on readable ids.

    `file` says for a model and a format whether saving the one in the other is worth it.
    """

    environment: Selector = everything
    model: Selector = everything
    format: Selector = everything
    cell: Selector = everything
    file: Callable[[str, Format], bool] = every_file


@dataclass(frozen=True)
class PlannedSave:
    """One model to be saved in one format in one environment."""

    saver: str
    model: str
    format: Format

    def __str__(self) -> str:
        return f"{self.saver}/{self.model}.{self.format}"


@dataclass(frozen=True)
class Plan:
    """What one run is about, in the order of the matrix.

    `cases` and `subjects` are those among its models.
    """

    profile: str
    environments: tuple[Environment, ...]
    saves: tuple[PlannedSave, ...]
    cells: tuple[Cell, ...]
    cases: tuple[Case, ...] = ()
    subjects: tuple[Subject, ...] = ()


def make_plan(
    name: str,
    profile: Profile,
    environments: Sequence[Environment],
    selection: Selection,
    cases: Sequence[Case] = (),
) -> Plan:
    """Expand `profile` over `environments` (in matrix order, already those of the profile).

    A saver always loads its own file too: that diagonal is the baseline that the other cells are
    judged against, so it is planned even where the pairs do not name it, unless it is excluded.

    Args:
        name: the profile's.
        profile: what to expand.
        environments: those that the profile names.
        selection: what the command line leaves of it.
        cases: all there are; the profile's patterns choose from them.
    """
    chosen = [one for one in environments if selection.environment(one.id)]
    variants = _Variants(profile, chosen)
    files = _files(profile, selection, cases)
    leave = _Exclusions(profile, chosen)
    cells = [
        Cell(saver.id, model, form, loader.id)
        for model, form, case in files
        for saver, loader in leave.pairs(f"{model}.{form}", _pairs_of(case, variants.pairs(model)))
    ]
    wanted = {cell for cell in cells if selection.cell(str(cell))}
    baselines = {Cell(cell.saver, cell.model, cell.format, cell.saver) for cell in wanted}
    kept = tuple(cell for cell in cells if cell in wanted or cell in baselines)
    used = {cell.saver for cell in kept} | {cell.loader for cell in kept}
    scripted = {cell.model for cell in kept if cell.format.is_script}
    saves = dict.fromkeys(PlannedSave(cell.saver, cell.model, cell.format) for cell in kept)
    return Plan(
        profile=name,
        environments=tuple(one for one in chosen if one.id in used),
        saves=tuple(saves),
        cells=kept,
        cases=tuple(case for case in cases if case.name in scripted),
    )


def cases_of(profile: Profile, cases: Iterable[Case]) -> tuple[Case, ...]:
    """The scripted cases that a profile names, in the order of the cases."""
    wanted = Patterns.parse(profile.cases)
    return tuple(case for case in cases if profile.cases and wanted(case.name))


def _files(
    profile: Profile, selection: Selection, cases: Iterable[Case]
) -> list[tuple[str, Format, Case | None]]:
    """What there is to save: every model in every format, then every case."""
    models = [model for model in profile.models if selection.model(model)]
    formats = [form for form in profile.formats if selection.format(str(form))]
    files: list[tuple[str, Format, Case | None]] = [
        (model, form, None)
        for model, form in itertools.product(models, formats)
        if selection.file(model, form)
    ]
    if selection.format(str(Format.SCRIPT)):
        wanted = [case for case in cases_of(profile, cases) if selection.model(case.name)]
        files += [(case.name, Format.SCRIPT, case) for case in wanted]
    return files


def _pairs_of(case: Case | None, pairs: list[Pair]) -> list[Pair]:
    """Those pairs that a case is for; its savers load their own files as all savers do."""
    if case is None:
        return pairs
    environments = {one.id: one for pair in pairs for one in pair}.values()
    savers = {one.id for one in environments if case.saved_in(one.spec.name, one.id)}
    loaders = {one.id for one in environments if case.loaded_in(one.spec.name, one.id)}
    return [(a, b) for a, b in pairs if a.id in savers and (b.id in loaders or a is b)]


class _Variants:
    """The pairs that a profile names, without those that its variants do not take part in."""

    def __init__(self, profile: Profile, environments: Sequence[Environment]) -> None:
        chosen = Patterns.parse(profile.variants)
        variants = {
            one.id for one in environments if profile.variants and chosen(one.spec.name, one.id)
        }
        pairs = _pairs(profile, environments)
        self._models = frozenset(profile.variant_models)
        self._all = [(a, b) for a, b in pairs if a is b or not {a.id, b.id} <= variants]
        self._few = [(a, b) for a, b in pairs if not {a.id, b.id} & variants]

    def pairs(self, model: str) -> list[Pair]:
        """The pairs in which a model or a scripted case is measured."""
        return self._all if model in self._models else self._few


class _Exclusions:
    """What a profile leaves out, with the environments that each pattern means."""

    def __init__(self, profile: Profile, environments: Sequence[Environment]) -> None:
        self._rules = [
            (
                one,
                {each.id for each in environments if one.takes_saver(each.spec.name, each.id)},
                {each.id for each in environments if one.takes_loader(each.spec.name, each.id)},
            )
            for one in read_exclusions(profile.exclude)
        ]

    def pairs(self, file: str, pairs: list[Pair]) -> list[Pair]:
        """What is left of the pairs for `model.format`."""
        for one, savers, loaders in self._rules:
            if one.takes_file(file):
                pairs = [(a, b) for a, b in pairs if not (a.id in savers and b.id in loaders)]
        return pairs


def _pairs(profile: Profile, environments: Sequence[Environment]) -> list[Pair]:
    position = {one.id: index for index, one in enumerate(environments)}
    every = itertools.product(environments, environments)
    if profile.pairs == "all":
        return list(every)
    if profile.pairs == "upgrade":
        return [(a, b) for a, b in every if position[a.id] <= position[b.id]]
    named = profile.pairs
    pairs = [
        (a, b)
        for a, b in every
        if any(_matches(a, saver) and _matches(b, loader) for saver, loader in named)
    ]
    savers = dict.fromkeys(a.id for a, _ in pairs)
    known = {(a.id, b.id) for a, b in pairs}
    pairs += [(a, a) for a in environments if a.id in savers and (a.id, a.id) not in known]
    return pairs


def _matches(environment: Environment, pattern: str) -> bool:
    """A pair names an environment by its name in the matrix or by its id; globs allowed."""
    return Patterns.parse([pattern])(environment.spec.name, environment.id)
