"""The rounds of a check: find who can adopt each file, then load it everywhere.

Owns the order of rounds. The first one tries the likeliest environment and loads everywhere at
once, which is mostly the end of it; the second lets all others try; the third loads with the best
of them, or without an answer to compare with where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.analysis import JudgedCell, judge_run
from runner.atlas import Atlas
from runner.checking.candidates import candidates
from runner.checking.planning import Standing, Wanted, as_bare, plan_round
from runner.config.model import Matrix
from runner.console.display import Display
from runner.environments.model import Environment
from runner.environments.project import Project
from runner.ledger import Ledger
from runner.ledger.snapshot import RunSnapshot, SavedFile
from runner.plan import Plan
from runner.records import SaveOutcome
from runner.subjects.model import Subject, SubjectTask
from runner.words import JobStatus
from runner.workflow import RunRequest, run

PROFILE = "check"


@dataclass(frozen=True)
class Session:
    """Where and how rounds are run: what `runner.workflow` needs besides a plan."""

    project: Project
    matrix: Matrix
    every: tuple[Environment, ...]
    command: str
    jobs: int
    sandboxed: bool
    ledger: Ledger
    display: Display
    profile: str = PROFILE

    def measure(self, plan: Plan) -> RunSnapshot:
        """Run a plan and return everything that is known of it then.

        Raises:
            CrossloadError: whatever `runner.workflow.run` raises.
        """
        request = RunRequest(
            self.project, self.matrix, plan, self.command, self.jobs, self.sandboxed
        )
        return self.ledger.snapshot(run(request, self.ledger, self.display))


@dataclass(frozen=True)
class Refusal:
    """An environment that could not adopt a file, and what it said; None where it did not run."""

    environment: str
    outcome: SaveOutcome | None


@dataclass(frozen=True)
class Checked:
    """What was found out of one model.

    `baseline` is the id of the environment whose answers the others were compared with, None where
    nobody could load the file, and for a script, whose savers are each their own. `refusals` are
    those that tried to adopt it in vain. `cells` are in the order of the matrix.
    """

    subject: Subject
    baseline: str | None
    refusals: tuple[Refusal, ...]
    cells: tuple[JudgedCell, ...]


@dataclass(frozen=True)
class Check:
    """A whole check: its last run, which holds everything that counts, and each model's part."""

    snapshot: RunSnapshot
    checked: tuple[Checked, ...]


def check(subjects: Sequence[Subject], wanted: Wanted, session: Session) -> Check:
    """Measure models of the user's own.

    Raises:
        CrossloadError: whatever `runner.workflow.run` raises.
    """
    standings = [_first(one, wanted, session) for one in subjects]
    refusals: dict[str, list[Refusal]] = {one.name: [] for one in subjects}
    while True:
        plan = plan_round(standings, wanted, session.every, session.profile)
        snapshot = session.measure(plan)
        following = [
            _next(standing, wanted, snapshot, refusals[standing.subject.name])
            for standing in standings
        ]
        if following == standings:
            break
        standings = following
    judged = judge_run(snapshot)
    return Check(snapshot, tuple(_checked(one, judged, refusals, wanted) for one in standings))


def _first(subject: Subject, wanted: Wanted, session: Session) -> Standing:
    if subject.is_script or wanted.savers_are_given:
        return Standing(subject, wanted.savers)
    order = candidates(subject, wanted.loaders, session.every, Atlas.load())
    return Standing(subject, order[:1], order[1:])


def _next(
    standing: Standing, wanted: Wanted, snapshot: RunSnapshot, refusals: list[Refusal]
) -> Standing:
    """The same standing where its round was the last one."""
    subject = standing.subject
    if subject.format is None or wanted.savers_are_given or subject.task is SubjectTask.BARE:
        return standing
    outcomes = [
        (one, snapshot.saves.get(SavedFile(one.id, subject.name, subject.format)))
        for one in standing.trying
    ]
    able = [one for one, outcome in outcomes if _is_done(outcome)]
    if able:
        return replace(standing, trying=(able[0],), loads=True)
    told = {one.environment for one in refusals}
    refusals += [Refusal(one.id, said) for one, said in outcomes if one.id not in told]
    if standing.left:
        return replace(standing, trying=standing.left, left=(), loads=False)
    ready = [one.environment for one in refusals if one.outcome is not None]
    keeper = next((one for one in standing.trying if one.id in ready), None)
    if keeper is None:
        return standing
    return replace(standing, subject=as_bare(subject), trying=(keeper,), loads=True)


def _is_done(outcome: SaveOutcome | None) -> bool:
    return outcome is not None and outcome.report.status is JobStatus.DONE


def _checked(
    standing: Standing,
    judged: Sequence[JudgedCell],
    refusals: dict[str, list[Refusal]],
    wanted: Wanted,
) -> Checked:
    subject = standing.subject
    cells = tuple(one for one in judged if one.cell.model == subject.name)
    given = subject.is_script or wanted.savers_are_given or subject.task is SubjectTask.BARE
    baseline = None if given or not standing.trying else standing.trying[0].id
    return Checked(subject, baseline, tuple(refusals[subject.name]), cells)
