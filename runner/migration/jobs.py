"""Steps of a migration as jobs: each makes one file of another, and the target loads what is made.

Owns the translation between files on the way and the plans of runs, and the memory of every
environment that took part. `migrating` decides which files are worth making.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crossload.runner.analysis import JudgedCell, judge_run
from crossload.runner.checking.planning import Standing, Wanted, plan_round
from crossload.runner.checking.running import Rounds, Session
from crossload.runner.environments.model import Environment
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.migration.model import Leg, Step
from crossload.runner.probing.material import Conversion
from crossload.runner.records import Attempt, EnvironmentRecord, SaveOutcome
from crossload.runner.strategies import STRATEGIES
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format, JobStatus, Strategy, SubjectTask

_WAY = "load:"


@dataclass(frozen=True)
class File:
    """A file that is there, and how it came about; the user's own has neither legs nor steps."""

    artifact: str
    format: Format
    legs: tuple[Leg, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Job:
    """Make another file of this one; without a strategy, by the first way with the same outputs.

    `changes` are those that the translator, or the loading of the weights, made to the model.
    """

    source: File
    leg: Leg
    strategy: Strategy | None = None
    changes: tuple[str, ...] = ()

    @property
    def is_rebuilt(self) -> bool:
        """Whether only the weights of the file are taken, into a model that code builds."""
        return self.strategy is not None and STRATEGIES[self.strategy].rebuilds

    @property
    def legs(self) -> tuple[Leg, ...]:
        return (*self.source.legs, self.leg)


@dataclass(frozen=True)
class Made:
    """What became of a job: its file, if any, and how the target loads that."""

    job: Job
    subject: Subject
    outcome: SaveOutcome | None = None
    file: File | None = None
    there: JudgedCell | None = None
    attempts: tuple[Attempt, ...] = ()

    def attempt(self) -> Attempt | None:
        """The attempt that loads the file in the target with the same outputs."""
        if self.there is None:
            return None
        wanted = self.there.strategy
        return next((one for one in self.attempts if one.strategy is wanted), None)


class Workshop:
    """Makes files of one model for one target; `environments` are all that were used, by id."""

    def __init__(self, subject: Subject, target: Environment, session: Session) -> None:
        self._subject = subject
        self._target = target
        self._session = session
        self._number = 0
        self.environments: dict[str, EnvironmentRecord] = {}

    def remember(self, snapshot: RunSnapshot) -> None:
        """Keep what a run recorded of its environments."""
        self.environments |= {one.id: one for one in snapshot.environments}

    def convert(self, jobs: Sequence[Job]) -> Rounds[list[Made]]:
        """Do these jobs in one round, and load every file in the target."""
        subjects = [self._subject_of(job) for job in jobs]
        standings = [
            Standing(one, trying=(job.leg.environment,))
            for one, job in zip(subjects, jobs, strict=True)
        ]
        wanted = Wanted(((self._target, self._target),), savers_are_given=False)
        plan = plan_round(standings, wanted, self._session.every, self._session.profile)
        snapshot = yield plan
        self.remember(snapshot)
        judged = judge_run(snapshot, {one.name: one.traits for one in subjects})
        there = {one.cell.model: one for one in judged if one.cell.loader == self._target.id}
        return [
            _made(job, one, snapshot, there.get(one.name))
            for job, one in zip(jobs, subjects, strict=True)
        ]

    def _subject_of(self, job: Job) -> Subject:
        self._number += 1
        return replace(
            self._subject,
            name=f"{self._subject.name}-{self._number}",
            format=job.leg.format,
            task=SubjectTask.CONVERT,
            conversion=Conversion(job.source.artifact, job.source.format, job.strategy),
        )


def _made(job: Job, subject: Subject, snapshot: RunSnapshot, there: JudgedCell | None) -> Made:
    saved = SavedFile(job.leg.environment.id, subject.name, job.leg.format)
    outcome = snapshot.saves.get(saved)
    attempts = () if there is None else snapshot.attempts.get(there.cell, ())
    return Made(job, subject, outcome, _file(job, outcome), there, attempts)


def _file(job: Job, outcome: SaveOutcome | None) -> File | None:
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
    return File(outcome.artifact, job.leg.format, job.legs, (*job.source.steps, step))


def _way(outcome: SaveOutcome) -> Strategy | None:
    """Which strategy a probe took by itself: it names the step after it."""
    names = [name.removeprefix(_WAY) for name, _ in outcome.report.seconds if name.startswith(_WAY)]
    return next((one for one in Strategy if names and one == names[0]), None)
