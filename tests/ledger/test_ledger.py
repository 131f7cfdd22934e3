"""What is recorded is found again, by key and by run; nothing is reused that should not be."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crossload.runner.errors import LedgerError
from crossload.runner.ledger import KnownAttempt, Ledger, RunState, SavedFile
from crossload.runner.records import Attempt, Limits, SaveOutcome
from crossload.runner.words import Format, JobStatus, Strategy
from tests.ledger.examples import (
    ARTIFACT,
    ATTEMPT_KEY,
    CELL,
    LIMITS,
    LOAD,
    LOADED,
    LOADER_RECORD,
    OUTPUTS,
    OWN_CELL,
    PROBLEM,
    REFUSED,
    SAVE_KEY,
    SAVED,
    SAVER_RECORD,
    START,
    TIMED_OUT,
    find_attempts,
    find_save,
)


@pytest.fixture
def run_id(ledger: Ledger) -> int:
    """A run with two environments and one cell besides its saver's own."""
    run_id = ledger.begin_run(START)
    ledger.record_environment(run_id, SAVER_RECORD)
    ledger.record_environment(run_id, LOADER_RECORD)
    ledger.plan_cells(run_id, [OWN_CELL, CELL])
    return run_id


def test_a_save_is_found_as_it_was_recorded(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    assert find_save(ledger, SAVE_KEY, LIMITS) == SAVED


def test_a_save_is_found_after_reopening(ledger: Ledger, run_id: int, path: Path) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    ledger.close()
    with Ledger.open(path) as again:
        assert find_save(again, SAVE_KEY, LIMITS) == SAVED


@pytest.mark.parametrize("field", ["saver", "model", "probe", "options"])
def test_a_save_with_another_key_is_not_found(ledger: Ledger, run_id: int, field: str) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    other = replace(SAVE_KEY, **{field: "other"})  # type: ignore[arg-type] # a string field by its name
    assert find_save(ledger, other, LIMITS) is None


def test_a_refused_save_is_found_with_its_error(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SaveOutcome(REFUSED))
    assert find_save(ledger, SAVE_KEY, LIMITS) == SaveOutcome(REFUSED)


def test_saving_again_replaces_what_the_key_finds(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SaveOutcome(REFUSED))
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    assert find_save(ledger, SAVE_KEY, LIMITS) == SAVED


def test_an_attempt_is_found_as_it_was_recorded(ledger: Ledger, run_id: int) -> None:
    ledger.record_attempt(run_id, ATTEMPT_KEY, LOADED)
    assert find_attempts(ledger, LOAD, LIMITS) == (Attempt(Strategy.PLAIN, LOADED),)


def test_attempts_come_in_the_order_of_their_strategies(ledger: Ledger, run_id: int) -> None:
    for strategy in (Strategy.SERVING, Strategy.PLAIN, Strategy.REBUILD_WEIGHTS):
        ledger.record_attempt(run_id, LOAD.attempt(strategy), LOADED)
    found = [attempt.strategy for attempt in find_attempts(ledger, LOAD, LIMITS)]
    assert found == [Strategy.PLAIN, Strategy.REBUILD_WEIGHTS, Strategy.SERVING]


@pytest.mark.parametrize("status", [JobStatus.TIMED_OUT, JobStatus.OUT_OF_MEMORY])
def test_a_limit_hit_counts_under_the_same_limits(
    ledger: Ledger, run_id: int, status: JobStatus
) -> None:
    outcome = SaveOutcome(replace(TIMED_OUT, status=status))
    ledger.record_save(run_id, SAVE_KEY, outcome)
    assert find_save(ledger, SAVE_KEY, LIMITS) == outcome


@pytest.mark.parametrize("field", [*vars(LIMITS)])
def test_a_limit_hit_does_not_count_once_more_is_allowed(
    ledger: Ledger, run_id: int, field: str
) -> None:
    ledger.record_attempt(run_id, ATTEMPT_KEY, replace(LOADED, report=TIMED_OUT))
    more = replace(LIMITS, **{field: getattr(LIMITS, field) + 1})
    assert find_attempts(ledger, LOAD, more) == ()


def test_a_limit_hit_counts_when_less_is_allowed(ledger: Ledger, run_id: int) -> None:
    ledger.record_attempt(run_id, ATTEMPT_KEY, replace(LOADED, report=TIMED_OUT))
    assert find_attempts(ledger, LOAD, replace(LIMITS, cpu_seconds=1)) != ()


def test_a_refusal_counts_whatever_the_limits(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SaveOutcome(REFUSED))
    assert find_save(ledger, SAVE_KEY, Limits(10**6, 10**6, 10**6, 10**6, 10**6)) is not None


def test_a_forgotten_save_is_not_found(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    ledger.forget_save(SAVE_KEY)
    assert find_save(ledger, SAVE_KEY, LIMITS) is None


def test_a_forgotten_save_stays_in_the_run_that_made_it(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    ledger.forget_save(SAVE_KEY)
    assert ledger.snapshot(run_id).saves == {SavedFile.of(CELL): SAVED}


def test_a_forgotten_save_can_be_recorded_again(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    ledger.forget_save(SAVE_KEY)
    ledger.record_save(run_id, SAVE_KEY, replace(SAVED, artifact="c" * 64))
    assert find_save(ledger, SAVE_KEY, LIMITS) == replace(SAVED, artifact="c" * 64)


def test_a_snapshot_holds_the_whole_run(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    ledger.record_attempt(run_id, ATTEMPT_KEY, LOADED)
    ledger.finish_run(run_id, RunState.FINISHED)
    snapshot = ledger.snapshot()
    assert snapshot.run.start == START
    assert snapshot.run.state is RunState.FINISHED
    assert snapshot.environments == (SAVER_RECORD, LOADER_RECORD)
    assert snapshot.cells == (OWN_CELL, CELL)
    assert snapshot.saves == {SavedFile.of(CELL): SAVED}
    assert snapshot.attempts == {CELL: (Attempt(Strategy.PLAIN, LOADED),)}


def test_an_environment_without_a_lock_keeps_its_problem(ledger: Ledger, run_id: int) -> None:
    record = replace(SAVER_RECORD, id="tf1.15-py3.7", digest="", problem=PROBLEM)
    ledger.record_environment(run_id, record)
    assert ledger.snapshot(run_id).environment("tf1.15-py3.7") == record


def test_an_environment_recorded_again_keeps_its_place(ledger: Ledger, run_id: int) -> None:
    broken = replace(SAVER_RECORD, problem=PROBLEM)
    ledger.record_environment(run_id, broken)
    assert ledger.snapshot(run_id).environments == (broken, LOADER_RECORD)


def test_a_problem_met_later_leaves_what_was_measured_before(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    later = replace(SAVER_RECORD, digest="", versions=(), problem=PROBLEM)
    ledger.record_environment(run_id, later)
    assert ledger.snapshot(run_id).saves == {SavedFile.of(CELL): SAVED}


def test_a_problem_met_later_leaves_the_versions(ledger: Ledger, run_id: int) -> None:
    later = replace(SAVER_RECORD, digest="", versions=(), problem=PROBLEM)
    ledger.record_environment(run_id, later)
    assert ledger.snapshot(run_id).environments[0] == replace(SAVER_RECORD, problem=PROBLEM)


def test_environments_that_share_a_digest_must_use_keras_alike(ledger: Ledger, run_id: int) -> None:
    other = replace(SAVER_RECORD, id="other", api="keras")
    with pytest.raises(ValueError, match=r"'other' and 'tf2\.10-py3\.9' have one digest"):
        ledger.record_environment(run_id, other)


def test_cells_can_be_planned_twice(ledger: Ledger, run_id: int) -> None:
    ledger.plan_cells(run_id, [CELL, CELL._replace(format=Format.KERAS)])
    assert ledger.snapshot(run_id).cells == (OWN_CELL, CELL, CELL._replace(format=Format.KERAS))


def test_a_later_run_that_adopts_results_shows_them(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    ledger.record_attempt(run_id, ATTEMPT_KEY, LOADED)
    later = ledger.begin_run(START)
    ledger.record_environment(later, SAVER_RECORD)
    ledger.record_environment(later, LOADER_RECORD)
    ledger.plan_cells(later, [CELL])
    assert ledger.adopt_saves(later, [SAVE_KEY], LIMITS) == {SAVE_KEY: SAVED}
    assert ledger.adopt_attempts(later, [LOAD], LIMITS) == {
        LOAD: (KnownAttempt(Strategy.PLAIN, JobStatus.DONE, OUTPUTS),)
    }
    assert ledger.snapshot(later).attempts == {CELL: (Attempt(Strategy.PLAIN, LOADED),)}


def test_a_later_run_that_adopts_nothing_shows_nothing(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    later = ledger.begin_run(START)
    ledger.record_environment(later, SAVER_RECORD)
    ledger.plan_cells(later, [CELL])
    assert ledger.snapshot(later).saves == {}


def test_an_earlier_run_shows_what_it_measured_after_a_later_one(
    ledger: Ledger, run_id: int
) -> None:
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    later = ledger.begin_run(START)
    ledger.record_save(later, SAVE_KEY, SaveOutcome(REFUSED))
    assert ledger.snapshot(run_id).saves == {SavedFile.of(CELL): SAVED}


def test_adopting_leaves_out_what_is_not_known(ledger: Ledger, run_id: int) -> None:
    assert ledger.adopt_attempts(run_id, [LOAD], LIMITS) == {}


def test_adopting_leaves_out_what_hit_a_lower_limit(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, SaveOutcome(TIMED_OUT))
    assert ledger.adopt_saves(run_id, [SAVE_KEY], replace(LIMITS, wall_seconds=999)) == {}


def test_the_same_text_is_kept_once(ledger: Ledger, run_id: int) -> None:
    for strategy in Strategy:
        ledger.record_attempt(run_id, LOAD.attempt(strategy), LOADED)
    (count,) = ledger._connection.execute("SELECT count(*) FROM wording").fetchone()
    assert count == 4  # the tail of the output, two warnings, the recipe


def test_foreign_text_is_cleaned_on_its_way_in(ledger: Ledger, run_id: int) -> None:
    report = replace(REFUSED, detail="\x1b[31mred\udc80", output_tail="ghp_" + "a" * 36)
    ledger.record_save(run_id, SAVE_KEY, SaveOutcome(report))
    found = find_save(ledger, SAVE_KEY, LIMITS)
    assert found is not None
    assert found.report.detail == "\\u001b[31mred\\udc80"
    assert found.report.output_tail == "[redacted]"


def test_runs_are_listed_oldest_first(ledger: Ledger) -> None:
    first, second = ledger.begin_run(START), ledger.begin_run(replace(START, profile="full"))
    assert [one.id for one in ledger.runs()] == [first, second]


def test_the_run_of_a_dead_process_becomes_interrupted(ledger: Ledger) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    dead = ledger.begin_run(replace(START, pid=child.pid))
    ledger.begin_run(START)
    assert ledger.snapshot(dead).run.state is RunState.INTERRUPTED


def test_the_run_of_a_reused_process_number_becomes_interrupted(ledger: Ledger) -> None:
    long_ago = ledger.begin_run(replace(START, started=START.started - timedelta(days=30)))
    ledger.begin_run(START)
    assert ledger.snapshot(long_ago).run.state is RunState.INTERRUPTED


def test_the_run_of_another_host_becomes_interrupted(ledger: Ledger) -> None:
    elsewhere = ledger.begin_run(replace(START, host="elsewhere"))
    ledger.begin_run(START)
    assert ledger.snapshot(elsewhere).run.state is RunState.INTERRUPTED


def test_the_run_of_a_living_process_goes_on(ledger: Ledger) -> None:
    living = ledger.begin_run(START)
    ledger.begin_run(START)
    assert ledger.snapshot(living).run.state is RunState.RUNNING


def test_an_empty_ledger_has_no_snapshot(ledger: Ledger, path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        ledger.snapshot()
    assert str(caught.value) == f"the ledger {str(path)!r} does not hold any run yet"


def test_a_run_that_is_not_there_is_named(ledger: Ledger, path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        ledger.snapshot(7)
    assert str(caught.value) == f"the ledger {str(path)!r} does not hold a run 7"


def test_an_unknown_word_in_the_file_is_reported_as_an_error_of_the_file(
    ledger: Ledger, path: Path
) -> None:
    ledger.begin_run(START)
    ledger._connection.execute("UPDATE run SET state = 'dreaming'")
    with pytest.raises(LedgerError) as caught:
        ledger.runs()
    assert str(caught.value) == (
        f"the ledger {str(path)!r} holds an unknown value: 'dreaming' is not a valid RunState"
    )


def test_an_error_inside_leaves_nothing_half_written(ledger: Ledger, run_id: int) -> None:
    broken = replace(SAVED, payload_bytes="x" * 10, noise=object())  # type: ignore[arg-type] # on purpose
    with pytest.raises(Exception, match=r"not supported|Error binding"):
        ledger.record_save(run_id, SAVE_KEY, broken)
    (jobs,) = ledger._connection.execute("SELECT count(*) FROM job").fetchone()
    assert jobs == 0


def test_artifacts_are_joined_by_content(ledger: Ledger, run_id: int) -> None:
    ledger.record_save(run_id, SAVE_KEY, replace(SAVED, artifact="d" * 64))
    ledger.record_attempt(run_id, ATTEMPT_KEY, LOADED)
    assert ATTEMPT_KEY.artifact == ARTIFACT
    assert ledger.snapshot(run_id).attempts == {}
