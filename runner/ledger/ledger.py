"""The ledger itself: everything a run learns is committed as it arrives and found again later.

Owns the transactions. `runner.ledger.writing` puts rows in, `runner.ledger.reading` and
`runner.ledger.outcomes` get them out, `runner.ledger.connection` opens the file.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import psutil

from crossload.runner.errors import LedgerError
from crossload.runner.ledger import outcomes, reading, writing
from crossload.runner.ledger.connection import open_read_only, open_writable
from crossload.runner.ledger.exported import written_whole
from crossload.runner.ledger.exporting import export
from crossload.runner.ledger.failures import explained, understood
from crossload.runner.ledger.hiding import Hide
from crossload.runner.ledger.known import KnownAttempt
from crossload.runner.ledger.migrations import transaction
from crossload.runner.ledger.outcomes import Rows
from crossload.runner.ledger.provenance import CellProbes, probes_of
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, RunStart, RunState
from crossload.runner.ledger.soundness import Watch
from crossload.runner.records import (
    AttemptKey,
    AttemptOutcome,
    Cell,
    EnvironmentRecord,
    Limits,
    LoadKey,
    SaveKey,
    SaveOutcome,
)

if TYPE_CHECKING:
    from typing_extensions import Self  # in `typing` from Python 3.11

    from crossload.runner.ledger.importing import Imported
    from crossload.runner.ledger.union import Conflict, UnionHead

_PID_REUSE_SECONDS = 2.0  # a process this much younger than its run has only got its number


class Ledger:
    """One open ledger; usable from several threads, not across a fork.

    Every method may raise what `runner.ledger.failures.explained` lists. What a method recorded
    is on disk when it returns.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, writes: bool) -> None:
        self.path = path
        self._writes = writes
        self._watch = Watch(path)
        self._connection = connection
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Ledger:
        """Open the ledger, checking its health; unless read-only, make or migrate it.

        Raises:
            LedgerError: damaged (then kept aside, unless read-only), another program's, of a
                newer version, or (read-only) not there.
            StorageError: it cannot be written.
            BusyError: another process holds it.
        """
        connection = open_read_only(path) if read_only else open_writable(path)
        return cls(path, connection, writes=not read_only)

    def close(self) -> None:
        """Close the file; the last process to do so folds the write-ahead log into it."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watch.before_a_change()  # closing may fold the log into the file
        self.close()
        if kind is None and self._writes:
            self._watch.closed()

    def begin_run(self, start: RunStart) -> int:
        """Begin a run and give its id; runs whose process is gone become `interrupted`."""
        with self._writing() as connection:
            for facts in reading.runs(connection):
                if facts.state is RunState.RUNNING and not _alive(facts.start, start.host):
                    _set_state(connection, facts.id, RunState.INTERRUPTED)
            return writing.add_run(connection, start)

    def finish_run(self, run_id: int, state: RunState) -> None:
        """Say how the run ended, now."""
        with self._writing() as connection:
            _set_state(connection, run_id, state)

    def record_environment(self, run_id: int, record: EnvironmentRecord) -> None:
        """Record what this run saw of an environment; saying it again replaces it.

        `record.digest` is what save and attempt keys call saver and loader; environments of one
        run that share it must use Keras alike (ValueError).
        """
        with self._writing() as connection:
            writing.add_environment(connection, run_id, record)

    def plan_cells(self, run_id: int, cells: Iterable[Cell]) -> None:
        """Record which cells belong to the run, in their order."""
        with self._writing() as connection:
            writing.add_cells(connection, run_id, cells)

    def record_save(self, run_id: int, key: SaveKey, outcome: SaveOutcome) -> None:
        """Record a save of this run; it is what `key` finds from now on."""
        with self._writing() as connection:
            writing.add_save(connection, run_id, key, outcome)

    def record_attempt(self, run_id: int, key: AttemptKey, outcome: AttemptOutcome) -> None:
        """Record an attempt of this run; it is what `key` finds from now on."""
        with self._writing() as connection:
            writing.add_attempt(connection, run_id, key, outcome)

    def forget_save(self, key: SaveKey) -> None:
        """Find this save no more (its artifact is gone); runs that used it still show it."""
        with self._writing() as connection:
            writing.forget_save(connection, key)

    def adopt_saves(
        self, run_id: int, keys: Iterable[SaveKey], limits: Limits
    ) -> dict[SaveKey, SaveOutcome]:
        """Those of these saves that hold under `limits` too; they count as this run's from now."""
        with self._writing() as connection, understood(self.path):
            ids = outcomes.usable_saves(connection, keys, limits)
            connection.executemany(
                "INSERT OR IGNORE INTO run_save VALUES (?, ?)",
                ((run_id, row_id) for row_id in ids.values()),
            )
            return dict(outcomes.saves(connection, Rows.of_ids(ids.values())).values())

    def known_attempts(
        self, loads: Iterable[LoadKey], limits: Limits
    ) -> dict[LoadKey, tuple[KnownAttempt, ...]]:
        """The gist of all known attempts at these loads, without taking them up."""
        with self._reading() as connection:
            found = outcomes.usable_attempts(connection, loads, limits)
            return {load: tuple(one for _, one in known) for load, known in found.items()}

    def adopt_attempts(
        self, run_id: int, loads: Iterable[LoadKey], limits: Limits
    ) -> dict[LoadKey, tuple[KnownAttempt, ...]]:
        """The gist of all known attempts at these loads, which now count as of this run too.

        Made for tens of thousands of loads at once; a load that is not known is left out.
        """
        with self._writing() as connection, understood(self.path):
            found = outcomes.usable_attempts(connection, loads, limits)
            connection.executemany(
                "INSERT OR IGNORE INTO run_attempt VALUES (?, ?)",
                ((run_id, row_id) for known in found.values() for row_id, _ in known),
            )
            return {load: tuple(one for _, one in known) for load, known in found.items()}

    def runs(self) -> tuple[RunFacts, ...]:
        """Every run, oldest first."""
        with self._reading() as connection:
            return reading.runs(connection)

    def snapshot(self, run_id: int | None = None, *, model: str | None = None) -> RunSnapshot:
        """Everything of one run, by default the latest; with `model`, of that model alone.

        The part of one model has every environment of the run; a name that the run does not know
        gives no cells. It takes a small part of the time of the whole.

        Raises:
            LedgerError: there is no such run.
        """
        with self._reading() as connection:
            return reading.snapshot(connection, self._facts(connection, run_id), model)

    def cells(self, run_id: int) -> tuple[Cell, ...]:
        """The cells of a run in the order of its plan, without what was measured of them."""
        with self._reading() as connection:
            return reading.cells(connection, run_id)

    def has_cell(self, run_id: int, cell: Cell) -> bool:
        """Whether the plan of a run has that cell, found without reading the others."""
        with self._reading() as connection:
            return reading.has_cell(connection, run_id, cell)

    def probes(self, run_id: int) -> Mapping[Cell, CellProbes]:
        """Which probes measured the cells of a run; a cell without a save is left out."""
        with self._reading() as connection:
            return probes_of(connection, run_id)

    def environments(self, run_id: int) -> tuple[EnvironmentRecord, ...]:
        """The environments of a run, in their order."""
        with self._reading() as connection:
            return reading.environments(connection, run_id)

    def environment(self, digest: str) -> EnvironmentRecord | None:
        """An environment as the latest run that used it knew it; None if none did."""
        with self._reading() as connection:
            return reading.environment_of(connection, digest)

    def contents(self, run_id: int) -> str:
        """A digest of everything that a run's results consist of, whenever it took place.

        Two runs have the same one only if they ended alike, with the same cells, environments and
        measurements.
        """
        with self._reading() as connection:
            return reading.contents(connection, run_id)

    def export_run(self, target: Path, run_id: int | None, hide: Hide) -> RunFacts:
        """Write a run, by default the latest, to a file of its own; see `exporting`.

        Raises:
            LedgerError: there is no such run.
            StorageError: the file cannot be written.
        """
        with self._reading() as connection:
            facts = self._facts(connection, run_id)
            with written_whole(target) as out:
                export(connection, facts, out, hide)
            return facts

    def import_run(self, source: Path) -> Imported:
        """Add the run of an exported file, whole or not at all; see `importing`.

        A run that is here already is not added again.

        Raises:
            ExportError: the file cannot be used; nothing was changed.
        """
        from crossload.runner.ledger.importing import import_run  # noqa: PLC0415 - slow
        from crossload.runner.ledger.sameness import known_run  # noqa: PLC0415 - only for this

        with self._lock, explained(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            self._watch.before_a_change()
            try:
                found = import_run(self._connection, source)
                known = known_run(self._connection, found.run_id)
                self._connection.execute("COMMIT" if known is None else "ROLLBACK")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._watch.after_a_change()
        return found if known is None else replace(found, run_id=known, is_new=False)

    def add_union(self, head: UnionHead) -> tuple[int, tuple[Conflict, ...]]:
        """Add a run with the results of all runs here, for a ledger made to merge them.

        Returns its id, and where two runs have different results for one key; see `union`.
        """
        from crossload.runner.ledger import union  # noqa: PLC0415 - only merging needs it

        with self._writing() as connection, understood(self.path):
            found = tuple(union.conflicts(connection, head))
            return union.add_union(connection, head), found

    def artifacts(self, run_id: int) -> tuple[str, ...]:
        """The digests of all files that were saved in a run, sorted."""
        with self._reading() as connection:
            return reading.artifacts(connection, run_id)

    def _facts(self, connection: sqlite3.Connection, run_id: int | None) -> RunFacts:
        facts = reading.run(connection, run_id)
        if facts is None:
            which = "any run yet" if run_id is None else f"a run {run_id}"
            raise LedgerError(
                f"the ledger {str(self.path)!r} does not hold {which}",
                "run 'crossload run' first" if run_id is None else "leave the number out",
            )
        return facts

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, explained(self.path):
            with transaction(self._connection):
                self._watch.before_a_change()
                yield self._connection
            self._watch.after_a_change()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One moment of the ledger, whatever others write meanwhile."""
        with self._lock, explained(self.path):
            self._connection.execute("BEGIN")
            try:
                with understood(self.path):
                    yield self._connection
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


def _set_state(connection: sqlite3.Connection, run_id: int, state: RunState) -> None:
    finished = datetime.now(timezone.utc).isoformat(timespec="seconds")
    connection.execute(
        "UPDATE run SET state = ?, finished = ? WHERE id = ?", (str(state), finished, run_id)
    )


def _alive(start: RunStart, host: str) -> bool:
    """Whether the run's process still exists; a write-ahead log has writers of one host only."""
    if start.host != host:
        return False
    try:
        born = psutil.Process(start.pid).create_time()
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:
        return True
    return born <= start.started.timestamp() + _PID_REUSE_SECONDS
