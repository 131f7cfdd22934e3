"""Saves and attempts read back, one by one or by the ten thousand.

Owns the SELECTs about measurements, and which of them a later run may use again.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from crossload.runner.ledger.known import KnownAttempt
from crossload.runner.ledger.spelling import day_of
from crossload.runner.records import (
    Attempt,
    AttemptKey,
    AttemptOutcome,
    CheckOutcome,
    JobReport,
    Limits,
    LoadKey,
    ProbeError,
    SaveKey,
    SaveOutcome,
)
from crossload.runner.strategies import STRATEGIES
from crossload.runner.untrusted.repeatable import repeatable
from crossload.runner.words import Check, CheckStatus, Format, JobStatus, Strategy

Row: TypeAlias = Sequence[Any]  # sqlite3 hands values over untyped
Value = TypeVar("Value")
_STRATEGY_ORDER = {strategy: at for at, strategy in enumerate(Strategy)}

AT_A_LIMIT = ", ".join(f"'{one}'" for one in (JobStatus.TIMED_OUT, JobStatus.OUT_OF_MEMORY))
# An outcome that hit a limit says nothing about a run that allows more: it counts only where no
# limit was lower then than it is now.
_USABLE = f"""(j.status NOT IN ({AT_A_LIMIT}) OR EXISTS (
    SELECT 1 FROM limits l WHERE l.id = j.limits_id AND l.cpu_seconds >= :cpu_seconds
    AND l.wall_seconds >= :wall_seconds AND l.memory_mb >= :memory_mb
    AND l.scratch_mb >= :scratch_mb AND l.processes >= :processes))"""  # noqa: S608 -- all ours

_REWRITING = ", ".join(f"'{one}'" for one, spec in STRATEGIES.items() if spec.rewrites)

_USABLE_SAVE = f"""SELECT s.id FROM save s JOIN job j ON j.id = s.job_id
    WHERE s.live = 1 AND s.saver = :saver AND s.model = :model AND s.format = :format
    AND s.probe = :probe AND s.options = :options AND {_USABLE}"""  # noqa: S608 -- all ours

_USABLE_ATTEMPTS = f"""SELECT a.id, a.strategy, j.status, c.status, c.difference, c.detail
    FROM attempt a JOIN job j ON j.id = a.job_id
    LEFT JOIN check_result c ON c.attempt_id = a.id AND c.name = 'outputs'
    WHERE a.live = 1 AND a.artifact = :artifact AND a.loader = :loader
    AND a.probe = CASE WHEN a.strategy IN ({_REWRITING}) THEN :translating ELSE :loading END
    AND a.options = :options AND {_USABLE}"""  # noqa: S608 -- all ours


# The cells of a run by the digests of their environments, as saves and attempts have them.
CELLS_BY_DIGEST = """SELECT c.saver AS saver_id, c.loader AS loader_id, c.model, c.format,
    es.digest AS saver, el.digest AS loader FROM run_cell c
    JOIN run_environment rs ON rs.run_id = c.run_id AND rs.id = c.saver
    JOIN run_environment rl ON rl.run_id = c.run_id AND rl.id = c.loader
    JOIN environment es ON es.id = rs.environment_id AND es.digest <> ''
    JOIN environment el ON el.id = rl.environment_id AND el.digest <> ''
    WHERE c.run_id = :run"""


class _Shared:
    """Equal values as one object: most attempts have checks, an error or warnings of others."""

    def __init__(self) -> None:
        self._known: dict[object, Any] = {}

    def __call__(self, value: Value) -> Value:
        known: Value = self._known.setdefault(value, value)
        return known


@dataclass(frozen=True)
class Rows:
    """Which rows to read: a query for their ids, and its parameter."""

    query: str
    parameter: int | str

    @classmethod
    def of_ids(cls, ids: Iterable[int]) -> Rows:
        return cls("SELECT value FROM json_each(?)", json.dumps(list(ids)))

    @classmethod
    def saves_of(cls, run_id: int) -> Rows:
        return cls("SELECT save_id FROM run_save WHERE run_id = ?", run_id)

    @classmethod
    def attempts_of(cls, run_id: int) -> Rows:
        return cls("SELECT attempt_id FROM run_attempt WHERE run_id = ?", run_id)


def saves_of_model(connection: sqlite3.Connection, run_id: int, model: str) -> list[int]:
    """Row ids of a run's saves of one model."""
    rows = connection.execute(
        """SELECT s.id FROM run_save r JOIN save s ON s.id = r.save_id
            WHERE r.run_id = ? AND s.model = ?""",
        (run_id, model),
    )
    return [int(row[0]) for row in rows]


def attempts_at(connection: sqlite3.Connection, run_id: int, saves: Rows) -> list[int]:
    """Row ids of a run's attempts at loading what those saves wrote."""
    rows = connection.execute(
        f"""SELECT a.id FROM run_attempt r JOIN attempt a ON a.id = r.attempt_id
            WHERE r.run_id = ?
            AND a.artifact IN (SELECT artifact FROM save WHERE id IN ({saves.query}))""",  # noqa: S608 -- `Rows`' own
        (run_id, saves.parameter),
    )
    return [int(row[0]) for row in rows]


def usable_saves(
    connection: sqlite3.Connection, keys: Iterable[SaveKey], limits: Limits
) -> dict[SaveKey, int]:
    """The row id of every key that is known and may be used again."""
    allowed = vars(limits)
    found = {}
    for key in keys:
        values = {**vars(key), "format": str(key.format), **allowed}
        row = connection.execute(_USABLE_SAVE, values).fetchone()
        if row is not None:
            found[key] = int(row[0])
    return found


def usable_attempts(
    connection: sqlite3.Connection, loads: Iterable[LoadKey], limits: Limits
) -> dict[LoadKey, tuple[tuple[int, KnownAttempt], ...]]:
    """Row id and gist of every attempt at these loads that may be used again."""
    allowed = vars(limits)
    found = {}
    for load in loads:
        values = {**vars(load), **vars(load.probe), **allowed}
        rows = connection.execute(_USABLE_ATTEMPTS, values).fetchall()
        if rows:
            known = [(int(row[0]), _known(row)) for row in rows]
            found[load] = tuple(sorted(known, key=lambda one: _STRATEGY_ORDER[one[1].strategy]))
    return found


def saves(connection: sqlite3.Connection, rows: Rows) -> dict[int, tuple[SaveKey, SaveOutcome]]:
    """Key and outcome by row id, oldest first."""
    jobs = f"SELECT job_id FROM save WHERE id IN ({rows.query})"  # noqa: S608 -- `Rows`' own
    reports = _reports(connection, jobs, rows)
    return {
        row[0]: (
            SaveKey(row[2], row[3], Format(row[4]), row[5], row[6]),
            SaveOutcome(reports[row[1]], *row[7:13]),
        )
        for row in connection.execute(
            f"""SELECT id, job_id, saver, model, format, probe, options,
                artifact, payload_sha256, payload_bytes, payload_name, noise,
                COALESCE((SELECT body FROM wording WHERE wording.id = holds_id), '')
                FROM save WHERE id IN ({rows.query}) ORDER BY id""",  # noqa: S608 -- `Rows`' own
            (rows.parameter,),
        )
    }


def attempts(
    connection: sqlite3.Connection, rows: Rows
) -> dict[tuple[str, str], tuple[Attempt, ...]]:
    """Attempts by (artifact, loader digest), in the order of `Strategy`."""
    return by_load(attempts_by_id(connection, rows).values())


def by_load(
    found: Iterable[tuple[AttemptKey, AttemptOutcome]],
) -> dict[tuple[str, str], tuple[Attempt, ...]]:
    """Attempts by what they load where, in the order of `Strategy`; the last of each counts."""
    latest: dict[tuple[str, str], dict[Strategy, Attempt]] = defaultdict(dict)
    for key, outcome in found:
        latest[key.artifact, key.loader][key.strategy] = Attempt(key.strategy, outcome)
    return {
        load: tuple(sorted(tried.values(), key=lambda one: _STRATEGY_ORDER[one.strategy]))
        for load, tried in latest.items()
    }


def attempts_by_id(
    connection: sqlite3.Connection, rows: Rows
) -> dict[int, tuple[AttemptKey, AttemptOutcome]]:
    """Key and outcome by row id, oldest first."""
    wanted = f"WHERE attempt_id IN ({rows.query}) ORDER BY attempt_id, position"
    shared = _Shared()
    checks = _checks(connection, wanted, rows)
    concessions = defaultdict(list)
    for attempt_id, name in connection.execute(
        f"SELECT attempt_id, name FROM concession {wanted}",  # noqa: S608 -- `Rows`' own
        (rows.parameter,),
    ):
        concessions[attempt_id].append(name)
    jobs = f"SELECT job_id FROM attempt WHERE id IN ({rows.query})"  # noqa: S608 -- `Rows`' own
    reports = _reports(connection, jobs, rows)
    return {
        row[0]: (
            AttemptKey(row[2], row[3], Strategy(row[4]), row[5], row[6]),
            AttemptOutcome(
                reports[row[1]],
                shared(tuple(checks[row[0]])),
                tuple(concessions[row[0]]),
                shared(row[7] or ""),
            ),
        )
        for row in connection.execute(
            f"""SELECT a.id, job_id, artifact, loader, strategy, probe, options, body
                FROM attempt a LEFT JOIN wording w ON w.id = recipe_id
                WHERE a.id IN ({rows.query}) ORDER BY a.id""",  # noqa: S608 -- `Rows`' own
            (rows.parameter,),
        )
    }


def _known(row: Row) -> KnownAttempt:
    _, strategy, status, check_status, difference, detail = row
    outputs = None
    if check_status is not None:
        outputs = CheckOutcome(Check.OUTPUTS, CheckStatus(check_status), difference, detail)
    return KnownAttempt(Strategy(strategy), JobStatus(status), outputs)


def _checks(
    connection: sqlite3.Connection, wanted: str, rows: Rows
) -> defaultdict[int, list[CheckOutcome]]:
    """Checks by attempt; most are alike, so that equal ones are one object."""
    same: dict[tuple[Any, ...], CheckOutcome] = {}
    checks: defaultdict[int, list[CheckOutcome]] = defaultdict(list)
    for attempt_id, *values in connection.execute(
        f"SELECT attempt_id, name, status, difference, detail FROM check_result {wanted}",  # noqa: S608 -- `Rows`' own
        (rows.parameter,),
    ):
        name, status, difference, detail = key = tuple(values)
        one = same.get(key)
        if one is None:
            told = repeatable(detail)
            one = CheckOutcome(Check(name), CheckStatus(status), difference, told)
            same[key] = one
        checks[attempt_id].append(one)
    return checks


def _reports(connection: sqlite3.Connection, jobs: str, rows: Rows) -> dict[int, JobReport]:
    """Job reports by job id; `jobs` is a query for these ids, with the parameter of `rows`."""
    shared = _Shared()
    seconds: defaultdict[int, list[tuple[str, float]]] = defaultdict(list)
    for job_id, step, value in connection.execute(
        f"""SELECT job_id, step, seconds FROM job_seconds
            WHERE job_id IN ({jobs}) ORDER BY job_id, position""",  # noqa: S608 -- `Rows`' own
        (rows.parameter,),
    ):
        seconds[job_id].append((step, value))
    warnings: defaultdict[int, list[str]] = defaultdict(list)
    for job_id, body in connection.execute(
        f"""SELECT w.job_id, t.body FROM job_warning w JOIN wording t ON t.id = w.wording_id
            WHERE w.job_id IN ({jobs}) ORDER BY w.job_id, w.position""",  # noqa: S608 -- `Rows`' own
        (rows.parameter,),
    ):
        warnings[job_id].append(repeatable(body))
    limits = {
        row[0]: Limits(*row[1:])
        for row in connection.execute(
            """SELECT id, cpu_seconds, wall_seconds, memory_mb, scratch_mb, processes
                FROM limits"""
        )
    }
    return {
        row[0]: JobReport(
            status=JobStatus(row[1]),
            error=None if row[2] is None else shared(_error(*row[2:5])),
            detail=row[5],
            output_tail=shared(repeatable(row[6] or "")),
            warnings=shared(tuple(warnings[row[0]])),
            seconds=tuple(seconds[row[0]]),
            limits=limits[row[7]],
            measured=None if row[8] is None else day_of(row[8]),
        )
        for row in connection.execute(
            f"""SELECT j.id, j.status, j.error_type, j.error_message, e.body, j.detail, o.body,
                j.limits_id, j.measured FROM job j
                LEFT JOIN wording e ON e.id = j.error_traceback_id
                LEFT JOIN wording o ON o.id = j.output_tail_id
                WHERE j.id IN ({jobs})""",  # noqa: S608 -- `Rows`' own
            (rows.parameter,),
        )
    }


def _error(kind: str, message: str, traceback: str | None) -> ProbeError:
    """An error; earlier versions kept texts as they were said."""
    return ProbeError(kind, repeatable(message), repeatable(traceback or ""))
