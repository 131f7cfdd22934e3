"""Which shard does which part of a plan; pure, and the same on every machine.

Owns the split. The unit is a file: the shard that saves it also loads it everywhere, so that no
file has to travel, none is saved twice and no cell is measured twice. What repeats is building:
each shard needs the environments of its files. Files that need the same environments therefore
stay together as far as the balance allows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from crossload.runner.plan import Plan, PlannedSave
from crossload.runner.sharding.estimate import BUILD_MS, Durations


@dataclass(frozen=True)
class Shard:
    """One part of `count`, counted from 1; `str()` is how a command line spells it."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@dataclass(frozen=True)
class Part:
    """What one shard does, and the estimated milliseconds of measuring, without building."""

    shard: Shard
    plan: Plan
    milliseconds: int

    @property
    def with_building(self) -> int:
        return self.milliseconds + BUILD_MS * len(self.plan.environments)


@dataclass(frozen=True)
class Repeated:
    """What a split does more than once: building, and nothing else."""

    builds: int
    environments: int
    share: float  # of the estimated time of all shards together

    @classmethod
    def of(cls, parts: Iterable[Part]) -> Repeated:
        parts = tuple(parts)
        distinct = len({one.id for part in parts for one in part.plan.environments})
        builds = sum(len(part.plan.environments) for part in parts)
        total = sum(part.with_building for part in parts)
        return cls(builds, distinct, (builds - distinct) * BUILD_MS / total if total else 0.0)


@dataclass(frozen=True)
class _File:
    save: PlannedSave
    needs: tuple[int, ...]  # positions of its environments in the plan
    milliseconds: int


def split(plan: Plan, count: int, durations: Durations) -> tuple[Part, ...]:
    """The parts of a plan, together exactly the plan; some are empty if there are fewer files.

    Environments count by their place in the plan, never by their id, which depends on the Pythons
    of the machine unless the matrix names one.
    """
    assigned = _assigned(_files(plan, durations), count)
    parts = []
    for number in range(count):
        saves = {one.save for one in assigned[number]}
        milliseconds = sum(one.milliseconds for one in assigned[number])
        parts.append(Part(Shard(number + 1, count), _narrowed(plan, saves), milliseconds))
    return tuple(parts)


def _files(plan: Plan, durations: Durations) -> list[_File]:
    """Every file to be saved, those that need the same environments side by side."""
    position = {one.id: at for at, one in enumerate(plan.environments)}
    loaders: dict[PlannedSave, list[str]] = defaultdict(list)
    for cell in plan.cells:
        loaders[PlannedSave(cell.saver, cell.model, cell.format)].append(cell.loader)
    files = []
    for save in plan.saves:
        needs = sorted({position[save.saver], *(position[one] for one in loaders[save])})
        # At least one, so that a file whose work takes no measurable time still has a place.
        milliseconds = max(1, durations.of(save, loaders[save]))
        files.append(_File(save, tuple(needs), milliseconds))
    return sorted(files, key=lambda one: one.needs)


def _assigned(files: list[_File], count: int) -> list[list[_File]]:
    """The files of each shard.

    All files stand on one line as long as their durations, which is cut into equal pieces. A group
    that a cut divides is dealt out over its shards in proportion, not cut itself: neighbours are
    alike, and an estimate that is wrong for a model is then wrong for every shard.
    """
    total = sum(one.milliseconds for one in files)
    assigned: list[list[_File]] = [[] for _ in range(count)]
    groups: dict[tuple[int, ...], list[_File]] = defaultdict(list)
    for one in files:
        groups[one.needs].append(one)
    start = 0
    for group in groups.values():
        end = start + sum(one.milliseconds for one in group)
        # In units of 1/count of a millisecond, every cut is a whole number.
        quotas = [
            max(0, min(end * count, (at + 1) * total) - max(start * count, at * total))
            for at in range(count)
        ]
        for one, at in zip(group, _dealt(group, quotas), strict=True):
            assigned[at].append(one)
        start = end
    return assigned


def _dealt(group: list[_File], quotas: list[int]) -> list[int]:
    """For each file the shard that has had the least of its quota, the first among equals."""
    given = [0] * len(quotas)
    chosen = []
    open_shards = [at for at, quota in enumerate(quotas) if quota]
    for one in group:
        at = min(open_shards, key=lambda at: (Fraction(given[at], quotas[at]), at))
        given[at] += one.milliseconds
        chosen.append(at)
    return chosen


def _narrowed(plan: Plan, saves: set[PlannedSave]) -> Plan:
    cells = tuple(
        cell for cell in plan.cells if PlannedSave(cell.saver, cell.model, cell.format) in saves
    )
    used = {cell.saver for cell in cells} | {cell.loader for cell in cells}
    models = {cell.model for cell in cells}
    return replace(
        plan,
        environments=tuple(one for one in plan.environments if one.id in used),
        saves=tuple(one for one in plan.saves if one in saves),
        cells=cells,
        cases=tuple(one for one in plan.cases if one.name in models),
        subjects=tuple(one for one in plan.subjects if one.name in models),
    )
