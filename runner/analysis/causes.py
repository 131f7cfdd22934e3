"""Gives every judged cell of a run its cause, and its remedies with how they fared.

Owns the one pass over a run. `runner.causes` recognises causes, `runner.analysis.remedies` tries
the remedies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from crossload.runner.altering import altered
from crossload.runner.analysis.judged import JudgedCell, Judgement, Tried, TryResult
from crossload.runner.analysis.remedies import Trials
from crossload.runner.analysis.symptoms import (
    Measured,
    held_by,
    symptom_kind,
    symptoms_behind,
    symptoms_of,
)
from crossload.runner.cases.calls import calls_of
from crossload.runner.cases.library import FOLDER, read_cases
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
from crossload.runner.shipped import probes_folder, shipped_path
from crossload.runner.words import Strategy, Verdict


def explain_run(
    snapshot: RunSnapshot, judged: Sequence[Judgement], traits: Mapping[str, ModelTraits]
) -> tuple[JudgedCell, ...]:
    """The same cells, each judged for itself, with `cause`, `behind` and `remedies`.

    Args:
        snapshot: the run.
        judged: its cells.
        traits: those of all models, by name.
    """
    explaining = _Explaining(snapshot, shipped_catalogue(), traits)
    explained = [(one.cell, explaining.explain(one)) for one in judged]
    broken = {one.id for one in snapshot.environments if one.problem is not None}
    adopted = {one.name for one in traits.values() if one.adopted}
    trials = Trials(explained, explaining.facts, explaining.catalogue, broken, adopted)
    return tuple(
        altered(one, cell=cell, remedies=trials.remedies(cell, one)) for cell, one in explained
    )


def known_traits(
    others: Mapping[str, ModelTraits], *, cases: bool = True
) -> Mapping[str, ModelTraits]:
    """The traits of the reference models, of the shipped `cases` and of others, by name."""
    return {**_model_traits(), **(_case_traits() if cases else {}), **others}


@dataclass(frozen=True)
class _File:
    """What the cause of a cell owes to its file; `kind` is a number for `holds` and the like."""

    save: SaveOutcome | None
    model: ModelTraits
    holds: str
    kind: int


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
    ) -> None:
        self.catalogue = catalogue
        self.facts = {one.id: facts_of(one) for one in snapshot.environments}
        self._snapshot = snapshot
        self._problems = {one.id: one.problem for one in snapshot.environments}
        self._recogniser = Recogniser(catalogue)
        self._traits = traits
        self._strategies: dict[str, tuple[Strategy, ...]] = {}
        self._files: dict[SavedFile, _File] = {}
        self._file_kinds: dict[tuple[object, ...], int] = {}
        self._recognised: dict[tuple[object, ...], _Recognised] = {}
        self._evidence: dict[int, int] = {}
        self._evidence_kinds: dict[tuple[int, ...], int] = {}
        self._tried: dict[int, int] = {}
        self._tried_kinds: dict[tuple[object, ...], int] = {}
        self._chosen: dict[tuple[object, ...], Cause | None] = {}
        self._causes: dict[Cause, Cause] = {}
        self._explained: dict[tuple[int, int, int], JudgedCell] = {}

    def explain(self, one: Judgement) -> JudgedCell:
        """What the evidence says, with the causes for the environments of this cell; shared too."""
        cell, judged = one.cell, one.judged
        if not judged.verdict.needs_cause:
            return judged
        file = self._file(one.file)
        known = self._recognise(one, file)
        cause = self._choose(known.first, known, cell, file)
        if cause is None:
            return judged
        behind = self._choose(self._behind(judged, known, cause), known, cell, file)
        if behind is not None and behind.id == cause.id:
            behind = None
        key = (id(judged), id(cause), id(behind))
        if key not in self._explained:
            self._explained[key] = altered(judged, cause=cause, behind=behind)
        return self._explained[key]

    def _recognise(self, one: Judgement, file: _File) -> _Recognised:
        cell, judged, verdict = one.cell, one.judged, one.judged.verdict
        problem = self._problems.get(cell.saver) or self._problems.get(cell.loader)
        if verdict is Verdict.UNSAVED:
            evidence = id(file.save)
        elif verdict.lacks_environment:
            evidence = id(problem)
        else:
            evidence = self._evidence_of(judged.tried)
        key = (evidence, verdict, judged.lost, judged.baseline, file.kind)
        if key not in self._recognised:
            measured = Measured(
                saver=self._facts(cell.saver),
                loader=self._facts(cell.loader),
                model=file.model,
                save=file.save,
                attempts=self._snapshot.attempts.get(cell, ()),
                problem=problem,
                holds=file.holds,
            )
            symptoms = symptoms_of(altered(judged, cell=cell), measured)
            first = None if symptoms is None else self._recogniser.fitting(symptoms)
            self._recognised[key] = _Recognised(measured, symptoms, first)
        return self._recognised[key]

    def _evidence_of(self, tried: tuple[Tried, ...]) -> int:
        """A number for these attempts; the same for others that differ in measured numbers alone.

        By identity first, because cells share them: `judge_run` keeps them alive.
        """
        number = self._evidence.get(id(tried))
        if number is None:
            kinds = tuple([self._kind_of(one) for one in tried])
            number = self._evidence_kinds.setdefault(kinds, len(self._evidence_kinds))
            self._evidence[id(tried)] = number
        return number

    def _kind_of(self, tried: Tried) -> int:
        number = self._tried.get(id(tried))
        if number is None:
            kind = symptom_kind(tried)
            number = self._tried[id(tried)] = self._tried_kinds.setdefault(
                kind, len(self._tried_kinds)
            )
        return number

    def _choose(
        self, fitting: Fitting | None, known: _Recognised, cell: Cell, file: _File
    ) -> Cause | None:
        """The cause for the environments of this cell; equal ones are one object."""
        if fitting is None or known.symptoms is None:
            return None
        key = (id(fitting), cell.saver, cell.loader, file.model.writes_code)
        if key not in self._chosen:
            here = altered(
                known.symptoms,
                saver=self._facts(cell.saver),
                loader=self._facts(cell.loader),
                code_python=file.model.writes_code,
            )
            cause = self._recogniser.choose(fitting, here)
            self._chosen[key] = cause and self._causes.setdefault(cause, cause)
        return self._chosen[key]

    def _behind(self, judged: JudgedCell, known: _Recognised, cause: Cause) -> Fitting | None:
        """What stops the strategy that would have removed the first cause."""
        tried = {one.strategy for one in judged.tried}
        removing = (one for one in self._strategies_against(cause.id) if one in tried)
        strategy = next(removing, None) or _differing(judged)
        if strategy is None or known.symptoms is None:
            return None
        if strategy not in known.behind:
            symptoms = symptoms_behind(judged, known.measured, known.symptoms, strategy)
            found = None if symptoms is None else self._recogniser.fitting(symptoms)
            known.behind[strategy] = found
        return known.behind[strategy]

    def _strategies_against(self, cause_id: str) -> tuple[Strategy, ...]:
        """The strategies among the remedies of a cause, in their order."""
        if cause_id not in self._strategies:
            entry = self.catalogue.cause(cause_id)
            remedies = () if entry is None else self.catalogue.remedies_of(entry)
            found = tuple(one.strategy for one in remedies if one.strategy is not None)
            self._strategies[cause_id] = found
        return self._strategies[cause_id]

    def _file(self, file: SavedFile) -> _File:
        if file not in self._files:
            save = self._snapshot.saves.get(file)
            model = self._traits.get(file.model) or ModelTraits(name=file.model)
            holds = held_by(model, save)
            alike = (file.format, holds, model.adopted)
            kind = self._file_kinds.setdefault(alike, len(self._file_kinds))
            self._files[file] = _File(save, model, holds, kind)
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


@lru_cache(maxsize=1)
def _case_traits() -> Mapping[str, ModelTraits]:
    """The traits of the shipped cases; a broken one has none."""
    cases = read_cases((shipped_path(FOLDER),), ()).good
    return {name: ModelTraits(name, calls=calls_of(one.scripts)) for name, one in cases.items()}
