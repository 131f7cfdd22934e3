"""How the remedies of a cell's cause fared, looked up among what the run measured.

Owns that lookup; it starts nothing. A remedy worked where the cell it leads to is rid of the cause
and can be used without the code that built the model: it loads plainly with agreeing outputs and,
for a cell that lost something, without that loss; or it is no harder to use than this one, by a
strategy which is then named. What is true of this cell already, and did not keep it from having the
cause, did not help. A remedy is left out where the saver cannot write the file that it needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from crossload.runner.analysis.judged import JudgedCell, TryResult
from crossload.runner.causes import Catalogue, CellRemedy, EnvironmentFacts, RemedyForm, RemedyState
from crossload.runner.causes.applicability import applies
from crossload.runner.causes.values import Proof
from crossload.runner.causes.wording import remedy_sentence
from crossload.runner.conditions import Facts
from crossload.runner.formats import FORMATS
from crossload.runner.records import Cell
from crossload.runner.words import Format, Strategy, Verdict

Outcome = tuple[RemedyState, Proof]
Place = tuple[str, Format, str]  # saver, format, loader
_NOTHING = Proof()
_NOT_TRIED: Outcome = (RemedyState.NOT_TRIED, _NOTHING)


@dataclass(frozen=True)
class _Way:
    """A remedy where it applies, and where it leads: to cells of whichever model.

    `shown` is the side whose environment proves it; `over` are pairs of places to pass through.
    It needs one of `files`, if there are any: savers and formats. `behind`: not of the first cause.
    """

    remedy: RemedyForm
    sentence: str
    behind: bool
    places: tuple[Place, ...] = ()
    shown: str = ""
    over: tuple[tuple[Place, Place], ...] = ()
    files: frozenset[tuple[str, Format]] = frozenset()


class _Measured(NamedTuple):
    """A measured cell, what it asks of a user, and whether it loads plainly and asks no more."""

    judged: JudgedCell
    asks: Verdict
    is_plain: bool


Cells = Mapping[Place, _Measured]  # of one model


class Trials:
    """The measured cells of a run, as an answer to whether a remedy works."""

    def __init__(
        self,
        judged: Iterable[tuple[Cell, JudgedCell]],
        facts: Mapping[str, EnvironmentFacts],
        catalogue: Catalogue,
        broken: Collection[str] = (),
        adopted: Collection[str] = (),
    ) -> None:
        """`broken` are the environments that cannot be used, `adopted` models that are files."""
        self._catalogue = catalogue
        self._broken = broken
        self._adopted = adopted
        self._facts = facts
        # By model first: all cells that a remedy leads to have the same model.
        self._cells: dict[str, dict[Place, _Measured]] = defaultdict(dict)
        self._unsaved: dict[str, set[tuple[str, Format]]] = defaultdict(set)
        for cell, one in judged:
            if one.verdict is Verdict.UNSAVED:
                self._unsaved[cell.model].add((cell.saver, cell.format))
            elif one.verdict.is_measured:
                asks = _asks(one.verdict, cell.format)
                is_plain = one.verdict.loads_plainly and asks is one.verdict
                self._cells[cell.model][_place(cell)] = _Measured(one, asks, is_plain)
        self._same: dict[tuple[object, ...], CellRemedy] = {}
        self._alone: dict[tuple[str, str, int], CellRemedy] = {}
        self._lists: dict[tuple[int, ...], tuple[CellRemedy, ...]] = {}
        self._ways: dict[tuple[tuple[str, ...], Place], tuple[_Way, ...]] = {}
        self._nearest: dict[tuple[int, str], tuple[str, ...]] = {}

    def remedies(self, cell: Cell, judged: JudgedCell) -> tuple[CellRemedy, ...]:
        """The remedies of the cell's cause and of the one behind it, each once, what worked first.

        `judged` may be of another cell with the same evidence. Equal remedies, and equal lists of
        them, are one object.
        """
        if judged.cause is None:
            return ()
        causes = tuple(one.id for one in (judged.cause, judged.behind) if one is not None)
        key = (causes, _place(cell))
        if key not in self._ways:
            self._ways[key] = tuple(self._ways_from(*key))
        if not self._ways[key]:
            return ()
        asked = _asks(judged.verdict, cell.format)
        cells, unsaved = self._cells[cell.model], self._unsaved[cell.model]
        has_file = judged.verdict is not Verdict.UNSAVED or cell.model in self._adopted
        fared = [
            (one, self._fared(one, cells, judged, asked))
            for one in self._ways[key]
            if (not one.files or not one.files <= unsaved)
            and (has_file or not one.remedy.needs_file)
        ]
        fared.sort(key=lambda pair: _place_in_list(pair[0], pair[1], judged))
        found = tuple([trial for _, trial in fared])
        return self._lists.setdefault(tuple(map(id, found)), found)

    def _ways_from(self, causes: tuple[str, ...], place: Place) -> Iterator[_Way]:
        """The remedies of these causes that apply there."""
        saver, format_, loader = place
        # Where another loader's packages would be installed: the environment that is broken.
        repaired = saver if saver in self._broken else loader
        entries = [self._catalogue.cause(one) for one in causes]
        ids = dict.fromkeys(id_ for entry in entries if entry is not None for id_ in entry.remedies)
        own = () if entries[0] is None else entries[0].remedies
        here = self._facts.get(repaired, EnvironmentFacts(repaired))
        there = self._facts.get(saver, EnvironmentFacts(saver))
        for one in (self._catalogue.remedies[id_] for id_ in ids):
            if applies(one, there, here, format_):
                sentence = remedy_sentence(one.sentence, format_)
                way = _Way(one, sentence, behind=one.id not in own)
                yield self._leading(way, place, repaired)

    def _leading(self, way: _Way, place: Place, repaired: str) -> _Way:
        """The way with the places that it leads to."""
        remedy = way.remedy
        saver, format_, loader = place
        if remedy.strategy is not None:
            return way
        if remedy.format is not None:
            other = (saver, remedy.format, loader)
            files = frozenset({(saver, remedy.format)})
            return replace(way, places=() if other == place else (other,), files=files)
        if remedy.loader is not None:
            others = self._nearest_to(repaired, remedy.loader)
            if repaired == loader:
                places = tuple((saver, format_, one) for one in others)
            else:
                places = tuple((one, format_, loader) for one in others)
            return replace(way, places=places, shown="loader")
        if remedy.saver is not None:
            others = self._nearest_to(saver, remedy.saver)
            places = tuple((one, format_, loader) for one in others)
            files = frozenset((one, format_) for one in others)
            return replace(way, places=places, shown="saver", files=files)
        if remedy.via is not None:
            middles = self._nearest_to(loader, remedy.via.environment)
            there = ((saver, format_, one) for one in middles if one != saver)
            here = ((one, remedy.via.format, loader) for one in middles if one != saver)
            return replace(way, over=tuple(zip(there, here, strict=True)))
        return way

    def _fared(self, way: _Way, cells: Cells, judged: JudgedCell, asked: Verdict) -> CellRemedy:
        if way.places or way.over:
            return self._remedy(way, judged, _outcome(way, cells, judged, asked))
        # It leads to no other cell: what is known of this one is known of all with its evidence.
        key = (way.remedy.id, way.sentence, id(judged))
        if key not in self._alone:
            outcome = _outcome(way, cells, judged, asked)
            self._alone[key] = self._remedy(way, judged, outcome)
        return self._alone[key]

    def _remedy(self, way: _Way, judged: JudgedCell, outcome: Outcome) -> CellRemedy:
        remedy = way.remedy
        # A strategy's code is what its attempt executed; the catalogue has none for it.
        code = remedy.code if remedy.strategy is None else judged.code(remedy.strategy)
        key = (remedy.id, way.sentence, code, *outcome, way.behind)
        if key not in self._same:
            self._same[key] = CellRemedy(*key)
        return self._same[key]

    def _nearest_to(self, environment_id: str, wanted: Facts) -> tuple[str, ...]:
        """The environments that fulfil the facts, the one most like this one first.

        A package that is to be replaced is tried where nothing else is different.
        """
        key = (id(wanted), environment_id)
        if key not in self._nearest:
            here = self._facts.get(environment_id, EnvironmentFacts(environment_id))
            fitting = [one for one in self._facts.values() if one.fulfils(wanted)]
            if wanted.names_packages_only:
                fitting = [one for one in fitting if not any(here.distance(one))]
            fitting.sort(key=lambda one: (here.distance(one), one.id))
            self._nearest[key] = tuple(one.id for one in fitting if one.id != environment_id)
        return self._nearest[key]


def _place_in_list(way: _Way, trial: CellRemedy, judged: JudgedCell) -> int:
    """What is read first: the way that the verdict is about, others that worked, the rest.

    Among equals, the catalogue's order counts.
    """
    if trial.state is RemedyState.WORKED:
        return 0 if way.remedy.strategy is judged.strategy else 1
    return 3 if trial.state is RemedyState.DID_NOT_HELP else 2


def _place(cell: Cell) -> Place:
    return (cell.saver, cell.format, cell.loader)


def _side(place: Place, side: str) -> str:
    """The environment on that side; empty where neither is asked for."""
    return {"loader": place[2], "saver": place[0]}.get(side, "")


def _outcome(way: _Way, cells: Cells, judged: JudgedCell, asked: Verdict) -> Outcome:
    """How a remedy fared among the cells of a model, for a cell that asks `asked` of a user."""
    remedy = way.remedy
    if remedy.strategy is not None:
        return _by_strategy(remedy.strategy, judged)
    if remedy.via is not None:
        return _by_way(way, cells, judged)
    if remedy.format is None and remedy.loader is None and remedy.saver is None:
        return (RemedyState.CANNOT_BE_TRIED, _NOTHING)
    return _by_cells(way, cells, judged, asked)


def _by_cells(way: _Way, cells: Cells, judged: JudgedCell, asked: Verdict) -> Outcome:
    """The first of the cells that loads plainly, or else the first that is rid of the cause."""
    outcome = _NOT_TRIED
    for place in way.places:
        other = cells.get(place)
        if other is None:
            continue
        if _is_better(other, judged):
            return (RemedyState.WORKED, Proof(_side(place, way.shown)))
        if outcome[0] is RemedyState.WORKED:
            continue
        if _helps(other, judged, asked):
            plain = other.judged.verdict.loads_plainly
            strategy = None if plain else other.judged.strategy
            outcome = (RemedyState.WORKED, Proof(_side(place, way.shown), strategy=strategy))
        elif outcome[0] is RemedyState.NOT_TRIED:
            needs_code = other.asks is Verdict.REBUILT
            state = RemedyState.NEEDS_CODE if needs_code else RemedyState.DID_NOT_HELP
            outcome = (state, Proof(_side(place, way.shown)))
    return outcome


def _by_way(way: _Way, cells: Cells, judged: JudgedCell) -> Outcome:
    """Over a third environment that reads this file, and whose own file loads here."""
    outcome = _NOT_TRIED
    for one, other in way.over:
        there, here = cells.get(one), cells.get(other)
        if there is None or here is None:
            continue
        middle, format_, _ = other
        if _is_better(there, judged) and _is_better(here, judged):
            return (RemedyState.WORKED, Proof(middle, format_))
        if outcome is _NOT_TRIED:
            outcome = (RemedyState.DID_NOT_HELP, Proof(middle, format_))
    return outcome


def _by_strategy(strategy: Strategy, judged: JudgedCell) -> Outcome:
    tried = next((one for one in judged.tried if one.strategy is strategy), None)
    if tried is None:
        return _NOT_TRIED
    if tried.result is TryResult.UNPROVED:
        return (RemedyState.UNPROVED, _NOTHING)
    loses_it_too = judged.verdict is Verdict.PARTIAL and set(tried.lost) & set(judged.lost)
    if tried.result is not TryResult.AGREES or loses_it_too:
        return (RemedyState.DID_NOT_HELP, _NOTHING)
    return (RemedyState.WORKED, _NOTHING)


def _helps(other: _Measured, judged: JudgedCell, asked: Verdict) -> bool:
    """Whether another cell is rid of the cause, and no harder to use, though it needs help."""
    if judged.verdict is Verdict.PARTIAL or other.asks is Verdict.REBUILT:
        return False
    verdict, cause = other.judged.verdict, other.judged.cause
    if not verdict.works or other.asks.is_worse_than(asked):
        return False
    if cause is None or judged.cause is None:
        return verdict.loads_plainly
    return cause.id != judged.cause.id


def _is_better(other: _Measured, judged: JudgedCell) -> bool:
    """Whether another cell loads plainly, without the loss that this one is about."""
    if not other.is_plain:
        return False
    return judged.verdict is not Verdict.PARTIAL or not set(other.judged.lost) & set(judged.lost)


@cache
def _asks(verdict: Verdict, format_: Format) -> Verdict:
    """What a cell asks of a user: a format without architecture or model asks more than it says."""
    spec = FORMATS[format_]
    least = verdict
    if spec.needs_build:
        least = Verdict.REBUILT
    elif not spec.holds_model and not format_.is_script:
        least = Verdict.PREDICTS
    return least if least.is_worse_than(verdict) else verdict
