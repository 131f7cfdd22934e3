"""Which ways are worth trying, the likeliest and shortest first.

Owns the costs of the search. A way is as likely as each of its loads: of the user's file that is
predicted, of files on the way it is the share of reference models that took it when measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from crossload.runner.atlas import Atlas
from crossload.runner.environments.model import Environment
from crossload.runner.formats import WRITTEN_FORMATS
from crossload.runner.migration.edges import Edges
from crossload.runner.migration.model import Leg, Route
from crossload.runner.prediction import Outcome, Prediction, Predictor
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format

# Every station takes time and may lose something; building one takes more.
_STEP, _BUILD, _ODD = 1.0, 0.5, 0.5
_CHANCES = {Outcome.LOADS: 0.95, Outcome.UNKNOWN: 0.6, Outcome.FAILS: 0.02}
_AVOIDED = 0.6
_LEAST = 0.06  # a chance below this is none: not one of eight models got through


@dataclass(frozen=True)
class Map:
    """What the search knows: the environments of the matrix, what is built, and the chances."""

    every: Sequence[Environment]
    is_built: Callable[[Environment], bool]
    atlas: Atlas
    edges: Edges

    def chance(self, subject: Subject, environment: Environment) -> float:
        """That the environment loads the user's file, with help if need be."""
        name = environment.row
        known = {one.name: one.id for one in self.atlas.environments}
        if subject.inspection is None or name not in known:
            return _CHANCES[Outcome.UNKNOWN]
        predictor = Predictor(self.atlas)
        return _chance(predictor.predict(subject.inspection, known[name], subject.path.suffix))

    def usable(self) -> tuple[Environment, ...]:
        """Those that may be stations: of the others too little is known to spend time on them."""
        known = {one.name for one in self.atlas.environments}
        return tuple(one for one in self.every if one.problem is None and one.row in known)

    def kind(self, leg: Leg) -> tuple[int, Format]:
        """What stations have in common whose files fare alike: generation and format."""
        name = leg.environment.row
        found = next((one for one in self.atlas.environments if one.name == name), None)
        keras = found.keras if found else leg.environment.spec.keras or ""
        return (3 if keras.startswith("3") else 2, leg.format)

    def cost(self, environment: Environment, chance: float) -> float:
        odd = _ODD * len(environment.spec.packages)
        return _STEP - math.log(chance) + odd + (0.0 if self.is_built(environment) else _BUILD)


def _chance(prediction: Prediction) -> float:
    if prediction.outcome is Outcome.FAILS and prediction.avoided_by:
        return _AVOIDED
    return _CHANCES[prediction.outcome]


def first_bridges(
    subject: Subject, baseline: Environment, target: Environment, known: Map
) -> tuple[Route, ...]:
    """Ways with one station before the target; the one that adopted the file surely loads it."""
    routes = []
    for one in known.usable():
        if one.id == target.id:
            continue
        chance = 1.0 if one.id == baseline.id else known.chance(subject, one)
        if chance < _LEAST:
            continue
        cost = known.cost(one, chance)
        routes += [Route((leg,), cost + _last(leg, target, known)) for leg in _legs(one, known)]
    return _hopeful(routes, target, known)


def further_bridges(
    made: Iterable[tuple[Leg, ...]], target: Environment, known: Map
) -> tuple[Route, ...]:
    """Ways that go on from files that were made, over one more station."""
    routes = []
    for legs in made:
        last = legs[-1]
        been = {leg.environment.id for leg in legs}
        for one in known.usable():
            chance = known.edges.share(last.environment.row, last.format, one.row)
            if one.id == target.id or one.id in been or chance < _LEAST:
                continue
            cost = known.cost(one, chance)
            routes += [
                Route((*legs, leg), cost + _last(leg, target, known)) for leg in _legs(one, known)
            ]
    return _hopeful(routes, target, known)


def _legs(environment: Environment, known: Map) -> list[Leg]:
    """The formats that the environment was seen to write."""
    name = environment.row
    return [Leg(environment, one) for one in WRITTEN_FORMATS if known.edges.writes(name, one)]


def _hopeful(routes: Sequence[Route], target: Environment, known: Map) -> tuple[Route, ...]:
    """The routes whose last step was seen to work, the cheapest first; all if it never was.

    The shares do not count the translator, which may load what nothing else does.
    """
    hopeful = [one for one in routes if _share(one.legs[-1], target, known) >= _LEAST]
    return tuple(sorted(hopeful or routes, key=lambda route: route.cost))


def _share(leg: Leg, target: Environment, known: Map) -> float:
    return known.edges.share(leg.environment.row, leg.format, target.row)


def _last(leg: Leg, target: Environment, known: Map) -> float:
    """The cost of the step from an environment on the way to the target."""
    return known.cost(target, _share(leg, target, known))
