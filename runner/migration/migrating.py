"""The search for a route: try the ways in order, and stop at the first whose new file holds.

Owns the order: the target itself by any strategy that gives the whole model, the translator
included; one bridge; two bridges; then weights alone in a model that the user's code builds. The
last file is always written by the target, and counts only if the target loads it again with the
outputs that are expected of it. `jobs` makes the files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from crossload.runner.analysis import JudgedCell, TryResult
from crossload.runner.checking.planning import Wanted
from crossload.runner.checking.running import (
    Check,
    Checked,
    Refusal,
    Rounds,
    Session,
    check_rounds,
    follow,
)
from crossload.runner.checking.verdicts import effective
from crossload.runner.environments.model import Environment
from crossload.runner.errors import EnvironmentsError
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.migration.jobs import File, Job, Made, Workshop
from crossload.runner.migration.model import Leg, Migration, Result, Route, Stage, Trial
from crossload.runner.migration.routes import Map, first_bridges, further_bridges
from crossload.runner.migration.wording import cell_told, refused_told, verify_told
from crossload.runner.records import SaveOutcome
from crossload.runner.strategies import STRATEGIES, Part, strategies_that_need
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format, Strategy, SubjectTask

# Ways of loading that give a model which can be saved as a whole, and those that need its code.
_WHOLE = tuple(one for one, spec in STRATEGIES.items() if spec.is_whole)
_REBUILT = strategies_that_need(Part.BUILDER)
_REWRITING = strategies_that_need(Part.WEIGHTS)
_UNSAFE = strategies_that_need(Part.CODE)
_AT_ONCE, _BATCHES, _BEST, _OF_A_KIND = 6, 2, 3, 2


@dataclass(frozen=True)
class Wish:
    """What the user wants.

    Attributes:
        format: the format of the new file.
        saver: the environment that stands for the file's writer; None to find one.
        keep_training: go on where a route loses what training needs, and take the best.
        unproved: take the new file even where nothing can say what the old one answers.
    """

    format: Format
    saver: Environment | None = None
    keep_training: bool = False
    unproved: bool = False


class Search:
    """One model on its way to one environment."""

    def __init__(self, subject: Subject, target: Environment, session: Session, known: Map) -> None:
        self._subject = subject
        self._target = target
        self._session = session
        self._known = known
        self._workshop = Workshop(subject, target, session)
        self._trials: list[Trial] = []
        self._made: list[Made] = []
        self._best: Result | None = None

    def run(self, wish: Wish) -> Migration:
        """Find a route, or say of every one that was tried where it failed.

        Raises:
            EnvironmentsError: the target or the given saver cannot be used.
            CrossloadError: whatever a run raises.
        """
        return follow(self._rounds(wish), self._session)

    def _rounds(self, wish: Wish) -> Rounds[Migration]:
        saver = wish.saver
        wanted = Wanted(((saver or self._target, self._target),), saver is not None)
        found = yield from check_rounds([self._subject], wanted, self._session)
        self._workshop.remember(found.snapshot)
        for one in (self._target, *((saver,) if saver else ())):
            _check_usable(one, found.snapshot)
        checked = _with_refusal(found, saver, self._subject)
        at = checked.baseline or (saver.id if saver else None)
        save = None if at is None else found.snapshot.saves.get(_saved(at, self._subject))
        migration = Migration(checked, self._target)
        end = Leg(self._target, wish.format)
        there = next((one for one in checked.cells if one.cell.loader == self._target.id), None)
        kept = _kept(found, checked.subject)
        known = kept if at is None and checked.subject.expects else save
        if there is None:
            pass
        elif known is not None and known.artifact is not None:
            source = File(known.artifact, _format(self._subject))
            yield from self._search(source, there, end, wish)
            migration = replace(migration, baseline=at, source=known)
        elif kept and (strategy := _loading(there)):
            migration = replace(migration, unproved=strategy)
            if wish.unproved:
                source = File(str(kept.artifact), _format(self._subject))
                yield from self._finish([Job(source, end, strategy, _changes(there, strategy))])
                migration = replace(migration, source=kept)
        return replace(
            migration,
            result=self._best,
            trials=tuple(self._trials),
            environments=tuple(self._workshop.environments.values()),
        )

    def _search(self, source: File, there: JudgedCell, end: Leg, wish: Wish) -> Rounds[None]:
        """Try the routes in order, until one is good enough."""
        strategy = _agreeing(there, _WHOLE)
        if strategy is None:
            self._stopped((), self._target, Stage.LOAD, there)
        else:
            yield from self._finish([Job(source, end, strategy, _changes(there, strategy))])
        if not self._satisfies(wish):
            baseline = next(one for one in self._known.every if one.id == there.cell.saver)
            first = self._varied(first_bridges(self._subject, baseline, self._target, self._known))
            # Where the model is known to get there, only the likeliest bridges are worth the time.
            sure = strategy is not None or _agreeing(there, _REBUILT) is not None
            starts = [Job(source, one.legs[-1]) for one in first[: _AT_ONCE if sure else None]]
            yield from self._bridged(starts, end, wish)
            if not (sure or self._satisfies(wish) or self._rebuilt()):
                yield from self._bridged(self._further(), end, wish)
        if self._best is None:
            yield from self._weights_only(source, there, end)

    def _satisfies(self, wish: Wish) -> bool:
        best = self._best
        return best is not None and (best.keeps_training or not wish.keep_training)

    def _further(self) -> list[Job]:
        """Jobs that go on, over another bridge, from files that were made."""
        files = {_told(one.file.legs): one.file for one in self._made if one.file}
        begun = [one.legs for one in files.values()]
        more = self._varied(further_bridges(begun, self._target, self._known))
        return [Job(files[_told(one.legs[:-1])], one.legs[-1]) for one in more]

    def _varied(self, routes: Sequence[Route]) -> list[Route]:
        """The first few of each kind: where two have failed, a third like them will fail too."""
        count: Counter[tuple[object, ...]] = Counter()
        chosen = []
        for route in routes:
            kind = tuple(self._known.kind(leg) for leg in route.legs)
            count[kind] += 1
            if count[kind] <= _OF_A_KIND:
                chosen.append(route)
        return chosen[: _AT_ONCE * _BATCHES]

    def _bridged(self, jobs: Sequence[Job], end: Leg, wish: Wish) -> Rounds[None]:
        """Take the last bridge of some routes, a few at a time, and finish what gets through."""
        for begin in range(0, len(jobs), _AT_ONCE):
            results = yield from self._workshop.convert(jobs[begin : begin + _AT_ONCE])
            self._made += results
            through = []
            for one in sorted(results, key=_losses):
                if one.file is None:
                    self._unmade(one)
                elif one.there is not None and (strategy := _agreeing(one.there, _WHOLE)):
                    changes = _changes(one.there, strategy)
                    through.append(Job(one.file, end, strategy, changes))
                elif one.there is not None:
                    self._stopped(one.job.legs, self._target, Stage.LOAD, one.there)
            yield from self._finish(through[:_BEST])
            if self._satisfies(wish):
                return

    def _rebuilt(self) -> list[tuple[File, JudgedCell]]:
        """The files whose weights the target takes into a model that code builds."""
        return [
            (one.file, one.there)
            for one in self._made
            if one.there and one.file and _agreeing(one.there, _REBUILT)
        ]

    def _weights_only(self, source: File, there: JudgedCell, end: Leg) -> Rounds[None]:
        starts = [(source, there)] if _agreeing(there, _REBUILT) else []
        for file, cell in (starts + self._rebuilt())[:_BEST]:
            strategy = _agreeing(cell, _REBUILT)
            yield from self._finish([Job(file, end, strategy, _changes(cell, strategy))])
            if self._best is not None:
                return

    def _finish(self, jobs: Sequence[Job]) -> Rounds[None]:
        """Write the last file of each route in the target; keep the best that it loads again."""
        if not jobs:
            return
        results = yield from self._workshop.convert(jobs)
        for one in sorted(results, key=_losses):
            attempt = one.attempt()
            if one.file and one.there and one.outcome and attempt and _holds(one):
                found = Result(one.file.steps, one.there, one.outcome, attempt, one.job.changes)
                if self._best is None or len(found.final.lost) < len(self._best.final.lost):
                    self._best = found
                return
        for one in results:
            if one.file is None:
                self._unmade(one)
            elif one.there is not None:
                self._unverified(one, one.there)

    def _unmade(self, made: Made) -> None:
        where = made.job.leg.environment.id
        why = refused_told(made.outcome)
        self._trials.append(Trial(made.job.legs, where, Stage.MAKE, why))

    def _unverified(self, made: Made, there: JudgedCell) -> None:
        legs, where = made.job.source.legs, self._target.id
        why = verify_told(there, made.job.changes)
        self._trials.append(Trial(legs, where, Stage.VERIFY, why, rebuilt=made.job.is_rebuilt))

    def _stopped(
        self, legs: tuple[Leg, ...], where: Environment, stage: Stage, there: JudgedCell
    ) -> None:
        cause = there.cause.id if there.cause else ""
        self._trials.append(Trial(legs, where.id, stage, cell_told(there), cause))


def _check_usable(environment: Environment, snapshot: RunSnapshot) -> None:
    """Raise where an environment that the user named could not be built or imported."""
    record = snapshot.environment(environment.id)
    if record is not None and record.problem is not None:
        raise EnvironmentsError(
            f"{environment.id} cannot be used: {record.problem.message}",
            record.problem.advice or "`crossload doctor` shows what is missing",
        )


def _kept(found: Check, subject: Subject) -> SaveOutcome | None:
    """The file that was kept although no environment loads it."""
    if subject.task is not SubjectTask.BARE:
        return None
    saves = [one for key, one in found.snapshot.saves.items() if key.model == subject.name]
    return next((one for one in saves if one.artifact is not None), None)


def _told(legs: Sequence[Leg]) -> tuple[str, ...]:
    """A way as a key; specifications of environments are none."""
    return tuple(str(leg) for leg in legs)


def _format(subject: Subject) -> Format:
    assert subject.format is not None
    return subject.format


def _saved(environment: str, subject: Subject) -> SavedFile:
    return SavedFile(environment, subject.name, _format(subject))


def _with_refusal(found: Check, saver: Environment | None, subject: Subject) -> Checked:
    """What was found out of the model; a given saver that does not load it has refused it."""
    (checked,) = found.checked
    if saver is None:
        return checked
    save = found.snapshot.saves.get(_saved(saver.id, subject))
    if save is not None and save.artifact is not None:
        return checked
    return replace(checked, refusals=(*checked.refusals, Refusal(saver.id, save)))


def _agreeing(judged: JudgedCell, strategies: Sequence[Strategy]) -> Strategy | None:
    """The strategy that loads the file with the same outputs, if it is one of these."""
    if not judged.verdict.works or judged.strategy not in strategies:
        return None
    return judged.strategy


def _holds(made: Made) -> bool:
    """Whether a new file is good enough: it loads plainly, or only needs its code to be allowed."""
    assert made.there is not None
    if effective(made.there, made.subject).loads_plainly:
        return True
    return made.subject.traits.code and _agreeing(made.there, _UNSAFE) is not None


def _loading(judged: JudgedCell) -> Strategy | None:
    """The strategy that loads a whole model whose expected outputs are unknown, if there is one."""
    loads = [one.strategy for one in judged.tried if one.result is TryResult.UNPROVED]
    return next((one for one in loads if one in _WHOLE), None)


def _changes(cell: JudgedCell, strategy: Strategy | None) -> tuple[str, ...]:
    """What the strategy changed of the model, where it does not take it as it is."""
    tried = [one for one in cell.tried if one.strategy is strategy]
    return tried[0].concessions if tried and strategy in _REWRITING else ()


def _losses(made: Made) -> tuple[bool, int, int]:
    """The best file first: loads plainly, loses little, took few steps."""
    if made.there is None or made.file is None:
        return (True, 99, 99)
    plain = effective(made.there, made.subject).loads_plainly
    return (not plain, len(made.there.lost), len(made.file.steps))
