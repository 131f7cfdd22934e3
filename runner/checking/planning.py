"""The plan of one round: which environment adopts each model, and where it is loaded then.

Owns the cells of a user's models. A script is saved in every saver; a file, which was saved long
ago, has one environment that stands for its saver.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crossload.runner.environments.model import Environment
from crossload.runner.plan import Plan, PlannedSave
from crossload.runner.records import Cell
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format, SubjectTask

Pair = tuple[Environment, Environment]


def distinct(environments: Iterable[Environment]) -> tuple[Environment, ...]:
    """Each environment once, in the order in which they come."""
    return tuple({one.id: one for one in environments}.values())


@dataclass(frozen=True)
class Wanted:
    """What the user wants to know: where to load, and, if they say so, whose answers count.

    `pairs` are (saver, loader); `savers_are_given` tells whether the savers are the user's choice,
    or only everything that may stand for one. `formats` are those that scripts are saved in.
    """

    pairs: tuple[Pair, ...]
    savers_are_given: bool
    formats: tuple[Format, ...] = ()

    @property
    def loaders(self) -> tuple[Environment, ...]:
        return distinct([loader for _, loader in self.pairs])

    @property
    def savers(self) -> tuple[Environment, ...]:
        return distinct([saver for saver, _ in self.pairs])


@dataclass(frozen=True)
class Standing:
    """How far the search for a file's saver has come.

    `trying` are the environments that try to adopt it in this round; `loads` tells whether it is
    loaded everywhere then, which is worth it once there is only one. `left` are tried after these,
    a tier at a time; `beyond` is how many more a wide search would try.
    """

    subject: Subject
    trying: tuple[Environment, ...] = ()
    left: tuple[tuple[Environment, ...], ...] = ()
    loads: bool = True
    beyond: int = 0


def plan_round(
    standings: Sequence[Standing], wanted: Wanted, every: Sequence[Environment], profile: str
) -> Plan:
    """The plan of this round, in the order of `every` environment of the matrix."""
    cells: dict[Cell, None] = {}
    for standing in standings:
        subject = standing.subject
        if subject.format is None:
            pairs: Iterable[Pair] = wanted.pairs
            formats = wanted.formats
        else:
            pairs = _pairs(standing, wanted)
            formats = (subject.format,)
        for form in formats:
            for saver, loader in pairs:
                cells[Cell(saver.id, subject.name, form, saver.id)] = None
                cells[Cell(saver.id, subject.name, form, loader.id)] = None
    position = {one.id: index for index, one in enumerate(every)}
    order = sorted(cells, key=lambda one: (position[one.saver], position[one.loader]))
    used = {one.saver for one in order} | {one.loader for one in order}
    saves = dict.fromkeys(PlannedSave(one.saver, one.model, one.format) for one in order)
    return Plan(
        profile=profile,
        environments=tuple(one for one in every if one.id in used),
        saves=tuple(saves),
        cells=tuple(order),
        subjects=tuple(one.subject for one in standings),
    )


def _pairs(standing: Standing, wanted: Wanted) -> list[Pair]:
    if wanted.savers_are_given:
        return list(wanted.pairs)
    loaders = wanted.loaders if standing.loads else ()
    return [(saver, loader) for saver in standing.trying for loader in (saver, *loaders)]


def as_bare(subject: Subject) -> Subject:
    """The same file, kept without outputs to compare with."""
    return replace(subject, task=SubjectTask.BARE)
