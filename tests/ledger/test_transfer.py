"""A run goes to a file and comes back: whole, harmless, and only once."""

from __future__ import annotations

import json
import socket
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from crossload.runner.analysis import judge_run
from crossload.runner.errors import LedgerError, StorageError
from crossload.runner.ledger import Ledger, RunSnapshot, RunState
from crossload.runner.ledger.importing import read_snapshot
from crossload.runner.records import AttemptOutcome, JobReport, ProbeError, SubjectRecord
from crossload.runner.words import RunKind, SubjectTask
from tests.ledger.examples import (
    ARTIFACT,
    ATTEMPT_KEY,
    CELL,
    LIMITS,
    LOADED,
    OWN_CELL,
    REFUSED,
    SAVE_KEY,
    SAVED,
    SAVER_RECORD,
    START,
    find_save,
)
from tests.ledger.exports import (
    FOLDER,
    HIDE,
    SUBJECT,
    contents,
    fill,
    rewritten,
    text_of,
    without_machine,
)


def test_an_empty_ledger_takes_it_in_whole(ledger: Ledger, export: Path, other: Ledger) -> None:
    found = other.import_run(export)
    assert (found.is_new, found.cells, found.attempts) == (True, 3, 2)
    here, there = ledger.snapshot(), other.snapshot(found.run_id)
    assert repr(without_machine(there)) == repr(without_machine(here))  # NaN is not equal to itself
    assert repr(judge_run(there)) == repr(judge_run(here))


def test_it_can_be_read_without_a_ledger(ledger: Ledger, export: Path) -> None:
    assert repr(without_machine(read_snapshot(export))) == repr(without_machine(ledger.snapshot()))


def test_every_field_of_every_value_is_in_it() -> None:
    # A field that is added must be spelled too; the tests above see only those with a value.
    known = {JobReport: 8, AttemptOutcome: 4, ProbeError: 3, type(SAVED): 7, type(SAVE_KEY): 5}
    known |= {type(ATTEMPT_KEY): 5, type(SAVER_RECORD): 11, type(LOADED.checks[0]): 4}
    known |= {type(START): 10, type(SUBJECT): 4, type(START.tolerances): 4}
    known |= {type(LIMITS): 5}
    assert {kind: len(fields(kind)) for kind in known} == known
    assert len(CELL) == 4


def test_it_names_neither_the_machine_nor_its_folders(export: Path) -> None:
    text = text_of(export)
    assert socket.gethostname() not in text
    assert str(FOLDER) not in text
    assert "crossload --home <home> check mine.h5 --inputs 'a b/x.npz'" in text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("models/mine.h5", "models/mine.h5"),
        ("/data/of customers/mine.h5", "mine.h5"),
        (f"{FOLDER}/models/mine.h5", "<project>/models/mine.h5"),
    ],
)
def test_no_folder_of_this_machine_is_in_the_path_of_a_model(
    ledger: Ledger, tmp_path: Path, typed: str, shown: str
) -> None:
    subject = replace(SUBJECT, path=typed, given=(("inputs", typed),))
    ledger.begin_run(replace(START, kind=RunKind.CHECK, subjects=(subject,)))
    ledger.export_run(tmp_path / "run.xz", None, HIDE)
    (found,) = read_snapshot(tmp_path / "run.xz").run.start.subjects
    assert found == replace(SUBJECT, path=shown, given=(("inputs", shown),))


def as_format_1(lines: list[str]) -> list[str]:
    """The file as it was before runs had a kind and subjects."""
    run = json.loads(lines[1])
    run[5] = "check"
    kept = [one for one in lines[2:-1] if not one.startswith('["subject"')]
    end = json.loads(lines[-1])
    del end[1]["subject"]
    return ['["crossload-run",1]', json.dumps(run[:-1]), *kept, json.dumps(end)]


def test_an_export_of_format_1_has_the_subjects_of_its_command(export: Path, other: Ledger) -> None:
    def renamed(lines: list[str]) -> list[str]:
        return [one.replace("check mine.h5", "check dense.h5") for one in as_format_1(lines)]

    old = rewritten(export, renamed)
    expected = (SubjectRecord("dense", "dense.h5", SubjectTask.ADOPT),)
    read = read_snapshot(old).run.start
    imported = other.snapshot(other.import_run(old).run_id).run.start
    assert (read.kind, read.subjects) == (RunKind.CHECK, expected)
    assert (imported.kind, imported.subjects) == (RunKind.CHECK, expected)


def test_an_export_of_format_2_has_no_recipes(export: Path, other: Ledger) -> None:
    def older(lines: list[str]) -> list[str]:
        changed = [
            json.dumps(json.loads(one)[:-1]) if one.startswith('["attempt"') else one
            for one in lines[1:]
        ]
        return ['["crossload-run",2]', *changed]

    found = other.snapshot(other.import_run(rewritten(export, older)).run_id).attempts.values()
    assert {one.outcome.recipe for attempts in found for one in attempts} == {""}


def test_paths_of_environments_are_hidden_wherever_they_were() -> None:
    for home in ("/elsewhere/x/.crossload", "~/kept/elsewhere", "~"):
        line = f'File "{home}/envs/tf2.15-py3.11/lib/python3.11/site-packages/a.py"'
        assert HIDE(line) == 'File "<home>/envs/tf2.15-py3.11/lib/python3.11/site-packages/a.py"'
    assert HIDE(f"{socket.gethostname()}-2") == f"{socket.gethostname()}-2"
    assert HIDE(f"on {socket.gethostname()}: no") == "on <host>: no"


def test_equal_texts_stand_there_once(ledger: Ledger, tmp_path: Path) -> None:
    run_id = fill(ledger)
    for number in range(50):
        key = replace(ATTEMPT_KEY, artifact=f"{number}")
        ledger.record_attempt(run_id, key, AttemptOutcome(REFUSED))
    ledger.export_run(tmp_path / "run.xz", None, HIDE)
    assert text_of(tmp_path / "run.xz").count("unknown layer: 'Mine'") == 1


def test_a_second_import_adds_nothing(export: Path, other: Ledger) -> None:
    first = other.import_run(export)
    before = contents(other)
    assert other.import_run(export) == replace(first, is_new=False)
    assert contents(other) == before


def test_what_is_known_here_stays_what_its_key_finds(export: Path, other: Ledger) -> None:
    run_id = other.begin_run(START)
    other.record_environment(run_id, replace(SAVER_RECORD, versions=(("python", "mine"),)))
    mine = replace(SAVED, artifact="c" * 64)
    other.record_save(run_id, SAVE_KEY, mine)
    found = other.import_run(export)
    assert find_save(other, SAVE_KEY, LIMITS) == mine
    (record,) = other.snapshot(run_id).environments
    assert record.versions == (("python", "mine"),)
    (saved,) = other.snapshot(found.run_id).saves.values()
    assert saved.artifact == ARTIFACT


def test_what_is_not_known_here_need_not_be_done_again(export: Path, other: Ledger) -> None:
    other.import_run(export)
    assert find_save(other, SAVE_KEY, LIMITS) == SAVED


def test_a_run_that_still_goes_on_is_interrupted_elsewhere(
    ledger: Ledger, tmp_path: Path, other: Ledger
) -> None:
    ledger.begin_run(START)
    ledger.export_run(tmp_path / "run.xz", None, HIDE)
    assert other.snapshot(other.import_run(tmp_path / "run.xz").run_id).run.state == "interrupted"


def test_there_must_be_a_run_to_export(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="does not hold any run yet"):
        ledger.export_run(tmp_path / "run.xz", None, HIDE)
    assert list(tmp_path.glob("*.part")) == []


def test_a_place_that_cannot_be_written_is_reported(ledger: Ledger, tmp_path: Path) -> None:
    fill(ledger)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot write the export"):
        ledger.export_run(tmp_path / "file" / "run.xz", None, HIDE)


def test_a_failed_export_leaves_the_old_file(ledger: Ledger, export: Path) -> None:
    before = export.read_bytes()

    def fail(_: str) -> str:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="no space left"):
        ledger.export_run(export, None, fail)
    assert export.read_bytes() == before
    assert list(export.parent.glob(".*.part")) == []


def test_a_result_keeps_its_day_wherever_it_goes(
    ledger: Ledger, tmp_path: Path, other: Ledger
) -> None:
    day = date(2025, 3, 1)
    run_id = ledger.begin_run(START)
    ledger.record_environment(run_id, SAVER_RECORD)
    ledger.plan_cells(run_id, [OWN_CELL])
    ledger.record_save(run_id, SAVE_KEY, replace(SAVED, report=replace(SAVED.report, measured=day)))
    own = replace(ATTEMPT_KEY, loader=SAVE_KEY.saver)
    loaded = replace(LOADED, report=replace(LOADED.report, measured=day))
    ledger.record_attempt(run_id, own, loaded)
    ledger.finish_run(run_id, RunState.FINISHED)
    target = tmp_path / "dated.jsonl.xz"
    ledger.export_run(target, run_id, HIDE)
    for found in (read_snapshot(target), other.snapshot(other.import_run(target).run_id)):
        assert _days(found) == [day, day]


def test_a_result_of_an_old_export_is_as_old_as_its_run(export: Path, other: Ledger) -> None:
    def without_days(lines: list[str]) -> list[str]:
        values = [json.loads(line) for line in lines]
        values[0][1] = 3
        values[1][2] = "2024-12-31T23:30:00-02:00"
        for line in values:
            if line[0] in {"save", "attempt"}:
                del line[6][7]
        return [json.dumps(line) for line in values]

    old = rewritten(export, without_days)
    for found in (read_snapshot(old), other.snapshot(other.import_run(old).run_id)):
        assert _days(found) == [date(2025, 1, 1)] * 3


def _days(snapshot: RunSnapshot) -> list[date | None]:
    saved = [one.report.measured for one in snapshot.saves.values()]
    return [
        *saved,
        *(one.outcome.report.measured for tried in snapshot.attempts.values() for one in tried),
    ]
