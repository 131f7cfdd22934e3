"""A run out of an export: into a ledger, whole or not at all, or read on its own.

Owns what joining means: a result that is known here under the same key stays the one that is
found by it, unless it hit a limit; the imported run shows its own. Everything in the file is taken
for a stranger's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timezone
from pathlib import Path
from typing import NamedTuple, TypeAlias

from crossload.runner.ledger import parsing, reading, spelling, typed, writing
from crossload.runner.ledger.exported import ExportError, Line, lines
from crossload.runner.ledger.outcomes import AT_A_LIMIT, by_load
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot
from crossload.runner.records import (
    AttemptKey,
    AttemptOutcome,
    Cell,
    EnvironmentRecord,
    SaveKey,
    SaveOutcome,
    SubjectRecord,
)
from crossload.runner.words import Format


@dataclass(frozen=True)
class Begun:
    """A run; `knows_subjects` is false for an old export, which lacks them."""

    facts: RunFacts
    knows_subjects: bool


class Saved(NamedTuple):
    """A save and its key."""

    key: SaveKey
    outcome: SaveOutcome


class Tried(NamedTuple):
    """An attempt and its key; a tuple, as a large run has a million."""

    key: AttemptKey
    outcome: AttemptOutcome


Item: TypeAlias = "Begun | SubjectRecord | EnvironmentRecord | Cell | Saved | Tried"

_FIRST = 2  # line 1 names the format
_ARTIFACT = 7  # where a save's line names the file that it wrote; see `spelling.save_line`
_CELLS_AT_A_TIME = 5000


@dataclass(frozen=True)
class Imported:
    """What an import came to: the run's number here, and whether it was there before."""

    run_id: int
    is_new: bool
    cells: int
    attempts: int


class _OfModel:
    """Says of a line whether it tells of one model, before the line is read in full.

    An attempt names the file that it loaded, not the model: saves have to stand before attempts,
    as they do in every export.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._artifacts: set[object] = set()
        self._saves_end = False

    def __call__(self, line: Line) -> bool:
        """Whether to read it; raises ValueError for a save that stands too late."""
        kind = line[0]
        if kind == spelling.CELL:
            return line[2:3] == [self._model]
        if kind == spelling.SAVE:
            if self._saves_end:
                raise ValueError("a save stands behind attempts")
            ours = line[2:3] == [self._model]
            if ours and len(line) > _ARTIFACT and isinstance(line[_ARTIFACT], str):
                self._artifacts.add(line[_ARTIFACT])
            return ours
        if kind == spelling.ATTEMPT:
            self._saves_end = True
            return len(line) < 2 or not isinstance(line[1], str) or line[1] in self._artifacts
        return True


def items(path: Path, wanted: Callable[[Line], bool] | None = None) -> Iterator[Item]:
    """Every value of an export, the run first.

    Args:
        path: the file.
        wanted: which lines to read; the others are only counted.

    Raises:
        ExportError: on the first line that cannot be, with its number.
    """
    shared = parsing.SharedValues()
    day = date.min  # of the run: results of old exports have none of their own
    number = 0
    try:
        for number, line in lines(path):
            kind = line[0]
            if number == _FIRST or kind == spelling.RUN:
                _check_order(line, is_first=number == _FIRST)
            if kind == spelling.TEXT:
                shared.add(parsing.read_text(line[1:]))
            elif wanted is not None and not wanted(line):
                continue
            elif kind == spelling.ATTEMPT:  # by far the most frequent
                yield Tried(*parsing.read_attempt(line[1:], shared, day))
            else:
                item = _item(line, shared, day)
                if isinstance(item, Begun):
                    day = item.facts.start.started.astimezone(timezone.utc).date()
                yield item
    except ValueError as error:
        raise ExportError(path, f"line {number} is wrong: {error}") from error
    if number == 0:
        raise ExportError(path, "it holds no run")


def _check_order(line: Line, *, is_first: bool) -> None:
    if is_first and line[0] != spelling.RUN:
        raise ValueError("expected a run here")
    if not is_first and line[0] == spelling.RUN:
        raise ValueError("there is a second run")


_SIMPLE: Mapping[str, Callable[[list[object]], Item]] = {
    spelling.SUBJECT: parsing.read_subject,
    spelling.ENVIRONMENT: parsing.read_environment,
    spelling.CELL: parsing.read_cell,
}


def _item(line: Line, shared: parsing.SharedValues, day: date) -> Item:
    kind, *rest = line
    if kind in _SIMPLE:
        return _SIMPLE[kind](rest)
    if kind == spelling.RUN:
        return Begun(*parsing.read_run(rest))
    if kind == spelling.SAVE:
        return Saved(*parsing.read_save(rest, shared, day))
    raise ValueError(f"{kind[:40]!r} is not a kind of line")


def planned_cells(path: Path) -> Iterator[Cell]:
    """The cells of an export in the order of its plan; what was measured of them is not read.

    Raises:
        ExportError: the file cannot be used as far as it was read.
    """
    for item in items(path):
        if isinstance(item, Cell):
            yield item
        elif isinstance(item, Saved | Tried):  # cells stand before all that was measured
            return


def read_snapshot(path: Path, *, model: str | None = None) -> RunSnapshot:
    """The run of an export, as a ledger would hand it out; with `model`, of that model alone.

    Raises:
        ExportError: the file cannot be used.
    """
    begun: Begun | None = None
    subjects: list[SubjectRecord] = []
    environments: list[EnvironmentRecord] = []
    cells: list[Cell] = []
    saves: list[tuple[SaveKey, SaveOutcome]] = []
    attempts: list[tuple[AttemptKey, AttemptOutcome]] = []
    for item in items(path, None if model is None else _OfModel(model)):
        if isinstance(item, Tried):  # the most frequent first
            attempts.append((item.key, item.outcome))
        elif isinstance(item, Cell):
            cells.append(item)
        elif isinstance(item, Saved):
            saves.append((item.key, item.outcome))
        elif isinstance(item, EnvironmentRecord):
            environments.append(item)
        elif isinstance(item, SubjectRecord):
            subjects.append(item)
        else:
            begun = item
    assert begun is not None  # or `items` had raised
    start = begun.facts.start
    if not begun.knows_subjects:
        names = [one.model for one in cells if one.format is not Format.SCRIPT]
        subjects = list(typed.subjects_in(start.command, start.kind, names))
    facts = replace(begun.facts, start=replace(start, subjects=tuple(subjects)))
    return reading.assembled(facts, tuple(environments), tuple(cells), saves, by_load(attempts))


def import_run(connection: sqlite3.Connection, path: Path) -> Imported:
    """Add the run of an export, even if it is there already; see `sameness`.

    The caller holds a transaction around it, and rolls back whatever this raises for.
    """
    run_id = 0
    begun: Begun | None = None
    waiting: list[Cell] = []
    counts = {"cells": 0, "attempts": 0}
    for item in items(path):
        if isinstance(item, Begun):
            begun = item
            run_id = _add_run(connection, item.facts)
        elif isinstance(item, SubjectRecord):
            _add_subject(connection, run_id, item, path)
        elif isinstance(item, EnvironmentRecord):
            _add_environment(connection, run_id, item, path)
        elif isinstance(item, Cell):
            counts["cells"] += 1
            waiting.append(item)
            if len(waiting) >= _CELLS_AT_A_TIME:
                writing.add_cells(connection, run_id, waiting)
                waiting.clear()
        elif isinstance(item, Saved):
            _add_save(connection, run_id, item.key, item.outcome)
        else:
            counts["attempts"] += 1
            _add_attempt(connection, run_id, item.key, item.outcome)
    writing.add_cells(connection, run_id, waiting)
    if begun is not None and not begun.knows_subjects:
        start = begun.facts.start
        typed.fill_run(connection, run_id, start.command, start.kind)
    return Imported(run_id, is_new=True, **counts)


def _add_run(connection: sqlite3.Connection, facts: RunFacts) -> int:
    run_id = writing.add_run(connection, facts.start)
    finished = None if facts.finished is None else facts.finished.isoformat(timespec="seconds")
    connection.execute(
        "UPDATE run SET state = ?, finished = ? WHERE id = ?", (str(facts.state), finished, run_id)
    )
    return run_id


def _add_subject(
    connection: sqlite3.Connection, run_id: int, subject: SubjectRecord, path: Path
) -> None:
    try:
        writing.add_subject(connection, run_id, subject)
    except sqlite3.IntegrityError as error:
        raise ExportError(path, f"it names the model {subject.name!r} twice") from error


def _add_environment(
    connection: sqlite3.Connection, run_id: int, record: EnvironmentRecord, path: Path
) -> None:
    """What is in an environment follows from its digest: one known here is not described anew."""
    known = connection.execute(
        "SELECT 1 FROM environment WHERE digest = ? AND digest <> ''", (record.digest,)
    ).fetchone()
    if known is not None:
        record = replace(record, versions=())
    try:
        writing.add_environment(connection, run_id, record)
    except ValueError as error:
        raise ExportError(path, str(error)) from error


def _add_save(
    connection: sqlite3.Connection, run_id: int, key: SaveKey, outcome: SaveOutcome
) -> None:
    row = connection.execute(
        """SELECT id FROM save WHERE live = 1 AND saver = ? AND model = ? AND format = ?
            AND probe = ? AND options = ?""",
        (key.saver, key.model, str(key.format), key.probe, key.options),
    ).fetchone()
    with_known = None if row is None else int(row[0])
    _set_live(connection, "save", with_known, live=False)
    writing.add_save(connection, run_id, key, outcome)
    ours = connection.execute(
        "SELECT 1 FROM run_save WHERE run_id = ? AND save_id = ?", (run_id, with_known)
    ).fetchone()
    if ours is None:  # else a merged run saved the file again, and the later save is found
        _give_way(connection, "save", with_known)


def _add_attempt(
    connection: sqlite3.Connection, run_id: int, key: AttemptKey, outcome: AttemptOutcome
) -> None:
    row = connection.execute(
        """SELECT id FROM attempt WHERE live = 1 AND artifact = ? AND loader = ? AND probe = ?
            AND options = ? AND strategy = ?""",
        (key.artifact, key.loader, key.probe, key.options, str(key.strategy)),
    ).fetchone()
    with_known = None if row is None else int(row[0])
    _set_live(connection, "attempt", with_known, live=False)
    writing.add_attempt(connection, run_id, key, outcome)
    _give_way(connection, "attempt", with_known)


def _give_way(connection: sqlite3.Connection, table: str, known: int | None) -> None:
    """Let the row that was found before be found again, not the one just inserted."""
    if known is None or _hit_a_limit(connection, table, known):
        return
    (newest,) = connection.execute(f"SELECT max(id) FROM {table}").fetchone()  # noqa: S608 -- names of ours
    _set_live(connection, table, int(newest), live=False)
    _set_live(connection, table, known, live=True)


def _hit_a_limit(connection: sqlite3.Connection, table: str, row_id: int) -> bool:
    row = connection.execute(
        f"""SELECT 1 FROM {table} m JOIN job j ON j.id = m.job_id
            WHERE m.id = ? AND j.status IN ({AT_A_LIMIT})""",  # noqa: S608 -- names of ours
        (row_id,),
    ).fetchone()
    return row is not None


def _set_live(
    connection: sqlite3.Connection, table: str, row_id: int | None, *, live: bool
) -> None:
    if row_id is not None:
        connection.execute(
            f"UPDATE {table} SET live = ? WHERE id = ?",  # noqa: S608 -- names of ours
            (int(live), row_id),
        )
