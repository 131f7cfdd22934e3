"""Gives every judged cell of a run its cause, and its remedies with how they fared.

Owns the one pass over a run. `runner.causes` recognises causes, `runner.analysis.remedies` tries
the remedies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from crossload.runner.altering import altered
from crossload.runner.analysis.judged import JudgedCell, TryResult
from crossload.runner.analysis.remedies import Trials
from crossload.runner.analysis.symptoms import Measured, symptoms_behind, symptoms_of
from crossload.runner.causes import (
    Catalogue,
    Cause,
    EnvironmentFacts,
    Recogniser,
    Symptoms,
    facts_of,
    shipped_catalogue,
)
from crossload.runner.errors import ConfigurationError
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.models.listing import read_models
from crossload.runner.models.traits import ModelTraits
from crossload.runner.shipped import probes_folder
from crossload.runner.words import Strategy


def explain_run(
    snapshot: RunSnapshot,
    judged: Sequence[JudgedCell],
    catalogue: Catalogue | None = None,
    traits: Mapping[str, ModelTraits] | None = None,
) -> tuple[JudgedCell, ...]:
    """The same cells with `cause`, `behind` and `remedies`.

    Args:
        snapshot: the run.
        judged: its cells.
        catalogue: the causes; the shipped ones by default.
        traits: those of all models, by name; by default those of the reference models.
    """
    known = known_traits({}) if traits is None else traits
    explaining = _Explaining(snapshot, catalogue or shipped_catalogue(), known)
    explained = [explaining.explain(one) for one in judged]
    trials = Trials(explained, explaining.facts, explaining.catalogue)
    return tuple(
        one if one.cause is None else altered(one, remedies=trials.remedies(one))
        for one in explained
    )


def known_traits(others: Mapping[str, ModelTraits]) -> Mapping[str, ModelTraits]:
    """The traits of the reference models and of others, by name."""
    return {**_model_traits(), **others}


class _Explaining:
    """One pass over a run: what is looked up for each cell is read once."""

    def __init__(
        self, snapshot: RunSnapshot, catalogue: Catalogue, traits: Mapping[str, ModelTraits]
    ) -> None:
        self.catalogue = catalogue
        self.facts = {one.id: facts_of(one) for one in snapshot.environments}
        self._snapshot = snapshot
        self._problems = {one.id: one.problem for one in snapshot.environments}
        self._recogniser = Recogniser(catalogue)
        self._traits = traits
        self._strategies: dict[str, Strategy | None] = {}

    def explain(self, judged: JudgedCell) -> JudgedCell:
        if not judged.verdict.needs_cause:
            return judged
        measured = self._measured(judged)
        symptoms = symptoms_of(judged, measured)
        found = (self._recogniser.recognise(one) for one in symptoms)
        cause = next((one for one in found if one is not None), None)
        if cause is None:
            return judged
        behind = self._behind(judged, measured, symptoms[0], cause)
        return altered(judged, cause=cause, behind=behind)

    def _behind(
        self, judged: JudgedCell, measured: Measured, first: Symptoms, cause: Cause
    ) -> Cause | None:
        """What stops the strategy that would have removed the first cause."""
        strategy = self._first_strategy(cause.id) or _differing(judged)
        symptoms = None if strategy is None else symptoms_behind(judged, measured, first, strategy)
        behind = None if symptoms is None else self._recogniser.recognise(symptoms)
        return None if behind is None or behind.id == cause.id else behind

    def _first_strategy(self, cause_id: str) -> Strategy | None:
        if cause_id not in self._strategies:
            entry = self.catalogue.cause(cause_id)
            remedies = () if entry is None else self.catalogue.remedies_of(entry)
            strategies = (one.strategy for one in remedies if one.strategy is not None)
            self._strategies[cause_id] = next(strategies, None)
        return self._strategies[cause_id]

    def _measured(self, judged: JudgedCell) -> Measured:
        cell = judged.cell
        return Measured(
            saver=self._facts(cell.saver),
            loader=self._facts(cell.loader),
            model=self._traits.get(cell.model) or ModelTraits(name=cell.model),
            save=self._snapshot.saves.get(SavedFile.of(cell)),
            attempts=self._snapshot.attempts.get(cell, ()),
            problem=self._problems.get(cell.saver) or self._problems.get(cell.loader),
        )

    def _facts(self, environment_id: str) -> EnvironmentFacts:
        return self.facts.get(environment_id) or EnvironmentFacts(environment_id)


def _differing(judged: JudgedCell) -> Strategy | None:
    """The first strategy that loads the model but gives different outputs."""
    differing = (one.strategy for one in judged.tried if one.result is TryResult.DIFFERS)
    return next(differing, None)


@lru_cache(maxsize=1)
def _model_traits() -> Mapping[str, ModelTraits]:
    """The traits of the reference models; none where the probes are not available."""
    try:
        return read_models(probes_folder())
    except ConfigurationError:
        return {}
