"""Parts of a run become one: in any order, and once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.errors import BusyError, UsageError
from crossload.runner.home import Home, exclusive_run
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.ledger.importing import read_snapshot
from crossload.runner.merging.merging import merge
from crossload.runner.merging.parcel import write_parcel
from crossload.runner.records import AttemptOutcome, Cell, SaveKey, SaveOutcome
from crossload.runner.words import Format, JobStatus
from tests.ledger.examples import LOADED, LOADER_RECORD, PROBLEM, REFUSED, SAVER_RECORD, START
from tests.ledger.exports import HIDE, contents
from tests.merging.machines import LOADERS, Make, content, merged, three, tree_digest_of

DAY = 24 * 60  # minutes


def test_any_order_of_sources_gives_the_same_run(machine: Make, tmp_path: Path) -> None:
    sources = three(machine)
    found = set()
    for number, order in enumerate(itertools.permutations(sources)):
        home = Home(tmp_path / f"target{number}")
        home.prepare()
        found.add(content(home, merged(home, *order).run_id))
    assert len(found) == 1


def test_the_union_has_every_cell_result_and_file(machine: Make, target: Home) -> None:
    found = merged(target, *three(machine))
    assert (found.is_new, found.sources, found.cells, found.attempts) == (True, 3, 6, 6)
    assert (found.files, found.conflicts) == ((3, 3), ())
    with Ledger.open(target.ledger, read_only=True) as ledger:
        snapshot = ledger.snapshot(found.run_id)
    assert len(snapshot.saves) == 3
    assert set(snapshot.attempts) == set(snapshot.cells)
    assert snapshot.run.state is RunState.FINISHED
    assert snapshot.run.start.started == START.started + timedelta(minutes=1)
    assert snapshot.run.start.command == "; ".join(
        f"crossload run --shard {number}/3" for number in (1, 2, 3)
    )
    digests = {one.artifact for one in snapshot.saves.values()}
    assert {path.name for path in target.artifacts.iterdir()} == digests


def test_a_union_begins_when_the_first_result_that_counts_was_measured(
    machine: Make, target: Home
) -> None:
    """All results are of today: none is left of what the older run measured in its days."""
    sources = [machine(f"{days} days ago", -days * DAY).measure("dense") for days in (3, 2)]
    found = merged(target, *sources)
    today = datetime.now(timezone.utc).date()
    with Ledger.open(target.ledger, read_only=True) as ledger:
        started = ledger.snapshot(found.run_id).run.start.started
    assert (started.date(), started.time()) in {(today, time()), (today - timedelta(1), time())}


def test_twice_is_once(machine: Make, target: Home) -> None:
    sources = three(machine)
    first = merged(target, *sources, sources[0])
    with Ledger.open(target.ledger) as ledger:
        before = contents(ledger)
    again = merged(target, *reversed(sources))
    assert again == replace(first, is_new=False)
    with Ledger.open(target.ledger) as ledger:
        assert contents(ledger) == before


def test_merging_a_merged_run_with_a_part_of_it_changes_nothing(
    machine: Make, target: Home, tmp_path: Path
) -> None:
    sources = three(machine)
    whole = merged(target, *sources)
    with Ledger.open(target.ledger, read_only=True) as ledger:
        ledger.export_run(tmp_path / "whole.xz", whole.run_id, HIDE)
    other = Home(tmp_path / "other")
    other.prepare()
    again = merged(other, sources[1], tmp_path / "whole.xz")
    assert (again.cells, again.attempts, again.conflicts) == (6, 6, ())


def test_a_home_an_export_and_a_parcel_of_a_run_are_the_same(
    machine: Make, target: Home, tmp_path: Path
) -> None:
    made = machine("a")
    home = made.measure("dense")
    export = made.exported(tmp_path / "run.jsonl.xz")
    with Ledger.open(made.home.ledger, read_only=True) as ledger:
        digests = ledger.artifacts(1)
    assert (
        write_parcel(tmp_path / "run.tar", export, ArtifactStore(made.home.artifacts), digests) == 1
    )
    found = merged(target, export, tmp_path / "run.tar", home, made.home.ledger)
    assert (found.sources, found.cells, found.files) == (1, 2, (1, 1))


def test_files_that_no_source_brings_are_counted(
    machine: Make, target: Home, tmp_path: Path
) -> None:
    made = machine("a")
    made.measure("dense")
    assert merged(target, made.exported(tmp_path / "run.jsonl.xz")).files == (1, 0)


def test_the_later_of_two_results_counts_and_the_conflict_is_reported(
    machine: Make, target: Home
) -> None:
    later = machine("later", 5).measure("dense", outcome=AttemptOutcome(REFUSED))
    earlier = machine("earlier", 1).measure("dense")
    found = merged(target, later, earlier)
    assert (found.cells, found.attempts) == (2, 2)
    file = f"{SAVER_RECORD.id}/dense.h5"
    checks = "structure agrees, outputs measured 3.0e-08, step error"
    assert [str(one) for one in found.conflicts] == [
        f"plain {file}/{loader}: refused with ValueError (kept, measured later) and done, {checks}"
        for loader in (SAVER_RECORD.id, LOADER_RECORD.id)
    ]
    with Ledger.open(target.ledger, read_only=True) as ledger:
        for (attempt,) in ledger.snapshot(found.run_id).attempts.values():
            assert attempt.outcome.report.status is JobStatus.REFUSED


def test_rounding_of_another_processor_is_no_conflict(machine: Make, target: Home) -> None:
    first, outputs, *rest = LOADED.checks
    rounded = replace(LOADED, checks=(first, replace(outputs, difference=5e-8), *rest))
    wrong = replace(LOADED, checks=(first, replace(outputs, difference=0.5), *rest))
    one = machine("one", 1).measure("dense")
    assert merged(target, one, machine("two", 2).measure("dense", outcome=rounded)).conflicts == ()
    assert (
        len(merged(target, one, machine("three", 3).measure("dense", outcome=wrong)).conflicts) == 2
    )


def test_a_file_saved_twice_keeps_the_loads_of_both(machine: Make, target: Home) -> None:
    one = machine("one", 1).measure("dense", saved_as="1", loaders=[LOADER_RECORD])
    two = machine("two", 2).measure("dense", saved_as="2", loaders=[SAVER_RECORD])
    found = merged(target, two, one)
    assert (found.files, found.conflicts) == ((2, 2), ())
    with Ledger.open(target.ledger, read_only=True) as ledger:
        snapshot = ledger.snapshot(found.run_id)
    assert set(snapshot.attempts) == set(snapshot.cells)
    (saved,) = snapshot.saves.values()
    assert saved.artifact == tree_digest_of("dense2")


def test_loads_of_a_file_that_was_saved_and_loaded_again_are_left_out(
    machine: Make, target: Home
) -> None:
    one = machine("one", 1).measure("dense", saved_as="1")
    two = machine("two", 2).measure("dense", saved_as="2", loaders=[LOADER_RECORD])
    found = merged(target, two, one)
    assert (found.attempts, found.files) == (2, (2, 2))  # each cell from the file it loaded last
    three = machine("three", 3).measure("dense", saved_as="3")
    found = merged(target, two, one, three)
    assert (found.attempts, found.files) == (2, (1, 1))
    with Ledger.open(target.ledger, read_only=True) as ledger:
        snapshot = ledger.snapshot(found.run_id)
    (saved,) = snapshot.saves.values()
    assert saved.artifact == tree_digest_of("dense3")
    assert set(snapshot.attempts) == set(snapshot.cells)


def test_what_an_older_probe_measured_is_left_out(machine: Make, target: Home) -> None:
    old = machine("old", 1).measure("dense", "lstm", probe="older", saved_as="1")
    new = machine("new", 2).measure("dense", saved_as="2")
    found = merged(target, old, new)
    assert (found.cells, found.attempts, found.files) == (4, 4, (2, 2))


def test_an_environment_that_one_machine_could_use_is_usable(machine: Make, target: Home) -> None:
    one = machine("one", 1).measure("dense")
    broken = machine("two", 2)
    with Ledger.open(broken.home.ledger) as ledger:
        run_id = ledger.begin_run(broken.start)
        ledger.record_environment(run_id, replace(LOADER_RECORD, digest="", problem=PROBLEM))
        ledger.finish_run(run_id, RunState.FINISHED)
    found = merged(target, one, broken.home.root)
    with Ledger.open(target.ledger, read_only=True) as ledger:
        assert ledger.snapshot(found.run_id).environments == LOADERS


def test_a_part_that_did_not_finish_makes_the_run_interrupted(machine: Make, target: Home) -> None:
    one = machine("one", 1).measure("dense")
    two = machine("two", 2).measure("lstm", state=RunState.INTERRUPTED)
    merged(target, one, two)
    with Ledger.open(target.ledger, read_only=True) as ledger:
        assert [run.state for run in ledger.runs()] == [RunState.INTERRUPTED]


def test_a_run_that_was_killed_is_taken_and_one_that_is_going_is_refused(
    machine: Make, target: Home
) -> None:
    made = machine("one")
    home = made.measure("dense", state=RunState.RUNNING)
    with exclusive_run(made.home), pytest.raises(BusyError, match="another run"):
        merged(target, home)
    assert merged(target, home).cells == 2


def test_the_home_itself_may_be_a_source(machine: Make) -> None:
    made = machine("one", 1)
    home = made.measure("dense", state=RunState.RUNNING)
    other = machine("two", 2).measure("lstm")
    with exclusive_run(made.home):
        assert merged(made.home, home, other).cells == 4


def test_the_next_run_finds_what_was_merged(machine: Make, target: Home) -> None:
    """The later save of a file that was saved twice is the one that a run goes on with."""
    one = machine("one", 1).measure("dense", saved_as="1")
    two = machine("two", 2).measure("dense", saved_as="2")
    merged(target, two, one)
    key = SaveKey(SAVER_RECORD.digest, "dense", Format.H5, "probe", "options")
    with Ledger.open(target.ledger) as ledger:
        found: dict[SaveKey, SaveOutcome] = ledger.adopt_saves(
            ledger.begin_run(START), [key], START.limits
        )
    assert found[key].artifact == tree_digest_of("dense2")


def test_an_export_of_a_merged_run_reads_like_its_ledger(machine: Make, target: Home) -> None:
    one = machine("one", 1).measure("dense", saved_as="1", loaders=[LOADER_RECORD])
    two = machine("two", 2).measure("dense", saved_as="2", loaders=[SAVER_RECORD])
    run_id = merged(target, one, two).run_id
    content(target, run_id)
    read = read_snapshot(target.root / "run.jsonl.xz")
    with Ledger.open(target.ledger, read_only=True) as ledger:
        assert read.attempts == ledger.snapshot(run_id).attempts


def test_a_part_of_the_cells_brings_what_belongs_to_them_alone(machine: Make, target: Home) -> None:
    own = Cell(SAVER_RECORD.id, "dense", Format.H5, SAVER_RECORD.id)
    wanted = [own, own._replace(model="gone")]
    found = merge([machine("a").measure("dense", "lstm")], target, HIDE, wanted)
    assert (found.cells, found.attempts, found.files) == (1, 1, (1, 1))
    with Ledger.open(target.ledger, read_only=True) as ledger:
        snapshot = ledger.snapshot(found.run_id)
    assert set(snapshot.attempts) == {own}
    assert [file.model for file in snapshot.saves] == ["dense"]
    assert [record.id for record in snapshot.environments] == [SAVER_RECORD.id]


def test_cells_that_no_source_has_are_refused(machine: Make, target: Home) -> None:
    gone = Cell(SAVER_RECORD.id, "gone", Format.H5, LOADERS[0].id)
    with pytest.raises(UsageError, match="no source has a cell"):
        merge([machine("a").measure("dense")], target, HIDE, [gone])
    assert not target.ledger.exists()
