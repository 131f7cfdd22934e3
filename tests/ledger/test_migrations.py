"""A database of any earlier version becomes one of this version, one recorded step at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger
from crossload.runner.ledger.migrations import expected_objects, migrate, objects, version
from crossload.runner.ledger.schema import APPLICATION_ID, MIGRATIONS, Migration
from tests.ledger.examples import CELL

GOOD = Migration("good", ("CREATE TABLE good (id INTEGER)",))
BAD = Migration("bad", ("CREATE TABLE half (id INTEGER)", "CREATE TABLE good (id INTEGER)"))


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """An empty database of version 0."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def test_an_empty_database_becomes_current(database: sqlite3.Connection) -> None:
    assert migrate(database) == tuple(one.name for one in MIGRATIONS)
    assert version(database) == len(MIGRATIONS)


def test_every_step_is_recorded_in_order(database: sqlite3.Connection) -> None:
    migrate(database)
    names = database.execute("SELECT name FROM migration ORDER BY position").fetchall()
    assert [name for (name,) in names] == [one.name for one in MIGRATIONS]


def test_names_of_migrations_are_unique() -> None:
    assert len({one.name for one in MIGRATIONS}) == len(MIGRATIONS)


def test_a_current_database_is_left_alone(database: sqlite3.Connection) -> None:
    migrate(database)
    assert migrate(database) == ()


@pytest.mark.parametrize("start", range(1, len(MIGRATIONS)))
def test_every_earlier_version_becomes_current(database: sqlite3.Connection, start: int) -> None:
    migrate(database, MIGRATIONS[:start])
    assert migrate(database) == tuple(one.name for one in MIGRATIONS[start:])
    assert objects(database) == expected_objects()


def test_results_without_a_day_get_that_of_the_first_run_that_shows_them(
    database: sqlite3.Connection,
) -> None:
    migrate(database, MIGRATIONS[:-1])
    database.execute("INSERT INTO limits VALUES (1, 1, 1, 1, 1, 1)")
    for started in ("2025-03-01T23:30:00-02:00", "2025-04-01T00:00:00+00:00"):
        database.execute(
            """INSERT INTO run (command, profile, started, state, host, pid, crossload, relative,
                noise_factor, ceiling, step, limits_id)
                VALUES ('', '', ?, 'finished', '', 0, '', 0, 0, 0, 0, 1)""",
            (started,),
        )
    for number in (1, 2):
        database.execute(
            "INSERT INTO job (id, status, detail, limits_id) VALUES (?, 'done', '', 1)", (number,)
        )
    database.execute(
        "INSERT INTO save VALUES (1, 1, '', '', '', '', '', '', '', 0, '', 0, 1, NULL)"
    )
    database.execute("INSERT INTO attempt VALUES (1, 2, '', '', '', '', '', 1, NULL)")
    database.execute("INSERT INTO run_save VALUES (1, 1), (2, 1)")
    database.execute("INSERT INTO run_attempt VALUES (2, 1)")
    migrate(database)
    days = database.execute("SELECT measured FROM job ORDER BY id").fetchall()
    assert days == [("2025-03-02",), ("2025-04-01",)]


def test_a_step_that_fails_leaves_nothing(database: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="table good already exists"):
        migrate(database, [GOOD, BAD])
    assert ("table", "half") not in objects(database)
    assert version(database) == 1


def test_the_file_is_marked_as_ours(database: sqlite3.Connection) -> None:
    migrate(database)
    assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_a_zero_length_file_becomes_a_ledger(path: Path) -> None:
    path.touch()
    with Ledger.open(path) as ledger:
        assert ledger.runs() == ()


def test_a_database_without_a_table_becomes_a_ledger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
    with Ledger.open(path) as ledger:
        assert ledger.runs() == ()


def test_foreign_keys_hold(ledger: Ledger) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY constraint failed"):
        ledger.plan_cells(1, [CELL])
