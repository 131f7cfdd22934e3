"""What an earlier run has measured, and what a following run takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner import workflow
from crossload.runner.environments.building import BuildResult
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.ledger import RunState
from crossload.runner.request import RunRequest
from crossload.runner.workflow import run
from tests import runs
from tests.runs import A, B, C
from tests.workflow.stage import Stage, damage, measure_everything, measure_once, only


def test_the_next_run_measures_nothing_again(stage: Stage) -> None:
    measure_once(stage)
    run_id = stage.run()
    assert stage.screen.lines[-2:] == [
        "saves and loads: 0",
        "everything is known already; nothing to measure",
    ]
    assert len(stage.ledger.snapshot(run_id).attempts) == 4


def test_a_damaged_environment_is_named_and_built_again_before_it_is_used(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(monkeypatch, A.id)
    stage.run()
    lines = stage.screen.lines
    what = "keras/__init__.py of keras-2.15.0 is missing"
    told = lines.index(f"{A.id} has been damaged since it was built: {what}")
    ready = [at for at, line in enumerate(lines) if line.startswith(f"{A.id} ready")]
    assert len(ready) == 2
    assert ready[0] < told < ready[1]
    assert [one for one in lines if one.startswith("environments:")] == ["environments: 2"]
    assert len([one for one in lines if one.startswith(f"{B.id} ready")]) == 1
    assert len(stage.seen) == 1
    assert stage.state is RunState.FINISHED


def test_an_environment_that_is_not_used_is_not_checked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = damage(monkeypatch)
    stage.run()
    assert set(asked) == {A.id, B.id}
    measure_once(stage)
    asked.clear()
    stage.run()
    assert asked == []


def test_files_that_were_deleted_are_saved_again_once_they_are_needed(stage: Stage) -> None:
    stage.probes(measure_everything)
    stage.run()
    stage.screen.lines.clear()
    stage.probes(lambda *_: None)
    stage.run()
    assert stage.screen.lines[-1] == "everything is known already; nothing to measure"
    stage.builds((A, runs.build(A)), (B, runs.build(B)), (C, runs.build(C)))
    stage.run(A, B, C)
    assert stage.screen.lines[-1] == "saves and loads: 12"


def test_a_run_that_follows_goes_on_with_the_same_workers(stage: Stage) -> None:
    stage.probes(measure_everything)
    asked: list[int] = []

    def following(run_id: int) -> RunRequest | None:
        asked.append(run_id)
        assert stage.ledger.snapshot(run_id).saves
        return stage.request(A) if len(asked) == 1 else None

    last = run(stage.request(), stage.ledger, stage.screen, following)
    assert asked == [last - 1, last]
    assert [one.state for one in stage.ledger.runs()] == [RunState.FINISHED] * 2
    assert [one.id for one in stage.ledger.snapshot(last).environments] == [A.id]
    assert stage.screen.lines.count("environments: 2") == 1
    assert not any(line == "environments: 1" for line in stage.screen.lines)


def test_a_following_run_that_builds_something_starts_new_workers(stage: Stage) -> None:
    stage.builds((A, runs.build(A)), (B, runs.build(B)), (C, runs.build(C)))
    more = [stage.request(A, C)]
    last = run(stage.request(A), stage.ledger, stage.screen, lambda _: more.pop() if more else None)
    assert [one.id for one in stage.ledger.snapshot(last).environments] == [A.id, C.id]
    assert stage.screen.lines.count("environments: 2") == 1


def test_what_is_known_needs_no_environment(
    stage: Stage, locked: Callable[[Environment], BuiltEnvironment]
) -> None:
    first, second = only(A, "a"), only(B, "b")
    stage.builds((first, locked(first)), (second, locked(second)))
    measure_once(stage, first, second)
    before = stage.ledger.snapshot()
    stage.builds(then=AssertionError("nothing is to be built"))
    stage.run(first, second)
    after = stage.ledger.snapshot()
    assert stage.screen.lines == [
        "saves and loads: 0", "everything is known already; nothing to measure",
    ]  # fmt: skip
    assert after.environments == before.environments
    assert (after.saves, after.attempts) == (before.saves, before.attempts)


def test_only_environments_of_unsettled_cells_are_built(
    stage: Stage, locked: Callable[[Environment], BuiltEnvironment]
) -> None:
    first, second, third = only(A, "a"), only(B, "b"), only(C, "c")
    stage.builds((first, locked(first)), (second, locked(second)))
    measure_once(stage, first, second)
    built: list[str] = []

    def build_all(environments: Sequence[Environment], *_: object) -> Iterator[BuildResult]:
        built.extend(one.id for one in environments)
        return (BuildResult(one, locked(one), 0.0, Path("log")) for one in environments)

    stage.monkeypatch.setattr(workflow, "build_all", build_all)
    stage.run(first)
    assert built == []
    request = stage.request(first, second, third)
    cells = [cell for cell in request.plan.cells if second.id in {cell.saver, cell.loader}]
    plan = replace(request.plan, cells=tuple(cells), saves=request.plan.saves[1:2])
    run(replace(request, plan=plan), stage.ledger, stage.screen)
    assert built[0] == third.id
    assert set(built[1:]) == {second.id, third.id}
