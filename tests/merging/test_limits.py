"""Two results of one thing, one of which hit a limit: the other counts, whichever came first."""

from __future__ import annotations

from crossload.runner.home import Home
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.records import (
    AttemptOutcome,
    Cell,
    LoadKey,
    ProbeDigests,
    SaveKey,
    SaveOutcome,
)
from crossload.runner.words import Format, JobStatus
from tests.ledger.examples import LOADER_RECORD, SAVER_RECORD, START, TIMED_OUT
from tests.merging.machines import LOADERS, Make, merged, tree_digest_of


def test_a_later_result_that_hit_a_limit_counts_only_alone(machine: Make, target: Home) -> None:
    later = machine("later", 5).measure("dense", "lstm", outcome=AttemptOutcome(TIMED_OUT))
    earlier = machine("earlier", 1).measure("dense")
    found = merged(target, later, earlier)
    assert [str(one) for one in found.conflicts] == [
        f"plain {SAVER_RECORD.id}/dense.h5/{loader}: done, structure agrees, outputs measured "
        "3.0e-08, step error (kept, the other hit a limit) and timed-out"
        for loader in (SAVER_RECORD.id, LOADER_RECORD.id)
    ]
    with Ledger.open(target.ledger, read_only=True) as ledger:
        tried = ledger.snapshot(found.run_id).attempts
    ended = {cell: attempt.outcome.report.status for cell, (attempt,) in tried.items()}
    assert {(cell.model, status) for cell, status in ended.items()} == {
        ("dense", JobStatus.DONE),
        ("lstm", JobStatus.TIMED_OUT),
    }


def test_a_limit_gives_way_to_a_load_of_the_same_model_from_another_save(
    machine: Make, target: Home
) -> None:
    later = machine("later", 5).measure(
        "dense", outcome=AttemptOutcome(TIMED_OUT), saved_as="again"
    )
    found = merged(target, later, machine("earlier", 1).measure("dense"))
    with Ledger.open(target.ledger, read_only=True) as ledger:
        for (attempt,) in ledger.snapshot(found.run_id).attempts.values():
            assert attempt.outcome.report.status is JobStatus.DONE


def test_a_limit_of_a_newer_probe_counts(machine: Make, target: Home) -> None:
    """What an older probe measured says nothing about what this one does."""
    later = machine("later", 5).measure("dense", outcome=AttemptOutcome(TIMED_OUT), probe="newer")
    found = merged(target, later, machine("earlier", 1).measure("dense"))
    with Ledger.open(target.ledger, read_only=True) as ledger:
        for (attempt,) in ledger.snapshot(found.run_id).attempts.values():
            assert attempt.outcome.report.status is JobStatus.TIMED_OUT


def test_a_save_that_hit_a_limit_gives_way_to_the_file(machine: Make, target: Home) -> None:
    late = machine("later", 5)
    with Ledger.open(late.home.ledger) as ledger:
        run_id = ledger.begin_run(late.start)
        for record in LOADERS:
            ledger.record_environment(run_id, record)
        ledger.plan_cells(run_id, [Cell(SAVER_RECORD.id, "dense", Format.H5, LOADERS[0].id)])
        key = SaveKey(SAVER_RECORD.digest, "dense", Format.H5, "probe", "options")
        ledger.record_save(run_id, key, SaveOutcome(TIMED_OUT))
        ledger.finish_run(run_id, RunState.FINISHED)
    found = merged(target, late.home.root, machine("earlier", 1).measure("dense"))
    assert [one.why for one in found.conflicts] == ["the other hit a limit"]
    with Ledger.open(target.ledger, read_only=True) as ledger:
        snapshot = ledger.snapshot(found.run_id)
    (saved,) = snapshot.saves.values()
    assert saved.report.status is JobStatus.DONE
    assert set(snapshot.attempts) == set(snapshot.cells)


def test_the_next_run_finds_a_merged_result_where_its_own_hit_a_limit(machine: Make) -> None:
    made = machine("one", 1)
    made.measure("dense", outcome=AttemptOutcome(TIMED_OUT))
    merged(made.home, machine("two", 2).measure("dense"))
    digest = tree_digest_of("dense")
    load = LoadKey(digest, LOADER_RECORD.digest, ProbeDigests("probe", "probe", "probe"), "options")
    with Ledger.open(made.home.ledger) as ledger:
        found = ledger.adopt_attempts(ledger.begin_run(START), [load], START.limits)
    assert [one.status for one in found[load]] == [JobStatus.DONE]
