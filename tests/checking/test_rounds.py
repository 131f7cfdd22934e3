"""The rounds of a check: who is asked when, and what is settled with whose answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import cast

from crossload.runner.checking.planning import Wanted
from crossload.runner.checking.running import Check, Session, check
from crossload.runner.environments.model import Environment
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, RunStart, RunState, SavedFile
from crossload.runner.plan import Plan
from crossload.runner.records import Attempt, Limits, SaveOutcome, Tolerances
from crossload.runner.subjects.model import Subject
from crossload.runner.words import Format, Strategy, SubjectTask
from tests.checking.examples import (
    EVERY,
    REFUSED,
    SAVED,
    TF26,
    TF115,
    TF210,
    TF215,
    TF221,
    script,
    subject,
)
from tests.runs import LOADED

START = datetime(2026, 11, 21, tzinfo=timezone.utc)


@dataclass
class Stage:
    """A session in which a model can be taken over by some environments only."""

    able: tuple[Environment, ...]
    broken: tuple[Environment, ...] = ()
    every: tuple[Environment, ...] = EVERY
    profile: str = "check"
    plans: list[Plan] = field(default_factory=list)
    built: frozenset[str] = frozenset()
    search: bool = False
    said: list[str] = field(default_factory=list)

    @property
    def display(self) -> Stage:
        return self

    def message(self, text: str) -> None:
        self.said.append(text)

    def measure_rounds(
        self, plan: Plan, following: Callable[[RunSnapshot], Plan | None]
    ) -> RunSnapshot:
        current: Plan | None = plan
        while current is not None:
            self.plans.append(current)
            snapshot = self._snapshot(current)
            current = following(snapshot)
        return snapshot

    def _snapshot(self, plan: Plan) -> RunSnapshot:
        start = RunStart("check", "check", START, "h", 1, "0", Tolerances(), Limits())
        bare = {one.name for one in plan.subjects if one.task is not SubjectTask.ADOPT}
        ids = {one.id for one in self.able}
        gone = {one.id for one in self.broken}
        saves: Mapping[SavedFile, SaveOutcome] = {
            SavedFile(one.saver, one.model, one.format): (
                SAVED if one.saver in ids or one.model in bare else REFUSED
            )
            for one in plan.saves
            if one.saver not in gone
        }
        return RunSnapshot(
            run=RunFacts(len(self.plans), start, RunState.FINISHED),
            environments=(),
            cells=plan.cells,
            saves=saves,
            attempts={one: (Attempt(Strategy.PLAIN, LOADED),) for one in plan.cells},
        )


def run(stage: Stage, *subjects: Subject, wanted: Wanted | None = None) -> Check:
    pairs = tuple((one, one) for one in (TF215, TF221))
    asked = wanted or Wanted(pairs, savers_are_given=False)
    return check(subjects, asked, cast("Session", stage))


def ids(*environments: Environment) -> frozenset[str]:
    return frozenset(one.id for one in environments)


def test_the_likeliest_environment_settles_it_in_one_round() -> None:
    stage = Stage((TF26,), built=ids(TF26))
    (one,) = run(stage, subject(keras="2.6.0")).checked
    assert len(stage.plans) == 1
    assert one.baseline == TF26.id
    assert one.refusals == ()
    assert {cell.cell.loader for cell in one.cells} == {TF26.id, TF215.id, TF221.id}
    assert {cell.loader for cell in one.asked} == {TF215.id, TF221.id}


def test_where_it_refuses_the_others_try_and_the_nearest_of_them_counts() -> None:
    stage = Stage((TF215, TF221), built=ids(TF26))
    (one,) = run(stage, subject(keras="2.6.0")).checked
    assert len(stage.plans) == 2
    assert stage.said == []
    assert one.baseline == TF215.id
    assert [refusal.environment for refusal in one.refusals] == [TF26.id]
    assert {cell.cell.saver for cell in one.cells} == {TF215.id}


def test_a_file_that_nothing_loads_is_kept_without_outputs_in_a_requested_environment() -> None:
    stage = Stage(())
    (one,) = run(stage, subject(keras="2.6.0")).checked
    assert one.subject.task is SubjectTask.BARE
    assert one.baseline is None
    assert {cell.cell.saver for cell in one.cells} == {TF215.id}
    assert {cell.cell.loader for cell in one.cells} == {TF215.id, TF221.id}
    assert TF26.id in {refusal.environment for refusal in one.refusals}


def test_one_environment_is_built_to_compare_with_and_announced() -> None:
    stage = Stage((TF26,))
    only = Wanted(((TF221, TF221),), savers_are_given=False)
    (one,) = run(stage, subject(keras="2.6.0"), wanted=only).checked
    assert one.baseline == TF26.id
    assert stage.said == [
        "building tf2.6-py3.9 (1.2 GB) to compare with; --from names another environment"
    ]


def test_only_one_is_built_unless_a_search_is_requested() -> None:
    only = Wanted(((TF221, TF221),), savers_are_given=False)
    narrow, wide = Stage((TF210,)), Stage((TF210,), search=True)
    (left,) = run(narrow, subject(keras="2.6.0"), wanted=only).checked
    (found,) = run(wide, subject(keras="2.6.0"), wanted=only).checked
    assert left.baseline is None
    assert left.beyond > 0
    assert len(narrow.said) == 1
    assert found.baseline == TF210.id
    assert found.beyond == 0
    assert len(wide.said) == 1 + left.beyond


def test_only_the_model_that_needs_it_goes_on() -> None:
    stage = Stage((TF26,), built=ids(TF26, TF210))
    old, new = subject("old", keras="2.6.0"), subject("new", keras="2.10.0")
    found = {one.subject.name: one for one in run(stage, old, new).checked}
    assert found["old"].baseline == TF26.id
    assert found["new"].baseline == TF26.id
    second = stage.plans[1]
    tried = {cell.saver for cell in second.cells if cell.model == "new"}
    assert TF210.id not in tried
    assert {cell.saver for cell in second.cells if cell.model == "old"} == {TF26.id}


def test_given_savers_and_scripts_take_one_round() -> None:
    given = Wanted(((TF115, TF221),), savers_are_given=True, formats=(Format.H5,))
    stage = Stage(())
    file, own = run(stage, subject(), script(), wanted=given).checked
    assert len(stage.plans) == 1
    assert (file.baseline, own.baseline) == (None, None)
    assert {(cell.saver, cell.loader) for cell in file.asked} == {(TF115.id, TF221.id)}
    assert len(own.cells) == 2


def test_an_unusable_environment_is_distinguished_from_one_that_refuses() -> None:
    stage = Stage((TF221,), broken=(TF26,), built=ids(TF26))
    (one,) = run(stage, subject(keras="2.6.0")).checked
    outcomes = {refusal.environment: refusal.outcome for refusal in one.refusals}
    assert outcomes[TF26.id] is None
    assert one.baseline == TF221.id
