"""The search itself: try the ways in order, verify what comes out, stop at the first that holds.

Owns the order of tries: the target itself by any strategy, one bridge, two bridges, then weights
alone in a rebuilt architecture. The last file is always written by the target, and counts only if
the target loads it again and compares its outputs with those of the first file. `jobs` makes the
files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from crossload.runner.analysis import JudgedCell, TryResult
from crossload.runner.checking.planning import Wanted
from crossload.runner.checking.running import Check, Checked, Refusal, Session, check
from crossload.runner.checking.verdicts import effective
from crossload.runner.environments.model import Environment
from crossload.runner.errors import EnvironmentsError
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.migration.jobs import File, Job, Made, Workshop
from crossload.runner.migration.model import Leg, Migration, Result, Route, Stage, Trial
from crossload.runner.migration.routes import Map, first_bridges, further_bridges
from crossload.runner.migration.wording import cell_told, refused_told, verify_told
from crossload.runner.strategies import STRATEGIES, Part, strategies_that_need
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format, Strategy

_REBUILT = strategies_that_need(Part.WEIGHTS)
# Ways of loading that give a model which can be saved as a whole.
_WHOLE = tuple(one for one, spec in STRATEGIES.items() if spec.is_whole)
_UNSAFE = strategies_that_need(Part.CODE)
_AT_ONCE, _BATCHES, _BEST, _OF_A_KIND = 6, 2, 3, 2


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

    def run(
        self, saver: Environment | None, wanted: Format, *, keep_training: bool = False
    ) -> Migration:
        """Find a way, or say of every way that was tried where it stops.

        Args:
            saver: the environment that stands for the file's writer; None to find one.
            wanted: the format of the new file.
            keep_training: go on where a way loses what training needs, and take the best.

        Raises:
            EnvironmentsError: the target or the given saver cannot be used.
            CrossloadError: whatever a run raises.
        """
        pairs = ((saver or self._target, self._target),)
        given = saver is not None
        found = check([self._subject], Wanted(pairs, savers_are_given=given), self._session)
        self._workshop.remember(found.snapshot)
        self._usable(self._target, found.snapshot)
        if saver is not None:
            self._usable(saver, found.snapshot)
        checked = _with_refusal(found, saver, self._subject)
        at = checked.baseline or (saver.id if saver else None)
        save = None if at is None else found.snapshot.saves.get(_saved(at, self._subject))
        migration = Migration(checked, self._target)
        if at is not None and save is not None and save.artifact is not None:
            there = next(one for one in checked.cells if one.cell.loader == self._target.id)
            source = File(save.artifact, _format(self._subject))
            result = self._search(source, there, Leg(self._target, wanted), keep=keep_training)
            migration = replace(migration, baseline=at, source=save, result=result)
        used = tuple(self._workshop.environments.values())
        return replace(migration, trials=tuple(self._trials), environments=used)

    def _usable(self, environment: Environment, snapshot: RunSnapshot) -> None:
        """Raise where an environment that the user named could not be built or imported."""
        record = snapshot.environment(environment.id)
        if record is not None and record.problem is not None:
            raise EnvironmentsError(
                f"{environment.id} cannot be used: {record.problem.message}",
                record.problem.advice or "`crossload doctor` shows what is missing",
            )

    def _search(self, source: File, there: JudgedCell, end: Leg, *, keep: bool) -> Result | None:
        best: Result | None = None
        for found in self._whole(source, there, end):
            if found is not None and (best is None or len(found.final.lost) < len(best.final.lost)):
                best = found
            if best is not None and (not keep or best.keeps_training):
                return best
        return best or self._weights_only(source, there, end)

    def _whole(self, source: File, there: JudgedCell, end: Leg) -> Iterator[Result | None]:
        """The ways that keep the whole model, a few at a time: what each few came to."""
        strategy = _agreeing(there, _WHOLE)
        if strategy is not None:
            yield self._finish([Job(source, end, strategy)])
        else:
            self._stopped((), self._target, Stage.LOAD, there)
        baseline = next(one for one in self._known.every if one.id == there.cell.saver)
        first = self._varied(first_bridges(self._subject, baseline, self._target, self._known))
        # Where the model is known to get there, only the likeliest bridges are worth the time.
        sure = strategy is not None or _agreeing(there, _REBUILT) is not None
        starts = [Job(source, one.legs[-1]) for one in first]
        yield from self._bridged(starts[: _AT_ONCE if sure else None], end)
        if sure or self._rebuilt():
            return
        files = {_told(one.file.legs): one.file for one in self._made if one.file}
        begun = [one.legs for one in files.values()]
        more = self._varied(further_bridges(begun, self._target, self._known))
        starts = [Job(files[_told(one.legs[:-1])], one.legs[-1]) for one in more]
        yield from self._bridged(starts, end)

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

    def _bridged(self, jobs: Sequence[Job], end: Leg) -> Iterator[Result | None]:
        """Take the last bridge of some ways, a few at a time, and go on with what gets through."""
        for begin in range(0, len(jobs), _AT_ONCE):
            results = self._workshop.convert(jobs[begin : begin + _AT_ONCE])
            self._made += results
            for one in results:
                if one.file is None:
                    self._unmade(one)
                elif one.there is not None and _agreeing(one.there, _WHOLE) is None:
                    self._stopped(one.job.legs, self._target, Stage.LOAD, one.there)
            through = [
                Job(one.file, end, strategy)
                for one in sorted(results, key=_losses)
                if one.file and one.there and (strategy := _agreeing(one.there, _WHOLE))
            ]
            yield self._finish(through[:_BEST])

    def _rebuilt(self) -> list[Made]:
        """The files whose weights the target takes into an architecture that it builds anew."""
        return [
            one for one in self._made if one.there and one.file and _agreeing(one.there, _REBUILT)
        ]

    def _weights_only(self, source: File, there: JudgedCell, end: Leg) -> Result | None:
        starts = [(source, there)] if _agreeing(there, _REBUILT) else []
        starts += [(one.file, one.there) for one in self._rebuilt() if one.file and one.there]
        for file, cell in starts[:_BEST]:
            job = Job(file, end, _agreeing(cell, _REBUILT), _changes(cell))
            done = self._finish([job])
            if done is not None:
                return replace(done, weights_only=True, changes=job.changes)
        return None

    def _finish(self, jobs: Sequence[Job]) -> Result | None:
        """Write the last file of each way in the target; the best that it loads again, if any."""
        results = sorted(self._workshop.convert(jobs), key=_losses) if jobs else []
        for one in results:
            attempt = one.attempt()
            if one.file and one.there and one.outcome and attempt and _holds(one):
                return Result(one.file.steps, one.there, one.outcome, attempt)
        for one in results:
            if one.file is None:
                self._unmade(one)
            elif one.there is not None:
                self._unverified(one, one.there)
        return None

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
    """The strategy that loads the file with the right answers, if it is one of these."""
    if not judged.verdict.works or judged.strategy not in strategies:
        return None
    return judged.strategy


def _holds(made: Made) -> bool:
    """Whether a new file is good enough: loads plainly, or only wants leave to run its code."""
    assert made.there is not None
    if effective(made.there, made.subject).loads_plainly:
        return True
    return made.subject.traits.code and _agreeing(made.there, _UNSAFE) is not None


def _changes(cell: JudgedCell) -> tuple[str, ...]:
    """What was changed of the architecture when it was built anew."""
    tried = [one for one in cell.tried if one.strategy in _REBUILT]
    return next((one.concessions for one in tried if one.result is TryResult.AGREES), ())


def _losses(made: Made) -> tuple[bool, int, int]:
    """The best file first: loads plainly, loses little, took few steps."""
    if made.there is None or made.file is None:
        return (True, 99, 99)
    plain = effective(made.there, made.subject).loads_plainly
    return (not plain, len(made.there.lost), len(made.file.steps))
