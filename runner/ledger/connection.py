"""Opening the ledger's file safely: settings, health check, and what to do with a damaged one.

Owns the connection and the file on disk; knows nothing of what stands in the tables.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

import psutil

from crossload.runner.errors import LedgerError
from crossload.runner.ledger.failures import DamagedError, explained
from crossload.runner.ledger.migrations import (
    expected_objects,
    migrate,
    objects,
    transaction,
    version,
)
from crossload.runner.ledger.schema import APPLICATION_ID, MIGRATIONS
from crossload.runner.ledger.soundness import files_of, is_sound, note_sound

BUSY_SECONDS = 10.0
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "9p", "fuse.sshfs"})

_SETTINGS = (
    "foreign_keys = ON",
    "synchronous = FULL",
    "temp_store = MEMORY",
    "trusted_schema = OFF",  # the file may be someone else's
    "cell_size_check = ON",
    "cache_size = -32000",
)


def open_writable(path: Path) -> sqlite3.Connection:
    """Open the ledger, making it where it does not exist (or is empty) and migrating it.

    Raises:
        LedgerError: the file is damaged (it is then kept aside under another name), belongs to
            another program, or was written by a newer version.
        StorageError: it cannot be written.
        BusyError: another process holds it.
    """
    try:
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = _connect(str(path))
            try:
                _check(connection, path)
                _journal(connection, path)
                migrate(connection)
                _check_objects(connection, path)
                _check_writable(connection)
            except BaseException:
                connection.close()
                raise
    except DamagedError as error:
        raise _kept_aside(path, error) from error
    return connection


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open an existing ledger and never write to it, not even to repair or to migrate it.

    One of an older version is migrated in memory. A ledger in a folder that cannot be written is
    read too.

    Raises:
        LedgerError: there is none, it is damaged, another program's, or of a newer version.
    """
    if not path.is_file() or path.stat().st_size == 0:
        raise LedgerError(f"there is no ledger at {str(path)!r}", "run 'crossload run' first")
    with explained(path):
        files = files_of(path)
        connection = _connect_read_only(path)
        try:
            _check(connection, path)
            note_sound(path, files)
            if version(connection) < len(MIGRATIONS):
                connection = _migrated_copy(connection)
            _check_objects(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _connect(target: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        target,
        uri=target.startswith("file:"),
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions are begun by us, with IMMEDIATE
        check_same_thread=False,  # `Ledger` holds a lock around every use
    )
    try:
        for setting in _SETTINGS:
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """Read as it is; failing that as immutable; failing that (a log is left over) from a copy."""
    uri = path.resolve().as_uri()
    try:
        return _readable(f"{uri}?mode=ro")
    except sqlite3.OperationalError:
        log = path.with_name(path.name + "-wal")
        if not log.exists() or log.stat().st_size == 0:
            return _readable(f"{uri}?mode=ro&immutable=1")
    return _readable_copy(path)


def _readable(uri: str) -> sqlite3.Connection:
    connection = _connect(uri)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _readable_copy(path: Path) -> sqlite3.Connection:
    """Load file and log into memory by way of a temporary folder."""
    memory = _connect(":memory:")
    with tempfile.TemporaryDirectory(prefix="crossload-") as folder:
        for suffix in ("", "-wal"):
            shutil.copyfile(path.with_name(path.name + suffix), Path(folder, path.name + suffix))
        with contextlib.closing(_connect(str(Path(folder, path.name)))) as copy:
            copy.backup(memory)
    memory.execute("PRAGMA query_only = ON")
    return memory


def _migrated_copy(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The same in memory, brought to this version."""
    memory = _connect(":memory:")
    with contextlib.closing(connection):
        connection.backup(memory)
    migrate(memory)
    memory.execute("PRAGMA query_only = ON")
    return memory


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a damaged file, another program's, and one of a newer version; in this order."""
    found = "ok" if is_sound(path) else connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedError(f"the ledger {str(path)!r} is damaged: {str(found).lower()}")
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    fresh = application == 0 and not objects(connection)
    if application != APPLICATION_ID and not fresh:
        raise LedgerError(
            f"the file {str(path)!r} is a database of another program",
            "move it away, or choose another folder with --home",
        )
    if version(connection) > len(MIGRATIONS):
        raise LedgerError(
            f"the ledger {str(path)!r} has schema version {version(connection)}, "
            f"this crossload knows versions up to {len(MIGRATIONS)}",
            "upgrade crossload, or choose another folder with --home",
        )


def _check_objects(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that lacks a table, or in which SQL of others would run."""
    found, expected = objects(connection), expected_objects()
    missing = sorted(name for _, name in expected - found)
    if missing:
        raise DamagedError(f"the ledger {str(path)!r} is damaged: it has no {missing[0]!r}")
    triggers = sorted(name for kind, name in found - expected if kind == "trigger")
    if triggers:
        raise LedgerError(
            f"the ledger {str(path)!r} holds a trigger, {triggers[0]!r}, that is not its own",
            "use a ledger from a source you trust, or choose another folder with --home",
        )


def _check_writable(connection: sqlite3.Connection) -> None:
    """Write, so that a disk or file that cannot be written is said so now, not after an hour."""
    with transaction(connection):
        connection.execute(f"PRAGMA user_version = {version(connection)}")


def _journal(connection: sqlite3.Connection, path: Path) -> None:
    """Write-ahead log, except on network disks, whose locks do not carry one."""
    wanted = "delete" if _on_network_disk(path) else "wal"
    give_up = time.monotonic() + BUSY_SECONDS
    while not _journal_set(connection, wanted, give_up):
        time.sleep(0.01)


def _journal_set(connection: sqlite3.Connection, wanted: str, give_up: float) -> bool:
    """Whether the mode is set; SQLite does not apply the busy timeout to this change."""
    try:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
            connection.execute(f"PRAGMA journal_mode = {wanted}")
    except sqlite3.OperationalError as error:
        if "is locked" not in str(error) or time.monotonic() > give_up:
            raise
        return False
    return True


def _on_network_disk(path: Path) -> bool:
    folder = path.resolve().parent
    try:
        partitions = psutil.disk_partitions(all=True)
    except (OSError, psutil.Error):  # no /proc in some sandboxes
        return False
    inside = [one for one in partitions if folder.is_relative_to(one.mountpoint)]
    nearest = max(inside, key=lambda one: len(one.mountpoint), default=None)
    return nearest is not None and nearest.fstype in _NETWORK


def _kept_aside(path: Path, error: DamagedError) -> LedgerError:
    """Rename the damaged file and its log, so that the next start begins a new one."""
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.corrupt-{stamp}")
    number = 2
    while aside.exists():
        aside = path.with_name(f"{path.name}.corrupt-{stamp}-{number}")
        number += 1
    with explained(path):
        path.rename(aside)
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return LedgerError(
        f"{error}; it was set aside as {aside.name!r}",
        "run again: a new ledger is started; the old file may still be readable with 'sqlite3'",
    )
