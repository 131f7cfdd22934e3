"""Judges whole runs: what has equal evidence once.

Owns that pass. `runner.analysis.judge` has the rules for one cell, `runner.analysis.causes` looks
for causes.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from crossload.runner.altering import altered
from crossload.runner.analysis.causes import explain_run, known_traits
from crossload.runner.analysis.judge import Evidence, judge_alone, judge_attempt, with_baseline
from crossload.runner.analysis.judged import JudgedCell, Judgement, Names, Tried
from crossload.runner.analysis.kinds import attempt_key, kinds_of
from crossload.runner.analysis.scale import Scale, scale_of
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.models.traits import ModelTraits
from crossload.runner.records import Attempt, Cell, SaveOutcome, SubjectRecord
from crossload.runner.subjects.code import module_of
from crossload.runner.words import SubjectTask, Verdict


def judge_run(
    snapshot: RunSnapshot, traits: Mapping[str, ModelTraits] | None = None
) -> tuple[JudgedCell, ...]:
    """Judge every cell of a run, in the order of its plan, with causes and remedies.

    `traits` are those of the user's models, by name.
    """
    scripted = any(cell.format.is_script for cell in snapshot.cells)
    known = known_traits(traits or {}, cases=scripted)
    judging = _Judging(snapshot, {name for name, one in known.items() if one.code})
    return explain_run(snapshot, judging.all(), traits=known)


@dataclass(frozen=True)
class _File:
    """What is the same for all cells of one saved file."""

    save: SaveOutcome | None
    scale: Scale
    names: Names
    has_code: bool

    @cached_property
    def is_saved(self) -> bool:
        return Evidence(save=self.save).is_saved


class _Judging:
    """One pass over a run; what has equal evidence is judged once."""

    def __init__(self, snapshot: RunSnapshot, coded: AbstractSet[str]) -> None:
        self._snapshot = snapshot
        self._coded = coded
        self._problems = {one.id: one.problem for one in snapshot.environments}
        self._subjects = {one.name: one for one in snapshot.run.start.subjects}
        self._kinds = kinds_of(snapshot)
        self._scales: dict[Scale, Scale] = {}
        self._names: dict[Names, Names] = {}
        self._tried: dict[tuple[object, ...], Tried] = {}
        self._judged: dict[tuple[object, ...], JudgedCell] = {}
        self._final: dict[tuple[object, ...], JudgedCell] = {}

    def all(self) -> list[Judgement]:
        """Every cell in the order of the plan with its judgement, which has no cause yet."""
        places = [SavedFile.of(cell) for cell in self._snapshot.cells]
        files = {place: self._file(place) for place in dict.fromkeys(places)}
        cells = list(zip(self._snapshot.cells, places, strict=True))
        baselines = {
            place: self._of(cell, files[place]).verdict
            for cell, place in cells
            if cell.saver == cell.loader
        }
        return [
            Judgement(cell, at, self._finished(cell, files[at], baselines.get(at)))
            for cell, at in cells
        ]

    def _file(self, place: SavedFile) -> _File:
        snapshot = self._snapshot
        save = snapshot.saves.get(place)
        own = snapshot.attempts.get(Cell(place.saver, place.model, place.format, place.saver), ())
        scale = scale_of(None if save is None else save.noise, own, snapshot.run.start.tolerances)
        names = names_of(save, self._subjects.get(place.model))
        return _File(
            save,
            self._scales.setdefault(scale, scale),
            self._names.setdefault(names, names),
            place.model in self._coded,
        )

    def _of(self, cell: Cell, file: _File) -> JudgedCell:
        """The judgement of a cell, or of another one with the same evidence."""
        kind = self._kinds.get(cell)
        problems = self._problems.get(cell.saver), self._problems.get(cell.loader)
        if kind is None and any(problems):
            key: tuple[object, ...] = (cell.saver, cell.loader)
        elif not file.is_saved:
            key = (id(file.save),)
        else:
            key = (kind, id(file.scale), cell.format if file.has_code else None)
        if key not in self._judged:
            evidence = Evidence(
                save=file.save,
                attempts=self._snapshot.attempts.get(cell, ()),
                saver_problem=problems[0],
                loader_problem=problems[1],
                has_code=file.has_code,
            )
            self._judged[key] = judge_alone(cell, evidence, file.scale, self._try)
        return self._judged[key]

    def _try(self, attempt: Attempt, scale: Scale) -> Tried:
        """The judgement of an attempt; those that came to the same on one scale share it."""
        key = (id(scale), *attempt_key(attempt))
        if key not in self._tried:
            self._tried[key] = judge_attempt(attempt, scale)
        return self._tried[key]

    def _finished(self, cell: Cell, file: _File, baseline: Verdict | None) -> JudgedCell:
        judged = self._of(cell, file)
        key = (id(judged), baseline, id(file.names), cell.saver == cell.loader)
        if key not in self._final:
            here = altered(judged, cell=cell)
            self._final[key] = with_baseline(here, baseline, file.names)
        return self._final[key]


def names_of(save: SaveOutcome | None, subject: SubjectRecord | None) -> Names:
    """What the user calls the file: its own name if it was given, else that of what was saved."""
    file = "" if save is None else save.payload_name
    if subject is None:
        return Names(file)
    is_given = subject.task in {SubjectTask.ADOPT, SubjectTask.BARE}
    if is_given and "weights" not in dict(subject.given):  # those become one folder
        file = PurePath(subject.path).name or file
    return Names(file, module_of(subject))
