"""Which built environments stay on a disk that cannot hold all of them, and which make room.

Owns the order in which environments take their turn, and the removing. What is measured in a turn
is decided in `runner.turns`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from crossload.runner.environments.building import present, remove
from crossload.runner.environments.installing import needed_mb
from crossload.runner.environments.model import Environment
from crossload.runner.environments.project import Project
from crossload.runner.prose import joined

_MB = 1_000_000


class Keeper:
    """The environments of a plan, in its order, on a disk that keeps `budget` bytes of them.

    Only environments of the plan count and are removed, and none that existed before crossload or
    that is linked from another home.
    """

    def __init__(
        self,
        environments: Sequence[Environment],
        project: Project,
        budget: int,
        say: Callable[[str], None],
    ) -> None:
        self._order = [one for one in environments if one.adopted is None]
        self._others = [one for one in environments if one.adopted is not None]
        self._project = project
        self._budget = budget
        self._say = say
        self._sizes: dict[str, int] = {}
        self._has_warned = False

    @property
    def fits(self) -> bool:
        """Whether all can stay, as far as their sizes are known or estimated."""
        return sum(self._size(one) for one in self._order) <= self._budget

    def turns(self, jobs: int) -> Iterator[tuple[Environment, ...]]:
        """Neighbours together, as many as there are jobs: once to save and load, once to load.

        The first pass is in the order of the plan, so that adjacent versions meet first; the second
        goes back, and begins with what is still there.
        """
        groups = [(one,) for one in self._others] + list(self._groups(jobs))
        yield from groups
        yield from reversed(groups)

    def victims(self, coming: Sequence[Environment]) -> list[Environment]:
        """What has to make room for these, the farthest in the order first; never one of them."""
        missing = [one for one in coming if one.adopted is None and not self._is_there(one)]
        if not missing:
            return []
        kept = [one for one in self._order if self._is_there(one)]
        excess = sum(map(self._size, [*kept, *missing])) - self._budget
        at = {one.id: place for place, one in enumerate(self._order)}
        middle = at[missing[0].id]
        victims = []
        for one in sorted(kept, key=lambda one: -abs(at[one.id] - middle)):
            if excess <= 0:
                break
            if one not in coming and self._is_ours(one) and not is_in_use(self._prefix(one)):
                victims.append(one)
                excess -= self._size(one)
        if excess > 0 and not self._has_warned:
            self._has_warned = True
            names = joined([one.id for one in missing])
            self._say(f"keeping more than the limit for {names}: nothing else can be removed")
        return victims

    def evict(self, environment: Environment) -> None:
        """Remove it, unless a process has begun to use it meanwhile."""
        if is_in_use(self._prefix(environment)):
            self._say(f"{environment.id} stays: a process uses it")
            return
        remove(self._project, environment.id, self._say)
        self._say(f"{environment.id} was removed to make room")

    def _groups(self, jobs: int) -> Iterator[tuple[Environment, ...]]:
        group: list[Environment] = []
        for one in self._order:
            size = sum(map(self._size, [*group, one]))
            if group and (len(group) >= jobs or size > self._budget):
                yield tuple(group)
                group = []
            group.append(one)
        if group:
            yield tuple(group)

    def _is_there(self, environment: Environment) -> bool:
        return self._prefix(environment).is_dir()

    def _is_ours(self, environment: Environment) -> bool:
        """Whether it is in this home's own folder: another home may need what is linked."""
        prefix = self._prefix(environment)
        return not (prefix.is_symlink() or prefix.parent.is_symlink())

    def _prefix(self, environment: Environment) -> Path:
        return self._project.home.envs / environment.id

    def _size(self, environment: Environment) -> int:
        """Bytes on the disk; of one that was never built here, an estimate."""
        known = self._sizes.get(environment.id)
        if known is None and self._is_there(environment) and present(environment, self._project):
            known = self._sizes[environment.id] = folder_bytes(self._prefix(environment))
        if known is None and environment.problem is not None:
            return 0
        return needed_mb(environment) * _MB if known is None else known


def folder_bytes(folder: Path) -> int:
    """What a folder takes on the disk, without what its links point to."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512  # noqa: PTH118 - a hundred thousand times
    return total


def is_in_use(prefix: Path) -> bool:
    """Whether a process of this machine was started from an environment, or is given it."""
    places = tuple(f"{one}{os.sep}" for one in {prefix.absolute(), prefix.resolve()})
    for process in psutil.process_iter(["cmdline"]):
        arguments = process.info["cmdline"] or []
        if any(argument.startswith(places) for argument in arguments):
            return True
    return False
