"""Rows in: one function per value, each called inside a transaction of `runner.ledger.ledger`.

Owns the INSERTs and the cleaning of foreign text on its way in.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime, timezone

from crossload.runner.ledger.snapshot import RunStart, RunState
from crossload.runner.records import (
    AttemptKey,
    AttemptOutcome,
    Cell,
    EnvironmentProblem,
    EnvironmentRecord,
    JobReport,
    Limits,
    SaveKey,
    SaveOutcome,
    SubjectRecord,
)
from crossload.runner.untrusted.text import clean


@dataclass(frozen=True)
class _Measured:
    """The two tables of measurements, which replace and forget their rows in the same way."""

    table: str
    link: str
    where: str


_SAVE = _Measured(
    "save", "run_save", "saver = ? AND model = ? AND format = ? AND probe = ? AND options = ?"
)
_ATTEMPT = _Measured(
    "attempt",
    "run_attempt",
    "artifact = ? AND loader = ? AND strategy = ? AND probe = ? AND options = ?",
)


def add_run(connection: sqlite3.Connection, start: RunStart) -> int:
    """Insert a run as `running`; its id."""
    tolerances = start.tolerances
    cursor = connection.execute(
        """INSERT INTO run (command, profile, started, state, host, pid, crossload,
            relative, noise_factor, ceiling, step, limits_id, kind)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            clean(start.command),
            clean(start.profile),
            start.started.isoformat(timespec="seconds"),
            str(RunState.RUNNING),
            clean(start.host),
            start.pid,
            start.crossload,
            tolerances.relative,
            tolerances.noise_factor,
            tolerances.ceiling,
            tolerances.step,
            _limits_id(connection, start.limits),
            str(start.kind),
        ),
    )
    run_id = _new_id(cursor)
    for subject in start.subjects:
        add_subject(connection, run_id, subject)
    return run_id


def add_subject(connection: sqlite3.Connection, run_id: int, subject: SubjectRecord) -> None:
    """Insert one of the user's models of a run, behind those that are there."""
    connection.execute(
        """INSERT INTO subject (run_id, position, name, path, task)
            SELECT ?1, count(*), ?2, ?3, ?4 FROM subject WHERE run_id = ?1""",
        (run_id, subject.name, clean(subject.path), str(subject.task)),
    )
    connection.executemany(
        "INSERT INTO subject_file (run_id, name, option, path) VALUES (?, ?, ?, ?)",
        ((run_id, subject.name, option, clean(path)) for option, path in subject.given),
    )


def add_environment(connection: sqlite3.Connection, run_id: int, record: EnvironmentRecord) -> None:
    """Insert one environment of a run, replacing what the run said of it before.

    A record without a digest (a problem met later) keeps the digest and the versions said before:
    what was measured until then is found by them.

    Raises:
        ValueError: two environments of the run share a digest and yet use Keras differently;
            what was measured in one would be shown for the other.
    """
    clash = connection.execute(
        """SELECT r.id FROM run_environment r JOIN environment e ON e.id = r.environment_id
            WHERE r.run_id = ? AND e.digest = ? AND e.digest <> ''
            AND (r.api <> ? OR r.backend <> ?) AND r.id <> ?""",
        (run_id, record.digest, record.api, record.backend, record.id),
    ).fetchone()
    if clash is not None:
        raise ValueError(f"{record.id!r} and {clash[0]!r} have one digest but not one api, backend")
    (position,) = connection.execute(
        """SELECT coalesce((SELECT position FROM run_environment WHERE run_id = ?1 AND id = ?2),
            (SELECT count(*) FROM run_environment WHERE run_id = ?1))""",
        (run_id, record.id),
    ).fetchone()
    connection.execute(
        """INSERT OR REPLACE INTO run_environment
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            run_id,
            record.id,
            _environment_id(connection, run_id, record),
            position,
            clean(record.name),
            record.api,
            record.backend,
            record.python,
            clean(record.platform),
            clean(record.resolve),
            record.import_seconds,
            *_problem_columns(record.problem),
        ),
    )


def add_cells(connection: sqlite3.Connection, run_id: int, cells: Iterable[Cell]) -> None:
    """Append cells to the plan of a run; one that is in it already keeps its place."""
    (first,) = connection.execute(
        "SELECT coalesce(max(position) + 1, 0) FROM run_cell WHERE run_id = ?", (run_id,)
    ).fetchone()
    connection.executemany(
        """INSERT INTO run_cell (run_id, position, saver, model, format, loader)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run_id, saver, model, format, loader)
            DO NOTHING""",
        (
            (run_id, position, cell.saver, cell.model, str(cell.format), cell.loader)
            for position, cell in enumerate(cells, start=first)
        ),
    )


def add_save(
    connection: sqlite3.Connection, run_id: int, key: SaveKey, outcome: SaveOutcome
) -> None:
    """Insert what came of a save; what its key found before stays with the runs that used it."""
    values = (key.saver, key.model, str(key.format), key.probe, key.options)
    _retire(connection, _SAVE, values, run_id)
    job_id = _add_job(connection, outcome.report)
    cursor = connection.execute(
        """INSERT INTO save (job_id, saver, model, format, probe, options, artifact,
            payload_sha256, payload_bytes, payload_name, noise, holds_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            job_id,
            *values,
            outcome.artifact,
            outcome.payload_sha256,
            outcome.payload_bytes,
            clean(outcome.payload_name),
            outcome.noise,
            _wording_id(connection, outcome.holds) if outcome.holds else None,
        ),
    )
    connection.execute("INSERT INTO run_save VALUES (?, ?)", (run_id, _new_id(cursor)))


def forget_save(connection: sqlite3.Connection, key: SaveKey) -> None:
    """Let the key find nothing any more."""
    values = (key.saver, key.model, str(key.format), key.probe, key.options)
    _retire(connection, _SAVE, values, None)


def add_attempt(
    connection: sqlite3.Connection, run_id: int, key: AttemptKey, outcome: AttemptOutcome
) -> None:
    """Insert what came of an attempt, with its checks and concessions."""
    values = (key.artifact, key.loader, str(key.strategy), key.probe, key.options)
    _retire(connection, _ATTEMPT, values, run_id)
    job_id = _add_job(connection, outcome.report)
    cursor = connection.execute(
        """INSERT INTO attempt (job_id, artifact, loader, strategy, probe, options, recipe_id)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (job_id, *values, _wording_id(connection, outcome.recipe)),
    )
    attempt_id = _new_id(cursor)
    connection.executemany(
        "INSERT INTO check_result VALUES (?, ?, ?, ?, ?, ?)",
        (
            (attempt_id, at, str(one.check), str(one.status), one.difference, clean(one.detail))
            for at, one in enumerate(outcome.checks)
        ),
    )
    connection.executemany(
        "INSERT INTO concession VALUES (?, ?, ?)",
        ((attempt_id, at, clean(name)) for at, name in enumerate(outcome.concessions)),
    )
    connection.execute("INSERT INTO run_attempt VALUES (?, ?)", (run_id, attempt_id))


def _retire(
    connection: sqlite3.Connection, kind: _Measured, key: tuple[str, ...], run_id: int | None
) -> None:
    """Take the live row off its key and off this run; drop it once no run shows it."""
    table, link = kind.table, kind.link
    row = connection.execute(
        f"SELECT id, job_id FROM {table} WHERE live = 1 AND {kind.where}",  # noqa: S608 -- names of ours
        key,
    ).fetchone()
    if row is None:
        return
    measured_id, job_id = row
    connection.execute(f"UPDATE {table} SET live = 0 WHERE id = ?", (measured_id,))  # noqa: S608 -- names of ours
    connection.execute(
        f"DELETE FROM {link} WHERE run_id = ? AND {table}_id = ?",  # noqa: S608 -- names of ours
        (run_id, measured_id),
    )
    used = connection.execute(
        f"SELECT 1 FROM {link} WHERE {table}_id = ?",  # noqa: S608 -- names of ours
        (measured_id,),
    ).fetchone()
    if used is None:
        connection.execute(f"DELETE FROM {table} WHERE id = ?", (measured_id,))  # noqa: S608 -- names of ours
        connection.execute("DELETE FROM job WHERE id = ?", (job_id,))


def _add_job(connection: sqlite3.Connection, report: JobReport) -> int:
    error = report.error
    cursor = connection.execute(
        """INSERT INTO job (status, error_type, error_message, error_traceback_id, detail,
            output_tail_id, limits_id, measured) VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            str(report.status),
            clean(error.type) if error else None,
            clean(error.message) if error else None,
            _wording_id(connection, error.traceback) if error else None,
            clean(report.detail),
            _wording_id(connection, report.output_tail),
            _limits_id(connection, report.limits),
            (report.measured or datetime.now(timezone.utc).date()).isoformat(),
        ),
    )
    job_id = _new_id(cursor)
    connection.executemany(
        "INSERT INTO job_seconds VALUES (?, ?, ?, ?)",
        ((job_id, at, clean(step), value) for at, (step, value) in enumerate(report.seconds)),
    )
    warnings = [_wording_id(connection, text) for text in report.warnings if text]
    connection.executemany(
        "INSERT INTO job_warning VALUES (?, ?, ?)",
        ((job_id, at, wording_id) for at, wording_id in enumerate(warnings)),
    )
    return job_id


def _environment_id(connection: sqlite3.Connection, run_id: int, record: EnvironmentRecord) -> int:
    """The row of this digest; environments that could not be locked have one each."""
    if record.digest:
        query = "SELECT id FROM environment WHERE digest = ?"
        row = connection.execute(query, (record.digest,)).fetchone()
    else:
        query = "SELECT environment_id FROM run_environment WHERE run_id = ? AND id = ?"
        row = connection.execute(query, (run_id, record.id)).fetchone()
    if row is not None:
        environment_id = int(row[0])
    else:
        environment_id = _new_id(
            connection.execute("INSERT INTO environment (digest) VALUES (?)", (record.digest,))
        )
    if record.versions:
        connection.execute(
            "DELETE FROM environment_package WHERE environment_id = ?", (environment_id,)
        )
        connection.executemany(
            "INSERT INTO environment_package VALUES (?, ?, ?, ?)",
            (
                (environment_id, at, clean(name), clean(version))
                for at, (name, version) in enumerate(record.versions)
            ),
        )
    return environment_id


def _problem_columns(problem: EnvironmentProblem | None) -> tuple[str | None, ...]:
    if problem is None:
        return (None,) * 5
    return (
        str(problem.state),
        str(problem.cause),
        clean(problem.message),
        clean(problem.advice),
        clean(problem.log_tail),
    )


def _limits_id(connection: sqlite3.Connection, limits: Limits) -> int:
    values = astuple(limits)
    connection.execute(
        """INSERT INTO limits (cpu_seconds, wall_seconds, memory_mb, scratch_mb, processes)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
        values,
    )
    (limits_id,) = connection.execute(
        """SELECT id FROM limits WHERE cpu_seconds = ? AND wall_seconds = ? AND memory_mb = ?
            AND scratch_mb = ? AND processes = ?""",
        values,
    ).fetchone()
    return int(limits_id)


def _wording_id(connection: sqlite3.Connection, text: str) -> int | None:
    """The row of this text, cleaned; None for no text."""
    if not text:
        return None
    body = clean(text)
    digest = hashlib.sha256(body.encode()).digest()[:16]
    connection.execute(
        "INSERT INTO wording (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (digest, body)
    )
    (wording_id,) = connection.execute(
        "SELECT id FROM wording WHERE digest = ?", (digest,)
    ).fetchone()
    return int(wording_id)


def _new_id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid
