"""What a run would do: which environments, which saves, which cells. Pure; touches nothing.

Owns the expansion of a profile into cells. Whether an environment can be built is
`runner.environments`'s knowledge and comes in as a value.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from runner.config.model import Profile
from runner.config.selection import Selection as Patterns
from runner.environments.model import Environment
from runner.records import Cell
from runner.words import Format

Selector = Callable[[str], bool]


def everything(_: str) -> bool:
    """Select all."""
    return True


@dataclass(frozen=True)
class Selection:
    """The narrowing that a command line asks for, each a predicate on readable ids."""

    environment: Selector = everything
    model: Selector = everything
    format: Selector = everything
    cell: Selector = everything


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
    """What one run is about, in the order of the matrix."""

    profile: str
    environments: tuple[Environment, ...]
    saves: tuple[PlannedSave, ...]
    cells: tuple[Cell, ...]


def make_plan(
    name: str, profile: Profile, environments: Sequence[Environment], selection: Selection
) -> Plan:
    """Expand `profile` over `environments` (in matrix order, already those of the profile).

    A saver always loads its own file too: that diagonal is the baseline that the other cells are
    judged against, so it is planned even where the pairs do not name it.
    """
    chosen = [one for one in environments if selection.environment(one.id)]
    pairs = _pairs(profile, chosen)
    models = [model for model in profile.models if selection.model(model)]
    formats = [form for form in profile.formats if selection.format(str(form))]
    cells = [
        Cell(saver.id, model, form, loader.id)
        for model, form, (saver, loader) in itertools.product(models, formats, pairs)
    ]
    wanted = {cell for cell in cells if selection.cell(str(cell))}
    baselines = {Cell(cell.saver, cell.model, cell.format, cell.saver) for cell in wanted}
    kept = tuple(cell for cell in cells if cell in wanted or cell in baselines)
    used = {cell.saver for cell in kept} | {cell.loader for cell in kept}
    saves = dict.fromkeys(PlannedSave(cell.saver, cell.model, cell.format) for cell in kept)
    return Plan(
        profile=name,
        environments=tuple(one for one in chosen if one.id in used),
        saves=tuple(saves),
        cells=kept,
    )


def _pairs(
    profile: Profile, environments: Sequence[Environment]
) -> list[tuple[Environment, Environment]]:
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
