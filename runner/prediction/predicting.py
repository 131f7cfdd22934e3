"""From an inspection and an environment of the atlas to a prediction.

Owns the order of the questions. It never raises for what a file holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crossload.runner.atlas import Atlas, AtlasEnvironment, Route
from crossload.runner.inspection.model import Contents, Inspection, ObjectFact
from crossload.runner.prediction.code import code_problem
from crossload.runner.prediction.containers import container_problem, damage, graph_problem
from crossload.runner.prediction.known import File, known_problems
from crossload.runner.prediction.model import Outcome, Prediction, Reason, Rule
from crossload.runner.prediction.objects import Place, met_in_graph, problems
from crossload.runner.words import Container

_ROUTES = {Container.KERAS_ZIP: Route.KERAS}


@dataclass(frozen=True)
class Predictor:
    """Predicts with one atlas."""

    atlas: Atlas

    def predict(self, inspection: Inspection, environment: str, suffix: str = "") -> Prediction:
        """What `load_model` of that environment makes of the file."""
        return self._predict(File(inspection), self.atlas.environment(environment), suffix)

    def predict_all(self, inspection: Inspection, suffix: str = "") -> tuple[Prediction, ...]:
        """The same for every environment of the atlas, in its order."""
        file = File(inspection)
        return tuple(self._predict(file, one, suffix) for one in self.atlas.environments)

    def _predict(self, file: File, environment: AtlasEnvironment, suffix: str) -> Prediction:
        reasons = tuple(dict.fromkeys(self._reasons(file, environment, suffix)))
        if not reasons:
            return Prediction(environment.id, Outcome.LOADS)
        unknown = all(one.rule is Rule.NEEDS_CODE for one in reasons)
        outcome = Outcome.UNKNOWN if unknown else Outcome.FAILS
        return Prediction(environment.id, outcome, reasons)

    def _reasons(self, file: File, environment: AtlasEnvironment, suffix: str) -> Iterator[Reason]:
        inspection = file.inspection
        broken = damage(inspection)
        if broken is not None:
            yield broken
        if inspection.contents in {Contents.GRAPH, Contents.GRAPH_ALONE}:
            yield from graph_problem(environment.tensorflow, inspection)
            return
        if inspection.contents is Contents.WEIGHTS:
            yield Reason(rule=Rule.NEEDS_CODE, sentence="only weights: needs the model's code")
            return
        formats = self.atlas.formats(environment.id)
        problem = container_problem(formats, inspection, suffix)
        if problem is not None:
            yield problem
            return
        yield from known_problems(file, environment)
        if inspection.container is not Container.SAVEDMODEL:  # whose graph stands for its code
            yield from code_problem(formats, file)
        place = Place(self.atlas, environment.id, _ROUTES.get(inspection.container, Route.H5))
        for one in _met(inspection):
            yield from problems(place, one, file.paths)


def _met(inspection: Inspection) -> Iterator[ObjectFact]:
    """The objects that loading has to make."""
    graph = inspection.container is Container.SAVEDMODEL
    paths = met_in_graph(inspection) if graph else frozenset()
    return (one for one in inspection.objects if not graph or one.path in paths)
