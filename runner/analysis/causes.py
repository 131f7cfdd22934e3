"""Gives every judged cell of a run its cause, and its remedies with how they fared.

Owns the one pass over a run. `runner.causes` recognises causes, `runner.analysis.remedies` tries
the remedies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from crossload.runner.altering import altered
from crossload.runner.analysis.judged import JudgedCell, TryResult
from crossload.runner.analysis.remedies import Trials
from crossload.runner.analysis.symptoms import Measured, held_by, symptoms_behind, symptoms_of
from crossload.runner.causes import (
    Catalogue,
    Cause,
    EnvironmentFacts,
    Fitting,
    Recogniser,
    Symptoms,
    facts_of,
    shipped_catalogue,
)
from crossload.runner.errors import ConfigurationError
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.models.listing import read_models
from crossload.runner.models.traits import ModelTraits
from crossload.runner.records import Cell, SaveOutcome
from crossload.runner.shipped import probes_folder
from crossload.runner.words import Strategy, Verdict


def explain_run(
    snapshot: RunSnapshot,
    judged: Sequence[JudgedCell],
    traits: Mapping[str, ModelTraits],
    kinds: Mapping[Cell, int],
) -> tuple[JudgedCell, ...]:
    """The same cells with `cause`, `behind` and `remedies`.

    Args:
        snapshot: the run.
        judged: its cells.
        traits: those of all models, by name.
        kinds: what `kinds_of` says of the run.
    """
    explaining = _Explaining(snapshot, shipped_catalogue(), traits, kinds)
    explained = [explaining.explain(one) for one in judged]
    broken = {one.id for one in snapshot.environments if one.problem is not None}
    trials = Trials(explained, explaining.facts, explaining.catalogue, broken)
    return tuple(
        one if one.cause is None else altered(one, remedies=trials.remedies(one))
        for one in explained
    )


def known_traits(others: Mapping[str, ModelTraits]) -> Mapping[str, ModelTraits]:
    """The traits of the reference models and of others, by name."""
    return {**_model_traits(), **others}


@dataclass
class _Recognised:
    """What fits the evidence of some cells: the first attempt's symptoms, then others' in turn.

    `symptoms` are those of one of these cells, of whose environments nothing is used.
    """

    measured: Measured
    symptoms: Symptoms | None
    first: Fitting | None
    behind: dict[Strategy, Fitting | None] = field(default_factory=dict)


class _Explaining:
    """One pass over a run; evidence that is equal but for the environments is read once."""

    def __init__(
        self,
        snapshot: RunSnapshot,
        catalogue: Catalogue,
        traits: Mapping[str, ModelTraits],
        kinds: Mapping[Cell, int],
    ) -> None:
        self.catalogue = catalogue
        self.facts = {one.id: facts_of(one) for one in snapshot.environments}
        self._snapshot = snapshot
        self._problems = {one.id: one.problem for one in snapshot.environments}
        self._recogniser = Recogniser(catalogue)
        self._traits = traits
        self._strategies: dict[str, Strategy | None] = {}
        self._kinds = kinds
        self._files: dict[SavedFile, tuple[SaveOutcome | None, ModelTraits, str]] = {}
        self._recognised: dict[tuple[object, ...], _Recognised] = {}
        self._chosen: dict[tuple[object, ...], Cause | None] = {}

    def explain(self, judged: JudgedCell) -> JudgedCell:
        if not judged.verdict.needs_cause:
            return judged
        known = self._recognise(judged)
        cause = self._choose(known.first, known, judged)
        if cause is None:
            return judged
        behind = self._choose(self._behind(judged, known, cause), known, judged)
        if behind is not None and behind.id == cause.id:
            behind = None
        return altered(judged, cause=cause, behind=behind)

    def _recognise(self, judged: JudgedCell) -> _Recognised:
        cell, verdict = judged.cell, judged.verdict
        save, model, holds = self._file(SavedFile.of(cell))
        problem = self._problems.get(cell.saver) or self._problems.get(cell.loader)
        key = (
            *(verdict, judged.lost, judged.baseline, cell.format, holds, model.adopted),
            *(id(judged.tried), self._kinds.get(cell)),
            id(save) if verdict is Verdict.UNSAVED else None,
            id(problem) if verdict.lacks_environment else None,
        )
        if key not in self._recognised:
            measured = Measured(
                saver=self._facts(cell.saver),
                loader=self._facts(cell.loader),
                model=model,
                save=save,
                attempts=self._snapshot.attempts.get(cell, ()),
                problem=problem,
                holds=holds,
            )
            symptoms = symptoms_of(judged, measured)
            first = None if symptoms is None else self._recogniser.fitting(symptoms)
            self._recognised[key] = _Recognised(measured, symptoms, first)
        return self._recognised[key]

    def _choose(
        self, fitting: Fitting | None, known: _Recognised, judged: JudgedCell
    ) -> Cause | None:
        """The cause for the environments of this cell."""
        if fitting is None or known.symptoms is None:
            return None
        cell = judged.cell
        code_python = self._file(SavedFile.of(cell))[1].writes_code
        key = (id(fitting), cell.saver, cell.loader, code_python)
        if key not in self._chosen:
            here = altered(
                known.symptoms,
                saver=self._facts(cell.saver),
                loader=self._facts(cell.loader),
                code_python=code_python,
            )
            self._chosen[key] = self._recogniser.choose(fitting, here)
        return self._chosen[key]

    def _behind(self, judged: JudgedCell, known: _Recognised, cause: Cause) -> Fitting | None:
        """What stops the strategy that would have removed the first cause."""
        strategy = self._first_strategy(cause.id) or _differing(judged)
        if strategy is None or known.symptoms is None:
            return None
        if strategy not in known.behind:
            symptoms = symptoms_behind(judged, known.measured, known.symptoms, strategy)
            found = None if symptoms is None else self._recogniser.fitting(symptoms)
            known.behind[strategy] = found
        return known.behind[strategy]

    def _first_strategy(self, cause_id: str) -> Strategy | None:
        if cause_id not in self._strategies:
            entry = self.catalogue.cause(cause_id)
            remedies = () if entry is None else self.catalogue.remedies_of(entry)
            strategies = (one.strategy for one in remedies if one.strategy is not None)
            self._strategies[cause_id] = next(strategies, None)
        return self._strategies[cause_id]

    def _file(self, file: SavedFile) -> tuple[SaveOutcome | None, ModelTraits, str]:
        """A file's save, the traits of its model, and what that consists of."""
        if file not in self._files:
            save = self._snapshot.saves.get(file)
            model = self._traits.get(file.model) or ModelTraits(name=file.model)
            self._files[file] = (save, model, held_by(model, save))
        return self._files[file]

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
