"""The search itself: try the ways in order, verify what comes out, stop at the first that holds.

Owns the order of tries: the target itself by any strategy, one bridge, two bridges, then weights
alone in a rebuilt architecture. Files are made by `convert` jobs; the last one is always written
by the target, and counts only if the target loads it again with the answers of the first file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.analysis import JudgedCell, TryResult, judge_run
from runner.checking.planning import Standing, Wanted, plan_round
from runner.checking.running import Checked, Session, check
from runner.checking.verdicts import effective
from runner.environments.model import Environment
from runner.ledger.snapshot import RunSnapshot, SavedFile
from runner.migration.model import Leg, Migration, Route, Step, Trial
from runner.migration.routes import Map, first_bridges, further_bridges
from runner.records import SaveOutcome
from runner.subjects.model import Conversion, Subject, SubjectTask
from runner.words import Format, JobStatus, Strategy, Verdict

_LOADS = frozenset({Verdict.SAME, Verdict.PARTIAL})
_HELPED = _LOADS | {Verdict.ASSISTED}
# Ways of loading that give a model which can be saved as a whole.
_REBUILT = frozenset({Strategy.REBUILD_WEIGHTS})
_WHOLE = frozenset(Strategy) - {Strategy.REBUILD_WEIGHTS, Strategy.SERVING}
_AT_ONCE, _BATCHES, _BEST, _OF_A_KIND = 6, 2, 3, 2
_WAY = "load:"


@dataclass(frozen=True)
class _File:
    """A file that is there, and how it came about; the user's own has no steps."""

    artifact: str
    format: Format
    route: Route
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class _Job:
    """Make another file of this one; without a strategy by the first way that gives its answers."""

    source: _File
    leg: Leg
    strategy: Strategy | None = None


@dataclass(frozen=True)
class _Made:
    """What became of a job: its file, if any, and how the target loads that."""

    job: _Job
    outcome: SaveOutcome | None
    file: _File | None
    there: JudgedCell | None
    subject: Subject


class Search:
    """One model on its way to one environment."""

    def __init__(self, subject: Subject, target: Environment, session: Session, known: Map) -> None:
        self._subject = subject
        self._target = target
        self._session = session
        self._known = known
        self._number = 0
        self._trials: list[Trial] = []
        self._snapshot: RunSnapshot | None = None

    def run(self, saver: Environment | None, wanted: Format) -> Migration:
        """Find a way, or say of every way that was tried where it ends.

        Args:
            saver: the environment that stands for the file's writer; None to find one.
            wanted: the format of the new file.

        Raises:
            CrossloadError: whatever a run raises.
        """
        pairs = ((saver or self._target, self._target),)
        found = check(
            [self._subject], Wanted(pairs, savers_are_given=saver is not None), self._session
        )
        checked = found.checked[0]
        at = checked.baseline or (saver.id if saver else None)
        save = None if at is None else found.snapshot.saves.get(self._file_of(at))
        if save is None or save.artifact is None:
            return Migration(checked, self._target)
        source = _File(save.artifact, self._format, Route((), 0.0))
        there = next(one for one in checked.cells if one.cell.loader == self._target.id)
        migration = self._search(checked, source, there, Leg(self._target, wanted))
        return replace(migration, trials=tuple(self._trials), snapshot=self._snapshot)

    @property
    def _format(self) -> Format:
        assert self._subject.format is not None
        return self._subject.format

    def _file_of(self, environment: str) -> SavedFile:
        return SavedFile(environment, self._subject.name, self._format)

    def _search(self, checked: Checked, source: _File, there: JudgedCell, end: Leg) -> Migration:
        strategy = _agreeing(there, _WHOLE)
        if strategy is not None:
            done = self._finish(checked, [_Job(source, end, strategy)])
            if done is not None:
                return done
        else:
            self._trials.append(
                Trial(f"{self._target.id} itself", worked=False, step="load", why=_why(there))
            )
        baseline = next(one for one in self._known.every if one.id == there.cell.saver)
        made: list[_Made] = []
        routes = first_bridges(self._subject, baseline, self._target, self._known)
        starts = [(source, one) for one in self._varied(routes)]
        # Where the weights are known to get there, only the likeliest bridges are worth the time.
        sure = _agreeing(there, _REBUILT) is not None
        done = self._bridges(checked, starts[: _AT_ONCE if sure else None], made, end)
        if done is None and not sure:
            files = {str(one.file.route): one.file for one in made if one.file}
            more = further_bridges(
                [(file.route, file.route.legs[-1]) for file in files.values()],
                self._target,
                self._known,
            )
            starts = [
                (files[str(replace(one, legs=one.legs[:-1]))], one) for one in self._varied(more)
            ]
            done = self._bridges(checked, starts, made, end)
        return done or self._weights_only(checked, source, there, made, end)

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

    def _bridges(
        self,
        checked: Checked,
        starts: Sequence[tuple[_File, Route]],
        made: list[_Made],
        end: Leg,
    ) -> Migration | None:
        """Take the last step of some ways, a few at a time, until one gets through."""
        for begin in range(0, len(starts), _AT_ONCE):
            batch = starts[begin : begin + _AT_ONCE]
            results = self._convert([_Job(file, route.legs[-1]) for file, route in batch])
            made += results
            through = [
                _Job(one.file, end, strategy)
                for one in sorted(results, key=_losses)
                if one.file and one.there and (strategy := _agreeing(one.there, _WHOLE))
            ]
            for one in results:
                self._note(one)
            done = self._finish(checked, through[:_BEST])
            if done is not None:
                return done
        return None

    def _weights_only(
        self,
        checked: Checked,
        source: _File,
        there: JudgedCell,
        made: Sequence[_Made],
        end: Leg,
    ) -> Migration:
        jobs = [_Job(source, end, Strategy.REBUILD_WEIGHTS)] if _agreeing(there, _REBUILT) else []
        jobs += [
            _Job(one.file, end, Strategy.REBUILD_WEIGHTS)
            for one in made
            if one.file and one.there and _agreeing(one.there, _REBUILT)
        ]
        done = self._finish(checked, jobs[:_BEST])
        if done is None:
            return Migration(checked, self._target)
        tried = [one for cell in (there, *(one.there for one in made if one.there))
                 for one in cell.tried if one.strategy in _REBUILT]  # fmt: skip
        changes = next((one.concessions for one in tried if one.result is TryResult.AGREES), ())
        return replace(done, weights_only=True, changes=changes)

    def _finish(self, checked: Checked, jobs: Sequence[_Job]) -> Migration | None:
        """Write the last file of each way in the target; the best that it loads again, if any."""
        if not jobs:
            return None
        results = sorted(self._convert(jobs), key=_losses)
        for one in results:
            if one.file and one.there and effective(one.there, one.subject) in _LOADS:
                self._trials.append(Trial(str(one.file.route), worked=True))
                return Migration(checked, self._target, one.file.steps, one.there, one.outcome)
        for one in results:
            self._note(one)
        return None

    def _note(self, made: _Made) -> None:
        """Keep why a way that was tried ends here."""
        route = str(_longer(made.job))
        if made.file is None:
            error = made.outcome.report.error if made.outcome else None
            why = f"{error.type}: {error.message}" if error else "no answer"
            self._tried(route, f"in {made.job.leg}", why)
        elif made.there is not None and _agreeing(made.there, _WHOLE) is None:
            self._trials.append(
                Trial(route, worked=False, step=f"load in {self._target.id}", why=_why(made.there))
            )

    def _tried(self, route: str, step: str, why: str) -> None:
        self._trials.append(Trial(route, worked=False, step=step, why=why))

    def _convert(self, jobs: Sequence[_Job]) -> list[_Made]:
        """Do these jobs in one run, and load every file in the target."""
        standings = [Standing(self._subject_of(job), trying=(job.leg.environment,)) for job in jobs]
        pairs = ((self._target, self._target),)
        plan = plan_round(
            standings,
            Wanted(pairs, savers_are_given=False),
            self._session.every,
            self._session.profile,
        )
        snapshot = self._snapshot = self._session.measure(plan)
        judged = {one.cell: one for one in judge_run(snapshot)}
        made = []
        for job, standing in zip(jobs, standings, strict=True):
            subject = standing.subject
            place = job.leg.environment.id
            outcome = snapshot.saves.get(SavedFile(place, subject.name, job.leg.format))
            there = next(
                (
                    one
                    for cell, one in judged.items()
                    if cell.model == subject.name and cell.loader == self._target.id
                ),
                None,
            )
            made.append(_Made(job, outcome, _file(job, outcome), there, subject))
        return made

    def _subject_of(self, job: _Job) -> Subject:
        self._number += 1
        return replace(
            self._subject,
            name=f"{self._subject.name}-{self._number}",
            format=job.leg.format,
            task=SubjectTask.CONVERT,
            conversion=Conversion(job.source.artifact, job.source.format, job.strategy),
        )


def _file(job: _Job, outcome: SaveOutcome | None) -> _File | None:
    if outcome is None or outcome.artifact is None or outcome.report.status is not JobStatus.DONE:
        return None
    step = Step(
        environment=job.leg.environment.id,
        loaded=job.source.format,
        strategy=job.strategy or _way(outcome),
        saved=job.leg.format,
        artifact=outcome.artifact,
        payload_sha256=outcome.payload_sha256,
        payload_bytes=outcome.payload_bytes,
    )
    return _File(outcome.artifact, job.leg.format, _longer(job), (*job.source.steps, step))


def _longer(job: _Job) -> Route:
    return Route((*job.source.route.legs, job.leg), 0.0)


def _way(outcome: SaveOutcome) -> Strategy | None:
    """Which strategy a probe took by itself: it names the step after it."""
    names = [name.removeprefix(_WAY) for name, _ in outcome.report.seconds if name.startswith(_WAY)]
    return next((one for one in Strategy if names and one == names[0]), None)


def _agreeing(judged: JudgedCell, strategies: frozenset[Strategy]) -> Strategy | None:
    """The strategy that loads the file with the right answers, if it is one of these."""
    if judged.verdict not in _HELPED or judged.strategy not in strategies:
        return None
    return judged.strategy


def _losses(made: _Made) -> tuple[bool, int, int]:
    """The best file first: loads plainly, loses little, took few steps."""
    if made.there is None or made.file is None:
        return (True, 99, 99)
    plain = effective(made.there, made.subject) in _LOADS
    return (not plain, len(made.there.lost), len(made.file.steps))


def _why(judged: JudgedCell) -> str:
    if judged.cause is not None:
        return judged.cause.sentence
    return judged.detail
