"""How the remedies of a cell's cause fared, looked up among what the run measured.

Owns that lookup; it starts nothing. A remedy worked where the cell it leads to is rid of the cause
and can be used without the code that built the model: it loads plainly with agreeing outputs and,
for a cell that lost something, without that loss; or it is no harder to use than this one, by a
strategy which is then named. What is true of this cell already, and did not keep it from having the
cause, did not help. A remedy whose file the saver cannot write is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

from crossload.runner.analysis.judged import JudgedCell, TryResult
from crossload.runner.causes import Catalogue, CellRemedy, EnvironmentFacts, RemedyForm, RemedyState
from crossload.runner.causes.applicability import applies
from crossload.runner.causes.form import Via
from crossload.runner.causes.values import Proof
from crossload.runner.causes.wording import remedy_sentence
from crossload.runner.conditions import Facts
from crossload.runner.formats import FORMATS
from crossload.runner.ledger.snapshot import SavedFile
from crossload.runner.records import Cell
from crossload.runner.words import Format, Strategy, Verdict

Outcome = tuple[RemedyState, Proof]
Place = tuple[str, Format, str]  # saver, format, loader
_NOTHING = Proof()
_NOT_TRIED: Outcome = (RemedyState.NOT_TRIED, _NOTHING)


class Trials:
    """The measured cells of a run, as an answer to whether a remedy works."""

    def __init__(
        self,
        judged: Sequence[JudgedCell],
        facts: Mapping[str, EnvironmentFacts],
        catalogue: Catalogue,
        broken: Collection[str] = (),
    ) -> None:
        """`broken` are the environments that cannot be used."""
        self._catalogue = catalogue
        self._broken = broken
        self._facts = facts
        # By model first: all cells that a remedy leads to have the same model.
        self._cells: dict[str, dict[Place, JudgedCell]] = defaultdict(dict)
        for one in judged:
            if one.verdict.is_measured:
                self._cells[one.cell.model][_place(one.cell)] = one
        self._unsaved = {SavedFile.of(one.cell) for one in judged if one.verdict is Verdict.UNSAVED}
        self._same: dict[tuple[object, ...], CellRemedy] = {}
        self._lists: dict[tuple[int, ...], tuple[CellRemedy, ...]] = {}
        self._applying: dict[tuple[tuple[str, ...], str, str, Format], tuple[RemedyForm, ...]] = {}
        self._nearest: dict[tuple[int, str], tuple[str, ...]] = {}

    def remedies(self, judged: JudgedCell) -> tuple[CellRemedy, ...]:
        """The remedies of the cell's cause and then of the one behind it, each once.

        Equal remedies, and equal lists of them, are one object.
        """
        cell = judged.cell
        causes = tuple(one.id for one in (judged.cause, judged.behind) if one is not None)
        key = (causes, cell.saver, self._mended(cell), cell.format)
        if key not in self._applying:
            self._applying[key] = self._applying_to(*key)
        possible = (one for one in self._applying[key] if self._can_be_written(one, cell))
        fared = tuple(self._fared(one, judged) for one in possible)
        return self._lists.setdefault(tuple(map(id, fared)), fared)

    def _mended(self, cell: Cell) -> str:
        """Where another loader's packages would be installed: the environment that is broken."""
        return cell.saver if cell.saver in self._broken else cell.loader

    def _can_be_written(self, remedy: RemedyForm, cell: Cell) -> bool:
        """Whether no saver was seen to refuse the file that the remedy wants."""
        if remedy.format is not None:
            return SavedFile(cell.saver, cell.model, remedy.format) not in self._unsaved
        if remedy.saver is None:
            return True
        savers = self._nearest_to(cell.saver, remedy.saver)
        files = {SavedFile(one, cell.model, cell.format) for one in savers}
        return not files or not files <= self._unsaved

    def _applying_to(
        self, causes: tuple[str, ...], saver: str, loader: str, format_: Format
    ) -> tuple[RemedyForm, ...]:
        entries = (self._catalogue.cause(one) for one in causes)
        ids = dict.fromkeys(id_ for entry in entries if entry is not None for id_ in entry.remedies)
        here = self._facts.get(loader, EnvironmentFacts(loader))
        there = self._facts.get(saver, EnvironmentFacts(saver))
        remedies = (self._catalogue.remedies[one] for one in ids)
        return tuple(one for one in remedies if applies(one, there, here, format_))

    def _fared(self, remedy: RemedyForm, judged: JudgedCell) -> CellRemedy:
        state, proof = self._outcome(remedy, judged)
        # A strategy's code is what its attempt executed; the catalogue has none for it.
        code = remedy.code if remedy.strategy is None else judged.code(remedy.strategy)
        sentence = remedy_sentence(remedy.sentence, judged.cell.format)
        key = (remedy.id, sentence, code, state, proof)
        if key not in self._same:
            self._same[key] = CellRemedy(*key)
        return self._same[key]

    def _outcome(self, remedy: RemedyForm, judged: JudgedCell) -> Outcome:
        cell = judged.cell
        if remedy.strategy is not None:
            return _by_strategy(remedy.strategy, judged)
        if remedy.format is not None:
            return self._by_cells([(cell.saver, remedy.format, cell.loader)], judged, "")
        if remedy.loader is not None:
            return self._by_environments("loader", remedy.loader, judged)
        if remedy.saver is not None:
            return self._by_environments("saver", remedy.saver, judged)
        if remedy.via is not None:
            return self._by_way(remedy.via, judged)
        return (RemedyState.CANNOT_BE_TRIED, _NOTHING)

    def _by_environments(self, side: str, wanted: Facts, judged: JudgedCell) -> Outcome:
        """Another environment on one side."""
        cell = judged.cell
        place = self._mended(cell) if side == "loader" else cell.saver
        others = self._nearest_to(place, wanted)
        if side == "loader" and place == cell.loader:
            tries = [(cell.saver, cell.format, one) for one in others]
        else:
            tries = [(one, cell.format, cell.loader) for one in others]
        return self._by_cells(tries, judged, side)

    def _by_cells(self, tries: Iterable[Place], judged: JudgedCell, shown: str) -> Outcome:
        """The first of the cells that loads plainly, or else the first that is rid of the cause."""
        outcome = _NOT_TRIED
        cells, own = self._cells[judged.cell.model], _place(judged.cell)
        for place in tries:
            other = cells.get(place)
            if other is None or place == own:
                continue
            if _is_better(other, judged):
                return (RemedyState.WORKED, Proof(_side(place, shown)))
            if outcome[0] is RemedyState.WORKED:
                continue
            if _helps(other, judged):
                strategy = None if other.verdict.loads_plainly else other.strategy
                outcome = (RemedyState.WORKED, Proof(_side(place, shown), strategy=strategy))
            elif outcome[0] is RemedyState.NOT_TRIED:
                state = RemedyState.NEEDS_CODE if _needs_code(other) else RemedyState.DID_NOT_HELP
                outcome = (state, Proof(_side(place, shown)))
        return outcome

    def _by_way(self, via: Via, judged: JudgedCell) -> Outcome:
        """Over a third environment that reads this file, and whose own file loads here."""
        cell = judged.cell
        cells = self._cells[cell.model]
        outcome = _NOT_TRIED
        for middle in self._nearest_to(cell.loader, via.environment):
            there = cells.get((cell.saver, cell.format, middle))
            here = cells.get((middle, via.format, cell.loader))
            if there is None or here is None or middle in {cell.saver, cell.loader}:
                continue
            if _is_better(there, judged) and _is_better(here, judged):
                return (RemedyState.WORKED, Proof(middle, via.format))
            if outcome is _NOT_TRIED:
                outcome = (RemedyState.DID_NOT_HELP, Proof(middle, via.format))
        return outcome

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


def _place(cell: Cell) -> Place:
    return (cell.saver, cell.format, cell.loader)


def _side(place: Place, side: str) -> str:
    """The environment on that side; empty where neither is asked for."""
    return {"loader": place[2], "saver": place[0]}.get(side, "")


def _by_strategy(strategy: Strategy, judged: JudgedCell) -> Outcome:
    tried = next((one for one in judged.tried if one.strategy is strategy), None)
    if tried is None:
        return _NOT_TRIED
    if tried.result is TryResult.UNPROVED:
        return (RemedyState.UNPROVED, _NOTHING)
    if tried.result is not TryResult.AGREES:
        return (RemedyState.DID_NOT_HELP, _NOTHING)
    return (RemedyState.WORKED, _NOTHING)


def _helps(other: JudgedCell, judged: JudgedCell) -> bool:
    """Whether the other cell is rid of the cause, and no harder to use, though it needs help."""
    if judged.verdict is Verdict.PARTIAL or _needs_code(other):
        return False
    if not other.verdict.works or _asked(other).is_worse_than(_asked(judged)):
        return False
    if other.cause is None or judged.cause is None:
        return other.verdict.loads_plainly
    return other.cause.id != judged.cause.id


def _is_better(other: JudgedCell, judged: JudgedCell) -> bool:
    """Whether the other cell loads plainly, without the loss that this one is about."""
    if not other.verdict.loads_plainly or _asked(other) is not other.verdict:
        return False
    if judged.verdict is Verdict.PARTIAL:
        return not set(other.lost) & set(judged.lost)
    return True


def _asked(judged: JudgedCell) -> Verdict:
    return _asks(judged.verdict, judged.cell.format)


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


def _needs_code(judged: JudgedCell) -> bool:
    """Whether the file gives the right outputs only with the code that built the model."""
    return _asked(judged) is Verdict.REBUILT
