"""The routes that failed, with equal failures on one line.

Owns the grouping and its sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crossload.reports.cleaning import clean_line
from crossload.runner.migration.model import Stage, Trial
from crossload.runner.prose import joined

_MOST_GROUPS, _MOST_NAMED, _LONG = 8, 3, 100
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class Group:
    """Routes that failed alike: which, where, why."""

    ways: str
    stopped: str


def groups_of(trials: Sequence[Trial], target: str) -> tuple[tuple[Group, ...], int]:
    """The groups worth showing, ordered by their first routes; how many routes are left out."""
    found: dict[tuple[str, ...], list[Trial]] = {}
    for one in trials:
        found.setdefault(_kind(one, target), []).append(one)
    groups = list(found.values())
    shown = tuple(_group(members, target) for members in groups[:_MOST_GROUPS])
    return shown, sum(len(members) for members in groups[_MOST_GROUPS:])


def _kind(trial: Trial, target: str) -> tuple[str, ...]:
    """The key of a group: routes that failed for the same reason, versions ignored."""
    why = trial.cause or _NUMBERS.sub("0", trial.why)
    return (trial.stage, str(trial.environment == target), str(bool(trial.legs)), why)


def _group(members: Sequence[Trial], target: str) -> Group:
    first = members[0]
    ways = list(dict.fromkeys(_way(one, target) for one in members))
    return Group(_named(ways), f"{_stopped(first, members, target)}: {clean_line(first.why)}")


def _named(ways: Sequence[str]) -> str:
    """As many of the routes as are quickly read."""
    most = _MOST_NAMED
    while most > 1 and sum(map(len, ways[:most])) > _LONG:
        most -= 1
    return joined(ways, most, separator=";")


def _way(trial: Trial, target: str) -> str:
    """The stops of a route before the target, where every route ends."""
    legs = [str(leg) for leg in trial.legs if leg.environment.id != target]
    way = "via " + ", then ".join(legs) if legs else f"directly into {target}"
    return f"{way}, weights only" if trial.rebuilt else way


def _stopped(first: Trial, members: Sequence[Trial], target: str) -> str:
    if first.stage is Stage.LOAD:
        return f"failed to load in {target}"
    if first.stage is Stage.VERIFY:
        what = "the rebuilt model" if first.rebuilt else "the model"
        return f"{target} saved {what} but could not load its own file back"
    places = {one.environment for one in members}
    where = f"in {first.environment}" if len(places) == 1 else "there"
    return f"failed to load and save {where}"
