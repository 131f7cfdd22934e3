"""A run goes to a file and comes back: whole, harmless, and only once."""

from __future__ import annotations

import json
import lzma
import socket
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.analysis import judge_run
from crossload.runner.errors import LedgerError, StorageError
from crossload.runner.ledger import Ledger, RunSnapshot, RunState
from crossload.runner.ledger.exported import ExportError
from crossload.runner.ledger.hiding import hiding
from crossload.runner.ledger.importing import read_snapshot
from crossload.runner.records import AttemptOutcome, JobReport, ProbeError, SubjectRecord
from crossload.runner.words import RunKind, SubjectTask
from tests.ledger.examples import (
    ARTIFACT,
    ATTEMPT_KEY,
    CELL,
    LIMITS,
    LOADED,
    LOADER_RECORD,
    OWN_CELL,
    PROBLEM,
    RECIPE,
    REFUSED,
    SAVE_KEY,
    SAVED,
    SAVER_RECORD,
    START,
    find_save,
)

FOLDER = Path("/somewhere/project")
HIDE = hiding(FOLDER / ".crossload", FOLDER)
MEASURED = replace(LOADED, checks=(replace(LOADED.checks[0], difference=float("nan")),) * 2)


SUBJECT = SubjectRecord(
    "dense", "mine.h5", SubjectTask.ADOPT, (("inputs", "in.npz"), ("weights", "w.h5"))
)


def fill(ledger: Ledger) -> int:
    """A run with a bit of everything: a load that worked, one refused, an environment in need."""
    command = f"crossload --home {FOLDER}/.crossload check /data/mine.h5 --inputs '/a b/x.npz'"
    start = replace(START, command=command, kind=RunKind.CHECK, subjects=(SUBJECT,))
    run_id = ledger.begin_run(start)
    ledger.record_environment(run_id, SAVER_RECORD)
    ledger.record_environment(run_id, replace(LOADER_RECORD, versions=(("python", "3.11.7"),)))
    broken = replace(LOADER_RECORD, id="broken-py3.7", digest="", problem=PROBLEM)
    ledger.record_environment(run_id, broken)
    ledger.plan_cells(run_id, [CELL, OWN_CELL, replace(CELL, loader=broken.id)])
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    ledger.record_attempt(run_id, ATTEMPT_KEY, AttemptOutcome(REFUSED))
    own = replace(ATTEMPT_KEY, loader=SAVE_KEY.saver)
    ledger.record_attempt(run_id, own, MEASURED)
    ledger.finish_run(run_id, RunState.FINISHED)
    return run_id


@pytest.fixture
def export(ledger: Ledger, tmp_path: Path) -> Path:
    fill(ledger)
    target = tmp_path / "run.jsonl.xz"
    ledger.export_run(target, None, HIDE)
    return target


@pytest.fixture
def other(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "other" / "ledger.sqlite")


def without_machine(snapshot: RunSnapshot) -> RunSnapshot:
    """The snapshot with what is not told to others, and the numbers, made alike."""
    start = replace(snapshot.run.start, host="", pid=0, command="")
    return replace(snapshot, run=replace(snapshot.run, id=0, start=start))


def text_of(path: Path) -> str:
    return lzma.decompress(path.read_bytes()).decode("ascii")


def rewritten(path: Path, change: Callable[[list[str]], list[str]]) -> Path:
    changed = "".join(f"{line}\n" for line in change(text_of(path).splitlines()))
    path.write_bytes(lzma.compress(changed.encode()))
    return path


def contents(ledger: Ledger) -> list[str]:
    with sqlite3.connect(ledger.path) as connection:
        return list(connection.iterdump())


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
    known = {JobReport: 7, AttemptOutcome: 4, ProbeError: 3, type(SAVED): 7, type(SAVE_KEY): 5}
    known |= {type(ATTEMPT_KEY): 5, type(SAVER_RECORD): 11, type(LOADED.checks[0]): 4}
    known |= {type(START): 10, type(SUBJECT): 4, type(START.tolerances): 4}
    known |= {type(LIMITS): 5, type(CELL): 4}
    assert {kind: len(fields(kind)) for kind in known} == known


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


def test_a_forged_recipe_is_not_kept(export: Path, other: Ledger) -> None:
    def forged(lines: list[str]) -> list[str]:
        bad = RECIPE.replace("load_model", "save_model")
        return [one.replace(json.dumps(RECIPE), json.dumps(bad)) for one in lines]

    found = other.snapshot(other.import_run(rewritten(export, forged)).run_id).attempts.values()
    assert {one.outcome.recipe for attempts in found for one in attempts} == {""}


def test_a_model_named_twice_is_refused(export: Path, other: Ledger) -> None:
    def twice(lines: list[str]) -> list[str]:
        line = next(one for one in lines if one.startswith('["subject"'))
        end = json.loads(lines[-1])
        end[1]["subject"] += 1
        return [*lines[:2], line, *lines[2:-1], json.dumps(end)]

    with pytest.raises(ExportError, match="it names the model 'dense' twice"):
        other.import_run(rewritten(export, twice))


def test_paths_of_environments_are_hidden_wherever_they_were() -> None:
    line = 'File "/elsewhere/x/.crossload/envs/tf2.15-py3.11/lib/python3.11/site-packages/a.py"'
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


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: lines[:-1], "its end is missing"),
        (lambda lines: [*lines[:3], *lines[4:]], "lines are missing, or there are too many"),
        (lambda lines: [*lines, '["cell"]'], "something follows its end"),
        (lambda lines: lines[:1] + lines[2:], "line 2 is wrong: expected a run here"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "line 3 is wrong: there is a second"),
        (lambda lines: ['["crossload-run",4]', *lines[1:]], "it has format 4"),
        (lambda lines: ['["crossload-run",true]', *lines[1:]], "it has format True"),
        (lambda lines: ['{"a":1}', *lines[1:]], "line 1 is not a list"),
        (lambda lines: ["[1, 2", *lines[1:]], "line 1 is not JSON"),
        (lambda lines: ["[" * 100_000, *lines[1:]], "line 1 is not JSON"),
        (lambda lines: [*lines[:2], '["cell",NaN]', *lines[2:]], "line 3 is not JSON"),
        (
            lambda lines: [*lines[:2], '["surprise"]', *lines[2:]],
            "'surprise' is not a kind of line",
        ),
        (
            lambda lines: [*lines[:2], '["cell","a","b","c","d"]', *lines[2:]],
            "item 3: found 'c'",
        ),
        (lambda lines: [*lines[:2], '["cell",1,"b","h5","d"]', *lines[2:]], "item 1: found '1'"),
        (
            lambda lines: [*lines[:2], '["attempt",7]', *lines[2:]],
            "item 1: found '7'",
        ),
        (lambda lines: [*lines[:2], '["cell"]', *lines[2:]], "item 1: found '[]': field required"),
        (lambda _: [], "it is empty"),
        (lambda _: ['["crossload-run",1]', '["end",{"crossload-run":1}]'], "holds no run"),
    ],
)
def test_a_wrong_file_is_refused_and_changes_nothing(
    export: Path, other: Ledger, change: Callable[[list[str]], list[str]], reason: str
) -> None:
    before = contents(other)
    with pytest.raises(ExportError, match="cannot read the export") as caught:
        other.import_run(rewritten(export, change))
    assert reason in str(caught.value)
    assert contents(other) == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is cut"),
        (b"no xz file, but some words", "it is damaged or not an xz file"),
        (lzma.compress(b'["crossload-run",1]'), "its last line is cut"),
        (lzma.compress(b'["crossload-run",1]\n') + b"more", "something follows its end"),
        (lzma.compress(b" " * 10_000_000), "it is larger than any run"),
        (lzma.compress(b'["crossload-run",1]\n\xff\n'), "line 2 is not JSON"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    tmp_path: Path, other: Ledger, content: bytes, reason: str
) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ExportError, match=reason):
        other.import_run(tmp_path / "file")


def test_a_file_cut_anywhere_changes_nothing(export: Path, other: Ledger) -> None:
    whole = export.read_bytes()
    before = contents(other)
    for length in range(0, len(whole), 97):
        export.write_bytes(whole[:length])
        with pytest.raises(ExportError):
            other.import_run(export)
    assert contents(other) == before


@given(st.data())
def test_any_value_in_any_place_is_read_or_refused_in_words(data: st.DataObject) -> None:
    from crossload.runner.ledger import importing  # noqa: PLC0415 -- beside its private function

    json_values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=8),
        max_leaves=20,
    )
    kinds = ("subject", "run", "environment", "cell", "save", "attempt")
    kind = data.draw(st.sampled_from(kinds))
    counts = dict(zip(kinds, (4, 9, 11, 4, 11, 8), strict=True))
    count = counts[kind]
    line = [kind, *data.draw(st.lists(json_values, min_size=count, max_size=count))]
    with suppress(ValueError):
        importing._item(json.loads(json.dumps(line)), ["text"])


def test_an_environment_described_twice_is_refused(export: Path, other: Ledger) -> None:
    def twice(lines: list[str]) -> list[str]:
        line = next(one for one in lines if one.startswith('["environment"'))
        values = json.loads(line)
        values[1], values[4] = "another", "keras"
        end = json.loads(lines[-1])
        end[1]["environment"] += 1
        at = lines.index(line) + 1
        return [*lines[:at], json.dumps(values), *lines[at:-1], json.dumps(end)]

    with pytest.raises(ExportError, match="have one digest but not one api"):
        other.import_run(rewritten(export, twice))


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
