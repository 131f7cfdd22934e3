"""A ledger that cannot be used is never lost, never guessed at, and said to be so in one line."""

from __future__ import annotations

import os
import random
import re
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from crossload.runner.errors import BusyError, LedgerError, StorageError
from crossload.runner.ledger import Ledger, RunState, connection, soundness
from crossload.runner.ledger.schema import MIGRATIONS
from tests.ledger.examples import ATTEMPT_KEY, LOADED, SAVE_KEY, SAVED, START


def fill(path: Path) -> None:
    """Make a ledger of some pages, closed."""
    with Ledger.open(path) as ledger:
        run_id = ledger.begin_run(START)
        ledger.record_save(run_id, SAVE_KEY, SAVED)
        ledger.record_attempt(run_id, ATTEMPT_KEY, LOADED)


def random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(50_000))


def random_bytes_after_the_header(path: Path) -> None:
    fill(path)
    content = path.read_bytes()
    path.write_bytes(content[:100] + random.Random(2).randbytes(len(content) - 100))


def cut_in_half(path: Path) -> None:
    fill(path)
    os.truncate(path, path.stat().st_size // 2)


def cut_inside_the_header(path: Path) -> None:
    fill(path)
    os.truncate(path, 60)


def text(path: Path) -> None:
    path.write_text("these are the results:\n" * 100, encoding="utf-8")


def short_text(path: Path) -> None:
    path.write_text("hello", encoding="utf-8")


def without_a_table(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE run_attempt")
        database.commit()


DAMAGE = [
    random_bytes,
    random_bytes_after_the_header,
    cut_in_half,
    cut_inside_the_header,
    text,
    short_text,
    without_a_table,
]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda one: one.__name__)
def test_a_damaged_file_is_set_aside_and_the_next_start_begins_a_new_one(
    path: Path, damage: Callable[[Path], None]
) -> None:
    damage(path)
    content = path.read_bytes()
    with pytest.raises(LedgerError) as caught:
        Ledger.open(path)
    (aside,) = path.parent.glob("ledger.sqlite.corrupt-*Z")
    assert aside.read_bytes() == content
    assert re.fullmatch(
        rf"the ledger {re.escape(repr(str(path)))} is damaged: .+; "
        rf"it was set aside as {re.escape(repr(aside.name))}",
        str(caught.value),
    )
    with Ledger.open(path) as ledger:
        assert ledger.runs() == ()


@pytest.fixture
def checks(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Open the ledger for reading, and say how often it was checked since the test began."""
    said: list[str] = []
    connect = connection._connect

    def traced(target: str) -> sqlite3.Connection:
        made = connect(target)
        made.set_trace_callback(said.append)
        return made

    def opened() -> int:
        with Ledger.open(path, read_only=True):
            return sum("quick_check" in one for one in said)

    monkeypatch.setattr(connection, "_connect", traced)
    return opened


def test_a_file_is_checked_again_only_where_somebody_else_wrote_it(
    path: Path, checks: Callable[[], int]
) -> None:
    fill(path)
    assert (checks(), checks()) == (1, 1)
    os.utime(path, ns=(1, 1))
    assert (checks(), checks()) == (2, 2)


def test_damage_since_the_last_look_is_noticed_by_a_reader(path: Path) -> None:
    fill(path)
    Ledger.open(path, read_only=True).close()
    damage(path)
    with pytest.raises(LedgerError, match="is damaged"):
        Ledger.open(path, read_only=True)


def pages_of(path: Path, table: str) -> tuple[int, int]:
    """Where the table's first page lies in the file, and how long it is, in bytes."""
    with closing(sqlite3.connect(path)) as database:
        (size,) = database.execute("PRAGMA page_size").fetchone()
        asked = f"SELECT rootpage FROM sqlite_master WHERE name = '{table}'"
        (page,) = database.execute(asked).fetchone()
    return (page - 1) * size, size


def damage(path: Path) -> None:
    """Destroy a page that nothing but the check reads when the ledger is opened."""
    start, size = pages_of(path, "run_attempt")
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xff" * size)


@pytest.mark.parametrize("writes_again", [False, True])
def test_damage_while_this_process_has_the_file_open_is_noticed(
    path: Path, *, writes_again: bool
) -> None:
    fill(path)
    with Ledger.open(path) as ledger:
        run_id = ledger.begin_run(START)
        damage(path)
        if writes_again:
            ledger.finish_run(run_id, RunState.FINISHED)
    with pytest.raises(LedgerError, match="is damaged"):
        Ledger.open(path, read_only=True)


def test_what_other_processes_write_meanwhile_is_checked(
    path: Path, checks: Callable[[], int]
) -> None:
    fill(path)
    with Ledger.open(path) as ledger:
        ledger.begin_run(START)
        with Ledger.open(path) as other:
            other.begin_run(START)
        ledger.begin_run(START)
    assert (checks(), checks()) == (3, 3)  # when it was made, opened by the other, and now
    fill(path)
    assert checks() == 3


def test_a_log_beside_the_file_that_a_link_leads_to_is_looked_at(path: Path) -> None:
    fill(path)
    link = path.with_name("link.sqlite")
    link.symlink_to(path)
    before = soundness.files_of(link)
    with Ledger.open(path) as ledger:
        ledger.begin_run(START)
        assert soundness.files_of(link)[1] != before[1]


def test_two_damaged_files_of_one_second_are_both_kept(path: Path) -> None:
    for _ in range(2):
        text(path)
        with pytest.raises(LedgerError):
            Ledger.open(path)
    assert len(list(path.parent.glob("ledger.sqlite.corrupt-*"))) == 2


def test_a_damaged_file_is_not_touched_by_a_reader(path: Path) -> None:
    text(path)
    with pytest.raises(LedgerError, match="is damaged: file is not a database"):
        Ledger.open(path, read_only=True)
    assert path.exists()


def test_a_newer_version_is_refused_with_advice(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError) as caught:
        Ledger.open(path)
    assert str(caught.value) == (
        f"the ledger {str(path)!r} has schema version 99, "
        f"this crossload knows versions up to {len(MIGRATIONS)}"
    )
    assert caught.value.advice == "upgrade crossload, or choose another folder with --home"


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(LedgerError) as caught:
        Ledger.open(path)
    assert str(caught.value) == f"the file {str(path)!r} is a database of another program"
    assert path.exists()


def test_a_ledger_with_a_trigger_of_others_is_refused(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TRIGGER evil AFTER INSERT ON run BEGIN DELETE FROM save; END")
    with pytest.raises(LedgerError, match="holds a trigger, 'evil', that is not its own"):
        Ledger.open(path)


def test_a_users_own_view_is_allowed(path: Path) -> None:
    fill(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE VIEW mine AS SELECT * FROM run")
    with Ledger.open(path) as ledger:
        assert len(ledger.runs()) == 1


def test_a_ledger_that_is_not_there_cannot_be_read(path: Path) -> None:
    with pytest.raises(LedgerError) as caught:
        Ledger.open(path, read_only=True)
    assert str(caught.value) == f"there is no ledger at {str(path)!r}"


def test_reading_makes_no_file(path: Path) -> None:
    with pytest.raises(LedgerError):
        Ledger.open(path, read_only=True)
    assert list(path.parent.iterdir()) == []


def test_a_reader_cannot_write(path: Path) -> None:
    fill(path)
    with Ledger.open(path, read_only=True) as ledger, pytest.raises(StorageError):
        ledger.begin_run(START)


def test_a_folder_in_place_of_the_file_is_reported(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StorageError, match="cannot write to the ledger"):
        Ledger.open(path)


def test_a_deleted_log_leaves_a_sound_ledger(path: Path) -> None:
    fill(path)
    ledger = Ledger.open(path)
    ledger.begin_run(START)
    copy = path.with_name("copy.sqlite")
    copy.write_bytes(path.read_bytes())  # without its -wal
    ledger.close()
    with Ledger.open(copy) as opened:
        assert len(opened.runs()) == 1


def test_a_log_left_by_a_killed_writer_is_read_too(path: Path) -> None:
    ledger = Ledger.open(path)
    ledger.begin_run(START)
    folder = path.parent / "copied"
    folder.mkdir()
    for suffix in ("", "-wal"):
        (folder / f"ledger.sqlite{suffix}").write_bytes(
            path.with_name(f"ledger.sqlite{suffix}").read_bytes()
        )
    ledger.close()
    with closing(connection._readable_copy(folder / "ledger.sqlite")) as copy:
        assert copy.execute("SELECT count(*) FROM run").fetchone() == (1,)


def test_a_ledger_held_by_another_is_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path)
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.1)
    with Ledger.open(path) as ledger, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError) as caught:
            ledger.begin_run(START)
    assert str(caught.value) == f"another program holds the ledger {str(path)!r}"


def test_a_short_hold_by_another_is_waited_out(path: Path) -> None:
    fill(path)
    with (
        Ledger.open(path) as ledger,
        closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        release.start()
        assert ledger.begin_run(START) == 2
        release.join()
