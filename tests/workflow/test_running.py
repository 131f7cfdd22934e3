"""The steps of a run, with builds and probes that only pretend; the ledger is a real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from crossload.runner.errors import EnvironmentsError, ExitCode
from crossload.runner.ledger import RunState
from crossload.runner.probing.tasks import ProbeSink, ProbeTask
from crossload.runner.records import EnvironmentProblem, Tolerances
from crossload.runner.words import (
    EnvironmentCause,
    EnvironmentState,
)
from crossload.runner.workflow import run
from tests import runs
from tests.runs import MISSING, SAVED, A, B, C
from tests.workflow.stage import Stage, measure_everything


def test_a_run_that_ends_is_finished_and_has_all_its_cells(stage: Stage) -> None:
    stage.probes(measure_everything)
    run_id = stage.run()
    snapshot = stage.ledger.snapshot(run_id)
    assert stage.state is RunState.FINISHED
    assert (len(snapshot.saves), len(snapshot.attempts), len(snapshot.cells)) == (2, 4, 4)


def test_a_run_whose_time_is_over_is_interrupted_and_says_how_to_go_on(stage: Stage) -> None:
    run(replace(stage.request(), is_over=lambda: True), stage.ledger, stage.screen)
    assert stage.state is RunState.INTERRUPTED
    assert stage.screen.lines[-1] == ("the time is up; the same command continues from here")


def test_events_are_reported_in_order(stage: Stage) -> None:
    stage.run()
    assert stage.screen.lines == [
        "environments: 2",
        f"{A.id} ready: tensorflow 2.15.1, keras 2.15.0",
        "+1",
        f"{B.id} ready: tensorflow 2.15.1, keras 2.15.0",
        "+1",
        "saves and loads: 6",
    ]


def test_probes_get_the_limits_and_tolerances_of_the_matrix(stage: Stage) -> None:
    stage.run()
    (settings,) = stage.seen
    assert settings.limits == runs.matrix().limits.to_limits()
    given = runs.matrix().tolerances
    assert settings.tolerances == Tolerances(given.relative, given.noise_factor, given.ceiling)
    assert settings.sandbox is None  # the best there is


def test_the_sandbox_can_be_refused(stage: Stage) -> None:
    run(replace(stage.request(), sandboxed=False), stage.ledger, stage.screen)
    (settings,) = stage.seen
    assert settings.sandbox is not None
    assert not settings.sandbox.contained


def test_environments_are_recorded_in_matrix_order_however_they_end(stage: Stage) -> None:
    stage.builds((C, runs.build(C)), (B, MISSING), (A, runs.build(A)))
    run_id = stage.run(A, B, C)
    recorded = stage.ledger.snapshot(run_id).environments
    assert [one.id for one in recorded] == [A.id, B.id, C.id]
    assert [one.problem for one in recorded] == [None, MISSING, None]
    assert recorded[0].versions == (("tensorflow", "2.15.1"), ("keras", "2.15.0"))
    assert [one.digest for one in recorded] == ["digest of a", "", "digest of c"]


def test_without_any_environment_the_run_failed_and_still_says_why(stage: Stage) -> None:
    stage.builds((B, MISSING), (A, MISSING))
    with pytest.raises(EnvironmentsError) as caught:
        stage.run()
    assert str(caught.value) == "no environment of this plan could be used"
    assert caught.value.exit_code is ExitCode.ENVIRONMENTS
    assert stage.state is RunState.FAILED
    assert [one.id for one in stage.ledger.snapshot().environments] == [A.id, B.id]


def test_one_usable_environment_is_enough(stage: Stage) -> None:
    stage.builds((A, MISSING), (B, runs.build(B)))
    stage.probes(measure_everything)
    snapshot = stage.ledger.snapshot(stage.run())
    assert [str(cell) for cell in snapshot.attempts] == [f"{B.id}/dense.h5/{B.id}"]
    assert stage.state is RunState.FINISHED


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143)], ids=["ctrl-c", "term"])
def test_an_interruption_while_building_keeps_what_was_built(
    stage: Stage, error: BaseException
) -> None:
    stage.builds((B, runs.build(B)), then=error)
    with pytest.raises(type(error)):
        stage.run()
    assert stage.state is RunState.INTERRUPTED
    assert [one.id for one in stage.ledger.snapshot().environments] == [B.id]


def test_an_interruption_between_two_builds_ends_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stage.screen, "environment", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        stage.run()
    # The traceback still holds the loop: waiting for the collector would be too late.
    assert caught.tb is not None
    assert stage.builds_ended


def test_an_interruption_while_measuring_keeps_what_was_measured(stage: Stage) -> None:
    def interrupted(tasks: Sequence[ProbeTask], sink: ProbeSink) -> None:
        sink.saved(tasks[0].saves[0], SAVED)
        raise SystemExit(143)

    stage.probes(interrupted)
    with pytest.raises(SystemExit):
        stage.run()
    assert stage.state is RunState.INTERRUPTED
    assert len(stage.ledger.snapshot().saves) == 1


def test_a_mistake_of_the_program_fails_the_run_and_passes(stage: Stage) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake")

    stage.probes(broken)
    with pytest.raises(RuntimeError, match="a mistake"):
        stage.run()
    assert stage.state is RunState.FAILED


def test_an_environment_that_a_probe_gives_up_is_recorded_with_its_problem(stage: Stage) -> None:
    problem = EnvironmentProblem(
        EnvironmentState.UNAVAILABLE, EnvironmentCause.PROBE_FAILED, "its probe does not start"
    )
    stage.probes(lambda _, sink: sink.unusable(A.id, problem))
    snapshot = stage.ledger.snapshot(stage.run())
    assert [one.problem for one in snapshot.environments] == [problem, None]
    assert f"{A.id} unavailable: its probe does not start" in stage.screen.lines
    assert stage.state is RunState.FINISHED
