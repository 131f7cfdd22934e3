"""Bringing a database from whatever version it has to this program's, one step at a time.

Owns `user_version` and the table `migration`; `runner.ledger.schema` defines the steps.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from crossload.runner.ledger.schema import APPLICATION_ID, MIGRATIONS, Migration

_RECORD = """CREATE TABLE IF NOT EXISTS migration (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    applied TEXT NOT NULL
)"""


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; takes the write lock at once, so that it never has to be upgraded."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


def version(connection: sqlite3.Connection) -> int:
    """How many migrations the database has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS
) -> tuple[str, ...]:
    """Apply what is missing, each step in one transaction with the record of it.

    Returns:
        The names of the migrations applied, in order; empty where there was nothing to do.
    """
    applied = []
    for position, migration in enumerate(migrations, start=1):
        if version(connection) >= position:
            continue
        with transaction(connection):
            if version(connection) >= position:  # another process was faster
                continue
            _apply(connection, position, migration)
        applied.append(migration.name)
    return tuple(applied)


def _apply(connection: sqlite3.Connection, position: int, migration: Migration) -> None:
    if position == 1:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(_RECORD)
    for statement in migration.statements:
        connection.execute(statement)
    if migration.fill is not None:
        migration.fill(connection)
    connection.execute(
        "INSERT INTO migration (position, name, applied) VALUES (?, ?, ?)",
        (position, migration.name, datetime.now(timezone.utc).isoformat(timespec="seconds")),
    )
    connection.execute(f"PRAGMA user_version = {position}")


def objects(connection: sqlite3.Connection) -> frozenset[tuple[str, str]]:
    """What the database holds, as (kind, name); SQLite's own objects left out."""
    rows = connection.execute(
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    )
    return frozenset((str(kind), str(name)) for kind, name in rows)


def expected_objects() -> frozenset[tuple[str, str]]:
    """What a database of this version holds: a trigger or a view more is not ours."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        return objects(connection)
