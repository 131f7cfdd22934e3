"""The rounds of a check: find who can adopt each file, then load it everywhere.

Owns the order of rounds. The first one tries the likeliest environment and loads everywhere at
once, which is mostly the end of it; those after it let the others try, a tier at a time; the last
one loads with the best of them, or without outputs to compare with if there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from crossload.runner.analysis import JudgedCell, judge_run
from crossload.runner.atlas import Atlas
from crossload.runner.checking.candidates import Search, candidates
from crossload.runner.checking.planning import Standing, Wanted, as_bare, plan_round
from crossload.runner.config.model import Matrix
from crossload.runner.environments.building import present
from crossload.runner.environments.installing import needed_mb
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import Project
from crossload.runner.errors import CrossloadError
from crossload.runner.ledger import Ledger
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.plan import Plan
from crossload.runner.progress import Display
from crossload.runner.records import Cell, SaveOutcome
from crossload.runner.request import RunRequest
from crossload.runner.subjects.model import Subject
from crossload.runner.words import JobStatus, RunKind, SubjectTask
from crossload.runner.workflow import run

_T = TypeVar("_T")
# What is to be measured next, round by round; each round's results are sent back.
Rounds = Generator[Plan, RunSnapshot, _T]


@dataclass(frozen=True)
class Session:
    """Where and how rounds are run: what `runner.workflow` needs besides a plan.

    `search` allows to build more than one environment only to find out what a file computes.
    """

    project: Project
    matrix: Matrix
    every: tuple[Environment, ...]
    command: str
    jobs: int
    sandboxed: bool
    ledger: Ledger
    display: Display
    kind: RunKind = RunKind.CHECK
    search: bool = False

    @property
    def profile(self) -> str:
        """What its runs have in place of a profile of the matrix."""
        return str(self.kind)

    @cached_property
    def built(self) -> frozenset[str]:
        """Ids of the environments that were built when this was first asked."""
        found = (
            one for one in self.every if isinstance(present(one, self.project), BuiltEnvironment)
        )
        return frozenset(one.id for one in found)

    def measure(self, plan: Plan) -> RunSnapshot:
        """Run a plan and return everything that is known of it then.

        Raises:
            CrossloadError: whatever `runner.workflow.run` raises.
        """
        return self.measure_rounds(plan, lambda _: None)

    def measure_rounds(
        self, plan: Plan, following: Callable[[RunSnapshot], Plan | None]
    ) -> RunSnapshot:
        """Run a plan, then those that follow from what is known; return the last one's results.

        Workers go on from plan to plan, so that rounds cost no further imports of frameworks.

        Raises:
            CrossloadError: whatever `runner.workflow.run` raises.
        """

        def next_request(run_id: int) -> RunRequest | None:
            found = following(self.ledger.snapshot(run_id))
            return None if found is None else self._request(found)

        run_id = run(self._request(plan), self.ledger, self.display, next_request)
        return self.ledger.snapshot(run_id)

    def _request(self, plan: Plan) -> RunRequest:
        return RunRequest(
            self.project, self.matrix, plan, self.command, self.jobs, self.sandboxed, self.kind
        )


@dataclass(frozen=True)
class Refusal:
    """An environment that could not adopt a file, and what it said; None where it did not run."""

    environment: str
    outcome: SaveOutcome | None


@dataclass(frozen=True)
class Checked:
    """What was found out of one model.

    `baseline` is the id of the environment whose outputs the others were compared with, None if
    nothing could load the file, and for a script, whose savers are each their own. `refusals` are
    those that failed to adopt it, `beyond` how many more could be asked. `cells` are in the order
    of the matrix; `asked` are those that the user asked for, the others are there for comparison.
    """

    subject: Subject
    baseline: str | None
    refusals: tuple[Refusal, ...]
    cells: tuple[JudgedCell, ...]
    asked: frozenset[Cell] = frozenset()
    beyond: int = 0


@dataclass(frozen=True)
class Check:
    """A whole check: its last run, which holds everything that counts, and each model's part."""

    snapshot: RunSnapshot
    checked: tuple[Checked, ...]


def follow(rounds: Rounds[_T], session: Session) -> _T:
    """Measure round after round with the same workers; return what the generator returns.

    Raises:
        CrossloadError: whatever `runner.workflow.run` or the generator raises.
    """
    ends: list[StopIteration | CrossloadError] = []

    def following(snapshot: RunSnapshot) -> Plan | None:
        try:
            return rounds.send(snapshot)
        except (StopIteration, CrossloadError) as end:  # the run that asks is to end orderly
            ends.append(end)
            return None

    session.measure_rounds(next(rounds), following)
    (end,) = ends
    if isinstance(end, CrossloadError):
        raise end
    result: _T = end.value
    return result


def check(subjects: Sequence[Subject], wanted: Wanted, session: Session) -> Check:
    """Measure a user's models.

    Raises:
        CrossloadError: whatever `runner.workflow.run` raises.
    """
    return follow(check_rounds(subjects, wanted, session), session)


def check_rounds(subjects: Sequence[Subject], wanted: Wanted, session: Session) -> Rounds[Check]:
    """The rounds of `check`, for a caller that goes on from its result."""
    search = _Search(subjects, wanted, session)
    following: Plan | None = search.plan()
    while following is not None:
        snapshot = yield following
        following = search.next_plan(snapshot)
    judged = judge_run(snapshot, {one.name: one.traits for one in subjects})
    return Check(snapshot, tuple(search.checked(one, judged) for one in search.standings))


class _Search:
    """Where the search for each file's saver stands; it changes from round to round."""

    def __init__(self, subjects: Sequence[Subject], wanted: Wanted, session: Session) -> None:
        self._wanted = wanted
        self._session = session
        self._refusals: dict[str, list[Refusal]] = {one.name: [] for one in subjects}
        self._said: set[str] = set()
        self.standings = [self._first(one) for one in subjects]

    def plan(self) -> Plan:
        """The plan of this round."""
        session = self._session
        return plan_round(self.standings, self._wanted, session.every, session.profile)

    def next_plan(self, snapshot: RunSnapshot) -> Plan | None:
        """The plan of the next round, from what is known after this one; None after the last."""
        following = [self._next(one, snapshot) for one in self.standings]
        if following == self.standings:
            return None
        self.standings = following
        return self.plan()

    def checked(self, standing: Standing, judged: Sequence[JudgedCell]) -> Checked:
        """What was found out of one model."""
        subject = standing.subject
        cells = tuple(one for one in judged if one.cell.model == subject.name)
        given = self._is_given(subject)
        bare = subject.task is SubjectTask.BARE
        baseline = None if given or bare or not standing.trying else standing.trying[0].id
        if given:
            pairs = {(saver.id, loader.id) for saver, loader in self._wanted.pairs}
            asked = {one.cell for one in cells if (one.cell.saver, one.cell.loader) in pairs}
        else:
            loaders = {one.id for one in self._wanted.loaders}
            asked = {one.cell for one in cells if one.cell.loader in loaders}
        refusals = tuple(self._refusals[subject.name])
        beyond = standing.beyond if bare else 0
        return Checked(subject, baseline, refusals, cells, frozenset(asked), beyond)

    def _is_given(self, subject: Subject) -> bool:
        return subject.is_script or self._wanted.savers_are_given

    def _first(self, subject: Subject) -> Standing:
        if self._is_given(subject):
            return Standing(subject, self._wanted.savers)
        wanted, every = self._wanted.loaders, self._session.every
        search = Search(self._session.built, self._session.search)
        found = candidates(subject, wanted, every, Atlas.load(), search)
        if not found.tiers:
            return Standing(subject, beyond=found.beyond)
        return self._announced(
            Standing(
                subject, found.tiers[0], found.tiers[1:], len(found.tiers[0]) == 1, found.beyond
            )
        )

    def _announced(self, standing: Standing) -> Standing:
        """Say what is about to be built only to find out what the file computes."""
        known = self._session.built | {one.id for one in self._wanted.loaders}
        for one in standing.trying:
            if one.id not in known and one.id not in self._said:
                self._said.add(one.id)
                self._session.display.message(
                    f"building {one.id} ({needed_mb(one) / 1000:.1f} GB) to compare with; "
                    "--from names another environment"
                )
        return standing

    def _next(self, standing: Standing, snapshot: RunSnapshot) -> Standing:
        """The same standing where its round was the last one."""
        subject = standing.subject
        if subject.format is None or self._is_given(subject) or subject.task is SubjectTask.BARE:
            return standing
        outcomes = [
            (one, snapshot.saves.get(SavedFile(one.id, subject.name, subject.format)))
            for one in standing.trying
        ]
        able = [one for one, outcome in outcomes if _is_done(outcome)]
        if able:
            return replace(standing, trying=(able[0],), loads=True)
        refusals = self._refusals[subject.name]
        told = {one.environment for one in refusals}
        refusals += [Refusal(one.id, said) for one, said in outcomes if one.id not in told]
        if standing.left:
            tier, *left = standing.left
            return self._announced(
                replace(standing, trying=tier, left=tuple(left), loads=len(tier) == 1)
            )
        keeper = self._keeper(standing)
        if keeper is None:
            return standing
        return replace(standing, subject=as_bare(subject), trying=(keeper,), loads=True)

    def _keeper(self, standing: Standing) -> Environment | None:
        """An environment that works, one that is asked about where there is one."""
        refusals = self._refusals[standing.subject.name]
        ready = {one.environment for one in refusals if one.outcome is not None}
        places = (*self._wanted.loaders, *standing.trying)
        return next((one for one in places if one.id in ready), None)


def _is_done(outcome: SaveOutcome | None) -> bool:
    return outcome is not None and outcome.report.status is JobStatus.DONE
