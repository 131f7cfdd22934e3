"""A run, as the list of its steps: environments, then what is not known yet, then the end.

Owns their order and what is recorded about the run as a whole. It prints nothing but through the
display; the table and the page are drawn afterwards by the caller.
"""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone

from crossload import __version__
from crossload.runner.environments.building import BuildOptions, build_all, present
from crossload.runner.environments.integrity import withdraw_damaged
from crossload.runner.environments.keeping import Keeper
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.recalling import recall_missing
from crossload.runner.environments.record import environment_record
from crossload.runner.errors import EnvironmentsError
from crossload.runner.interruption import run_interruptibly
from crossload.runner.ledger import Ledger, RunStart, RunState
from crossload.runner.probing.rounds import Round
from crossload.runner.probing.rounds import nothing_follows as nothing_more
from crossload.runner.probing.schedule import run_probes
from crossload.runner.progress import BuildProgress, Display, standing
from crossload.runner.records import EnvironmentProblem
from crossload.runner.request import RunRequest, limits_of, tolerances_of
from crossload.runner.turns import plan_of_turn
from crossload.runner.work import round_of

# Asked for the run that goes on from the results of the one with that id; None is the end.
Following = Callable[[int], "RunRequest | None"]


def nothing_follows(run_id: int) -> None:
    """One run is all."""
    del run_id


def run(
    request: RunRequest, ledger: Ledger, display: Display, following: Following = nothing_follows
) -> int:
    """Do the run and return its id; whatever was measured is in the ledger, however it ends.

    `following` is asked, with the id of a run that has ended, for one that goes on from it; workers
    live on where that one needs no environment that is not built yet. Returns the last id.

    Raises:
        EnvironmentsError: not one environment of the plan could be used.
        StorageError, LedgerError: results cannot be kept.
        KeyboardInterrupt, SystemExit: interrupted; workers are gone and the run says so.
    """
    runs = _Runs(ledger, display, following)
    current: RunRequest | None = request
    while current is not None:
        current = runs.do(current)
    if not runs.unsettled:
        display.message("everything is known already; nothing to measure")
    return runs.run_id


class _Runs:
    """Runs that follow each other; `run_id` is that of the one that is going on.

    `unsettled` counts the saves and cells of all of them that were not known before.
    """

    def __init__(self, ledger: Ledger, display: Display, following: Following) -> None:
        self.run_id = 0
        self._ledger = ledger
        self._display = display
        self._following = following
        self._outcomes: dict[str, BuiltEnvironment | EnvironmentProblem] = {}
        self._intact: set[str] = set()
        self._recalled: set[str] = set()  # ids of outcomes that are an earlier run's
        self._waiting: RunRequest | None = None
        self.unsettled = 0

    def do(self, request: RunRequest) -> RunRequest | None:
        """Do a run, and those that follow with the same workers; return the next that cannot."""
        self._begin(request)
        state = RunState.FAILED
        try:
            self._recall(request)
            keeper = self._keeper(request)
            if keeper is None or keeper.fits:
                self._build(request)
                state = self._measure(request)
            else:
                state = self._measure_in_turns(request, keeper)
        except (KeyboardInterrupt, SystemExit, asyncio.CancelledError):
            state = RunState.INTERRUPTED
            raise
        finally:
            self._ledger.finish_run(self.run_id, state)
        return self._waiting

    def _begin(self, request: RunRequest) -> None:
        self.run_id = self._ledger.begin_run(_start(request))
        self._ledger.plan_cells(self.run_id, request.plan.cells)

    def _recall(self, request: RunRequest) -> None:
        """Let what is not built stand for itself, as an earlier run knew it, for as long as it can.

        Known results need no environment: what follows from its lock identifies it.
        """
        unknown = [one for one in request.plan.environments if one.id not in self._outcomes]
        known = recall_missing(unknown, request.project, self._ledger.environment)
        self._outcomes.update(known)
        self._recalled.update(known)
        self._record([one for one in request.plan.environments if one.id in self._recalled])

    def _build(self, request: RunRequest) -> None:
        """Build what is missing; record every environment, usable or not, in the matrix's order."""
        environments = [one for one in request.plan.environments if one.id not in self._recalled]
        if not environments:
            return
        self._display.phase("environments", len(environments))
        with closing(self._built(request, environments)) as built:
            for _ in built:
                self._display.advance()

    def _rebuild(self, request: RunRequest) -> None:
        """Build what was withdrawn, without counting all environments once more."""
        environments = request.plan.environments
        withdrawn = [one for one in environments if one.id not in self._outcomes]
        with closing(self._built(request, withdrawn)) as built:
            list(built)

    def _built(
        self, request: RunRequest, environments: Sequence[Environment]
    ) -> Generator[str, None, None]:
        """The id of each environment once it has its outcome; records all of them in the end."""
        options = BuildOptions(jobs=request.jobs, listener=BuildProgress(self._display))
        build = build_all if request.cluster is None else request.cluster.build_all
        done: set[str] = set()
        try:
            with closing(build(environments, request.project, options)) as results:
                for result in results:
                    name = result.environment.id
                    done.add(name)
                    self._outcomes[name] = result.outcome
                    if request.cluster is not None:
                        self._intact.add(name)  # whoever has it looks after it
                    self._display.environment(name, standing(result.outcome), final=True)
                    yield name
        finally:
            known = done | self._recalled
            self._record([one for one in request.plan.environments if one.id in known])

    def _record(self, environments: Iterable[Environment]) -> None:
        for one in environments:
            record = environment_record(one, self._outcomes[one.id])
            self._ledger.record_environment(self.run_id, record)

    def _usable(self, request: RunRequest) -> dict[str, BuiltEnvironment]:
        return {
            one.id: outcome
            for one in request.plan.environments
            if isinstance(outcome := self._outcomes.get(one.id), BuiltEnvironment)
        }

    def _check_intact(self, environment_ids: Sequence[str]) -> bool:
        """Whether these are as they were installed; what is not has to be built again."""
        outcomes = (self._outcomes.get(one) for one in set(environment_ids) - self._intact)
        damaged = withdraw_damaged(one for one in outcomes if isinstance(one, BuiltEnvironment))
        for name, damage in damaged.items():
            del self._outcomes[name]
            self._display.message(f"{name} has been damaged since it was built: {damage}")
        self._intact.update(environment_ids)
        self._intact.difference_update(damaged)
        return not damaged

    def _measure(self, request: RunRequest) -> RunState:
        """Do the work; a run whose time is up before that is interrupted."""
        first, units = self._round(request)
        needed = self._recalled and self._recalled & first.waiting()
        if needed:
            self._recalled -= needed
            self._build(request)
            first, units = self._round(request)
        if not self._check_intact([one for one, count in units.items() if count]):
            self._rebuild(request)
            first, units = self._round(request)
        self.unsettled += sum(units.values())
        self._waiting = None
        return RunState.INTERRUPTED if self._probe(first, self._next) else RunState.FINISHED

    def _keeper(self, request: RunRequest) -> Keeper | None:
        if request.keep_bytes is None:
            return None
        environments = request.plan.environments
        return Keeper(environments, request.project, request.keep_bytes, self._display.message)

    def _measure_in_turns(self, request: RunRequest, keeper: Keeper) -> RunState:
        """Build some, let them save and load, and remove them for others; see `runner.turns`.

        What is to be removed first loads the files that were saved since its turn.
        """
        for turn in keeper.turns(request.jobs):
            group = [one for one in turn if self._has_work(request, one)]
            victims = keeper.victims(group)
            if victims and not self._take_turn(request, victims):
                return RunState.INTERRUPTED
            for one in victims:
                keeper.evict(one)
                self._intact.discard(one.id)
            self._build_again(request, group)
            if group and not self._take_turn(request, group):
                return RunState.INTERRUPTED
        if not self._usable(request):
            raise _nothing_usable()
        return RunState.FINISHED

    def _has_work(self, request: RunRequest, environment: Environment) -> bool:
        """Whether an environment has something to do; whatever was never looked at has."""
        outcome = self._outcomes.get(environment.id)
        if outcome is None:
            return True
        if not isinstance(outcome, BuiltEnvironment):
            return False
        first, _ = self._part(request, [environment])
        return environment.id in first.waiting()

    def _build_again(self, request: RunRequest, group: Sequence[Environment]) -> None:
        """Have these built, whether they were removed, damaged or never there."""
        self._check_intact([one.id for one in group if present(one, request.project) is not None])
        self._recalled.difference_update(one.id for one in group)
        if group:
            self._display.phase("environments", len(group))
        with closing(self._built(request, group)) as built:
            for _ in built:
                self._display.advance()

    def _take_turn(self, request: RunRequest, group: Sequence[Environment]) -> bool:
        """Do what these can do now; false if the time is up."""
        first, units = self._part(request, group)
        if not first.waiting():
            return True
        self._display.phase("saves and loads", sum(units.values()))
        self.unsettled += sum(units.values())
        return not self._probe(first, nothing_more)

    def _part(
        self, request: RunRequest, group: Sequence[Environment]
    ) -> tuple[Round, dict[str, int]]:
        ids = {one.id for one in group}
        part = replace(request, plan=plan_of_turn(request.plan, ids))
        return round_of(
            part, self._ledger, self.run_id, self._usable(request), self._display, only=ids
        )

    def _probe(self, first: Round, following: Callable[[], Round | None]) -> bool:
        """Do a round and those that follow; whether the time was up before the end."""
        done = run_interruptibly(
            run_probes(
                first.tasks, first.known, first.sink, first.settings, first.listener, following
            )
        )
        if done.is_cut_short:
            self._display.message("the time is up; the same command continues from here")
        return done.is_cut_short

    def _next(self) -> Round | None:
        """The round of the run that follows, where it needs nothing to be built."""
        request = self._following(self.run_id)
        if request is None:
            return None
        environments = request.plan.environments
        ids = {one.id for one in environments}
        self._check_intact(sorted(ids - self._recalled))
        if self._recalled & ids or ids - self._outcomes.keys():
            self._waiting = request
            return None
        self._ledger.finish_run(self.run_id, RunState.FINISHED)
        self._begin(request)
        self._record(environments)
        following, units = self._round(request)
        self.unsettled += sum(units.values())
        return following

    def _round(self, request: RunRequest) -> tuple[Round, dict[str, int]]:
        """What is to be measured, and how many saves and cells of it by environment.

        Raises:
            EnvironmentsError: not one environment of the plan could be used.
        """
        built = self._usable(request)
        if not built:
            raise _nothing_usable()
        first, units = round_of(request, self._ledger, self.run_id, built, self._display)
        self._display.phase("saves and loads", sum(units.values()))
        return first, units


def _nothing_usable() -> EnvironmentsError:
    return EnvironmentsError(
        "no environment of this plan could be used",
        "the reasons are listed above; `crossload doctor` shows what is missing",
    )


def _start(request: RunRequest) -> RunStart:
    return RunStart(
        command=request.command,
        profile=request.plan.profile,
        started=datetime.now(timezone.utc),
        host=platform.node(),
        pid=os.getpid(),
        crossload=__version__,
        tolerances=tolerances_of(request),
        limits=limits_of(request),
        kind=request.kind,
        subjects=tuple(one.record for one in request.plan.subjects),
    )
