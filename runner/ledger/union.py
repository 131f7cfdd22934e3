"""The results of many runs as those of one, in a ledger that holds nothing else.

Owns which result counts where two are of the same thing: the one that was measured later; one
that hit a limit gives way to one that did not, since a slower machine or a lower limit says nothing
against it. A cell has one attempt of each strategy. A file that was saved twice keeps both saves as
long as loads of both count, since each load belongs to the file that it loaded; what an older probe
measured of a file is left out where a newer one saved it. The union began when the first source
did, or on the first day of which a result still counts.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crossload.runner.ledger import outcomes, writing
from crossload.runner.ledger.outcomes import Rows
from crossload.runner.ledger.snapshot import RunFacts
from crossload.runner.records import (
    AttemptOutcome,
    Cell,
    EnvironmentRecord,
    SaveOutcome,
    Tolerances,
)

_SAVE_KEY = "saver, model, format, probe, options"
_ATTEMPT_KEY = "artifact, loader, strategy, probe, options"

_ENDED = f"(SELECT status NOT IN ({outcomes.AT_A_LIMIT}) FROM job WHERE job.id = job_id)"  # noqa: S608 - ours

# Of each file what the latest probe wrote, once for each time that it wrote something else.
_SAVES = f"""INSERT INTO run_save SELECT ?, max(id) FROM (
    SELECT *, first_value(probe) OVER latest AS its_probe,
        first_value(options) OVER latest AS given,
        max(ended) OVER (PARTITION BY {_SAVE_KEY}) AS one_ended
    FROM (SELECT *, {_ENDED} AS ended FROM save)
    WINDOW latest AS (PARTITION BY saver, model, format ORDER BY id DESC))
    WHERE probe = its_probe AND options = given AND ended = one_ended
    AND (saver, model, format) IN (SELECT saver, model, format FROM planned)
    GROUP BY {_SAVE_KEY}, artifact"""  # noqa: S608 - ours
# Equal files of two savers share their attempts.
_ATTEMPTS = f"""WITH of_cells AS (
    SELECT planned.rowid AS cell, strategy, attempt.id, {_ENDED.replace("job_id", "attempt.job_id")}
        AS ended, max(attempt.id) OVER (
            PARTITION BY planned.rowid, strategy, attempt.probe, attempt.options) AS of_probe
    FROM run_save
    JOIN save ON save_id = save.id
    JOIN attempt ON attempt.artifact = save.artifact
    JOIN planned ON (planned.saver, planned.model, planned.format, planned.loader)
        = (save.saver, save.model, save.format, attempt.loader)
    WHERE run_id = ?)
    INSERT INTO run_attempt SELECT DISTINCT ?, first_value(id) OVER (
        PARTITION BY cell, strategy ORDER BY of_probe DESC, ended DESC, id DESC) FROM of_cells"""  # noqa: S608 - ours
# The latest save of a file stays, loaded or not: the next run goes on with it.
_SUPERSEDED = """DELETE FROM run_save WHERE run_id = :run AND save_id IN (
    SELECT id FROM (
        SELECT save.id, artifact, max(save.id) OVER (PARTITION BY saver, model, format) AS newest
        FROM run_save JOIN save ON save_id = save.id WHERE run_id = :run)
    WHERE id < newest AND artifact NOT IN (
        SELECT artifact FROM run_attempt JOIN attempt ON attempt_id = attempt.id
        WHERE run_id = :run))"""

# A day has no time: one that is later than the start stands for its beginning.
_BEGUN = """UPDATE run SET started = max(started, coalesce((
    SELECT min(measured) || 'T00:00:00+00:00' FROM job WHERE id IN (
        SELECT job_id FROM run_save JOIN save ON save_id = save.id WHERE run_id = :run
        UNION SELECT job_id FROM run_attempt JOIN attempt ON attempt_id = attempt.id
        WHERE run_id = :run)), started)) WHERE id = :run"""

_PLANNED = f"CREATE TEMP TABLE planned AS {outcomes.CELLS_BY_DIGEST}"
_PLANNED_INDEX = "CREATE INDEX temp.planned_cell ON planned (saver, model, format, loader)"


@dataclass(frozen=True)
class UnionHead:
    """The run that a union is: its facts, its environments and its plan."""

    facts: RunFacts
    environments: tuple[EnvironmentRecord, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Conflict:
    """Two results of one key: what was measured, how it ended, why that counts, and the other."""

    what: str
    kept: str
    why: str
    dropped: str

    def __str__(self) -> str:
        return f"{self.what}: {self.kept} (kept, {self.why}) and {self.dropped}"


def add_union(connection: sqlite3.Connection, head: UnionHead) -> int:
    """Insert a run that has what all runs in this ledger know of its cells; returns its id.

    The runs are those of the sources, imported by age, so that a greater row id is a later result.
    The caller holds a transaction.
    """
    facts = head.facts
    run_id = writing.add_run(connection, facts.start)
    finished = None if facts.finished is None else facts.finished.isoformat(timespec="seconds")
    connection.execute(
        "UPDATE run SET state = ?, finished = ? WHERE id = ?", (str(facts.state), finished, run_id)
    )
    for record in head.environments:
        writing.add_environment(connection, run_id, record)
    writing.add_cells(connection, run_id, head.cells)
    connection.execute(_PLANNED, {"run": run_id})
    connection.execute(_PLANNED_INDEX)
    connection.execute(_SAVES, (run_id,))
    connection.execute(_ATTEMPTS, (run_id, run_id))
    connection.execute(_SUPERSEDED, {"run": run_id})
    connection.execute(_BEGUN, {"run": run_id})
    connection.execute("DROP TABLE planned")
    return run_id


def conflicts(connection: sqlite3.Connection, head: UnionHead) -> Iterator[Conflict]:
    """Results of one key that say different things, in the order of their keys."""
    ids = {one.digest: one.id for one in head.environments}
    for left, kept in _repeated(connection, "save", _SAVE_KEY):
        saves = outcomes.saves(connection, Rows.of_ids([left, kept]))
        (key, before), (_, now) = saves[left], saves[kept]
        if _ending(before) != _ending(now):
            what = f"save {ids.get(key.saver, key.saver)}/{key.model}.{key.format}"
            yield Conflict(what, _ending(now), _why(left, kept), _ending(before))
    tolerances = head.facts.start.tolerances
    for left, kept in _repeated(connection, "attempt", _ATTEMPT_KEY):
        attempts = outcomes.attempts_by_id(connection, Rows.of_ids([left, kept]))
        (load, tried), (_, again) = attempts[left], attempts[kept]
        if not _agree(tried, again, tolerances):
            file = _file_of(connection, load.artifact, ids)
            where = f"{file}/{ids.get(load.loader, load.loader)}"
            yield Conflict(
                f"{load.strategy} {where}", _shown(again), _why(left, kept), _shown(tried)
            )


def _file_of(connection: sqlite3.Connection, artifact: str, ids: Mapping[str, str]) -> str:
    row = connection.execute(
        "SELECT saver, model, format FROM save WHERE artifact = ?", (artifact,)
    ).fetchone()
    return artifact if row is None else f"{ids.get(row[0], row[0])}/{row[1]}.{row[2]}"


def _repeated(connection: sqlite3.Connection, table: str, key: str) -> list[tuple[int, int]]:
    """For each key with several rows: the row ids of neighbouring results, what counts last."""
    rows = connection.execute(
        f"""SELECT before, id FROM (SELECT id,
            lag(id) OVER (PARTITION BY {key} ORDER BY {_ENDED}, id) AS before FROM {table})
            WHERE before IS NOT NULL ORDER BY id"""  # noqa: S608 -- names of ours
    )
    return [(int(before), int(row_id)) for before, row_id in rows]


def _why(left: int, kept: int) -> str:
    return "measured later" if kept > left else "the other hit a limit"


def _ending(outcome: SaveOutcome | AttemptOutcome) -> str:
    error = outcome.report.error
    return str(outcome.report.status) + (f" with {error.type}" if error is not None else "")


def _agree(one: AttemptOutcome, other: AttemptOutcome, tolerances: Tolerances) -> bool:
    """Whether two measurements say the same, but for the rounding of another processor."""
    if _ending(one) != _ending(other) or one.concessions != other.concessions:
        return False
    if [(each.check, each.status) for each in one.checks] != [
        (each.check, each.status) for each in other.checks
    ]:
        return False
    return all(
        _close(a.difference, b.difference, tolerances.relative)
        for a, b in zip(one.checks, other.checks, strict=True)
    )


def _close(one: float | None, other: float | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)


def _shown(outcome: AttemptOutcome) -> str:
    """How an attempt ended, with the checks that found something."""
    found = [
        f"{one.check} {one.status}" + ("" if one.difference is None else f" {one.difference:.1e}")
        for one in outcome.checks
    ]
    return ", ".join([_ending(outcome), *found])
