"""A session without any framework: which file loads where is written down beforehand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import cast

from crossload.runner.atlas import Atlas
from crossload.runner.checking.running import Session
from crossload.runner.environments.model import Environment
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, RunStart, RunState, SavedFile
from crossload.runner.migration.edges import Edges
from crossload.runner.migration.migrating import Search, Wish
from crossload.runner.migration.model import Migration
from crossload.runner.migration.routes import Map
from crossload.runner.plan import Plan, PlannedSave
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    CheckOutcome,
    EnvironmentProblem,
    EnvironmentRecord,
    JobReport,
    Limits,
    ProbeError,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Check, CheckStatus, Format, JobStatus, Strategy, SubjectTask
from tests.checking.examples import EVERY, subject

START = datetime(2026, 11, 21, tzinfo=timezone.utc)
USER = "user"
Key = tuple[str, Format, str]  # who wrote it, how, who loads it: environments by name
REFUSED = JobReport(
    JobStatus.REFUSED,
    ProbeError("ValueError", "no way: model.h5"),
)

UNANSWERED = JobReport(JobStatus.REFUSED, ProbeError("crossload.NothingToCompare", "it loads"))
_REWRITING = {Strategy.REBUILD_WEIGHTS, Strategy.TRANSLATED}


def digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass
class World:
    """What loads where, by which strategy; what an environment wrote itself it loads plainly.

    `lost` names what does not survive a load, `unwritten` what an environment cannot save.
    """

    reads: Mapping[Key, Strategy | None]
    lost: Mapping[Key, tuple[Check, ...]] = field(default_factory=dict)
    unwritten: frozenset[tuple[str, Format]] = frozenset()
    broken: Mapping[str, EnvironmentProblem] = field(default_factory=dict)
    every: tuple[Environment, ...] = EVERY
    profile: str = "migrate"
    search: bool = False
    plans: list[Plan] = field(default_factory=list)
    files: dict[str, tuple[str, Format]] = field(default_factory=dict)

    @property
    def built(self) -> frozenset[str]:
        """Every environment: there is none to be announced before it is built."""
        return frozenset(one.id for one in self.every)

    @property
    def made(self) -> list[list[tuple[str, str, str]]]:
        """What each run was asked to convert: (into which format, where, by which strategy)."""
        names = {one.id: one.spec.name for one in self.every}
        rounds = []
        for plan in self.plans:
            subjects = {one.name: one for one in plan.subjects}
            rounds.append(
                [
                    (str(one.format), names[one.saver], str(how.strategy))
                    for one in plan.saves
                    if (how := subjects[one.model].conversion) is not None
                ]
            )
        return [one for one in rounds if one]

    def measure(self, plan: Plan) -> RunSnapshot:
        self.plans.append(plan)
        return self._snapshot(plan)

    def measure_rounds(
        self, plan: Plan, following: Callable[[RunSnapshot], Plan | None]
    ) -> RunSnapshot:
        current: Plan | None = plan
        while current is not None:
            snapshot = self.measure(current)
            current = following(snapshot)
        return snapshot

    def _snapshot(self, plan: Plan) -> RunSnapshot:
        start = RunStart("migrate", "migrate", START, "h", 1, "0", Tolerances(), Limits())
        subjects = {one.name: one for one in plan.subjects}
        names = {one.id: one.spec.name for one in self.every}
        saves = {
            SavedFile(one.saver, one.model, one.format): self._save(
                one, subjects[one.model], names[one.saver]
            )
            for one in plan.saves
            if names[one.saver] not in self.broken
        }
        attempts = {}
        for cell in plan.cells:
            save = saves.get(SavedFile.of(cell))
            if save and save.artifact and names[cell.loader] not in self.broken:
                one = subjects[cell.model]
                bare = one.task is SubjectTask.BARE and not one.expects
                attempts[cell] = self._attempts(save.artifact, names[cell.loader], bare=bare)
        return RunSnapshot(
            run=RunFacts(len(self.plans), start, RunState.FINISHED),
            environments=tuple(self._record(one) for one in plan.environments),
            cells=plan.cells,
            saves=saves,
            attempts=attempts,
        )

    def _record(self, one: Environment) -> EnvironmentRecord:
        return EnvironmentRecord(
            id=one.id,
            name=one.spec.name,
            digest=f"digest of {one.spec.name}",
            api="tf.keras",
            backend="tensorflow",
            python=one.python,
            platform="linux-x86_64",
            resolve="period",
            versions=(("tensorflow", "2.15.1"),),
            problem=self.broken.get(one.spec.name),
        )

    def _way(self, writer: str, file_format: Format, reader: str) -> Strategy | None:
        own = Strategy.PLAIN if writer == reader else None
        return self.reads.get((writer, file_format, reader), own)

    def _save(self, save: PlannedSave, one: Subject, name: str) -> SaveOutcome:
        how = one.conversion
        if one.task is SubjectTask.BARE:
            return self._kept(one.format, digest(USER))
        if how is None:
            works = self._way(USER, save.format, name) not in {None, Strategy.TRANSLATED}
            return self._kept(save.format, digest(USER)) if works else SaveOutcome(REFUSED)
        way = self._way(*self.files[how.source], name)
        fits = way is not None and how.strategy in {None, way}
        if not fits or (name, save.format) in self.unwritten:
            return SaveOutcome(REFUSED)
        artifact = digest(name, save.format, how.source)
        self.files[artifact] = (name, save.format)
        report = JobReport(JobStatus.DONE, seconds=((f"load:{way}", 0.1), ("save", 0.1)))
        return SaveOutcome(report, artifact, digest("file", artifact), 10, "model", 0.0)

    def _kept(self, file_format: Format | None, artifact: str) -> SaveOutcome:
        assert file_format is not None
        self.files[artifact] = (USER, file_format)
        report = JobReport(JobStatus.DONE)
        return SaveOutcome(report, artifact, digest("file", artifact), 9, "mine.h5", 0.0)

    def _attempts(self, artifact: str, name: str, *, bare: bool) -> tuple[Attempt, ...]:
        key = (*self.files[artifact], name)
        way = self._way(*key)
        lost = tuple(CheckOutcome(one, CheckStatus.DISAGREES) for one in self.lost.get(key, ()))
        good = AttemptOutcome(
            JobReport(JobStatus.DONE),
            (
                CheckOutcome(Check.WEIGHTS, CheckStatus.MEASURED, 0.0),
                CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 2e-7),
                CheckOutcome(Check.LAYERS, CheckStatus.MEASURED, 0.0),
                *lost,
            ),
            ("something was left out",) if way in _REWRITING else (),
        )
        if bare and way is not None:
            good = AttemptOutcome(UNANSWERED, (), good.concessions)
        if way is Strategy.PLAIN:
            return (Attempt(way, good),)
        plain = Attempt(Strategy.PLAIN, AttemptOutcome(REFUSED))
        return (plain,) if way is None else (plain, Attempt(way, good))


def mine(file_format: Format = Format.H5, *, custom: bool = False, code: bool = False) -> Subject:
    """The user's file, which nothing is known of but its format."""
    one = subject(custom=custom, keras="2.10.0")
    return replace(one, format=file_format, traits=replace(one.traits, code=code))


def known_map(world: World, edges: Edges | None = None) -> Map:
    return Map(world.every, lambda _: True, Atlas.load(), edges or Edges({}))


def migrate(
    world: World,
    target: Environment,
    *,
    one: Subject | None = None,
    wish: Wish | None = None,
    edges: Edges | None = None,
) -> Migration:
    session = cast("Session", world)
    search = Search(one or mine(), target, session, known_map(world, edges))
    return search.run(wish or Wish(Format.KERAS))


def everywhere(
    *readers: Environment, writer: str = USER, file_format: Format = Format.H5
) -> dict[Key, Strategy | None]:
    """Each of these loads the file plainly."""
    return {(writer, file_format, one.spec.name): Strategy.PLAIN for one in readers}
