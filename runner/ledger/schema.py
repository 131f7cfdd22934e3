"""The tables of the ledger, as named migrations in their order.

Owns the SQL that makes tables; a migration that was released is never edited, only followed by
another. `runner.ledger.migrations` knows which of them a file has seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from crossload.runner.ledger.typed import fill_subjects

APPLICATION_ID = 0x63726C64  # "crld": tells `file` and us whose database this is


@dataclass(frozen=True)
class Migration:
    """One step from a version of the schema to the next; `fill` computes what SQL cannot."""

    name: str
    statements: tuple[str, ...]
    fill: Callable[[sqlite3.Connection], None] | None = None


_RUNS = Migration(
    "runs and their environments",
    (
        """CREATE TABLE limits (
            id INTEGER PRIMARY KEY,
            cpu_seconds INTEGER NOT NULL,
            wall_seconds INTEGER NOT NULL,
            memory_mb INTEGER NOT NULL,
            scratch_mb INTEGER NOT NULL,
            processes INTEGER NOT NULL,
            UNIQUE (cpu_seconds, wall_seconds, memory_mb, scratch_mb, processes)
        )""",
        # AUTOINCREMENT: runs are ordered by id, so an id is never given twice.
        """CREATE TABLE run (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            command TEXT NOT NULL,
            profile TEXT NOT NULL,
            started TEXT NOT NULL,
            finished TEXT,
            state TEXT NOT NULL,
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            crossload TEXT NOT NULL,
            relative REAL NOT NULL,
            noise_factor REAL NOT NULL,
            ceiling REAL NOT NULL,
            step REAL NOT NULL,
            limits_id INTEGER NOT NULL REFERENCES limits (id)
        )""",
        """CREATE TABLE environment (
            id INTEGER PRIMARY KEY,
            digest TEXT NOT NULL  -- empty where nothing could be locked
        )""",
        "CREATE UNIQUE INDEX environment_digest ON environment (digest) WHERE digest <> ''",
        """CREATE TABLE environment_package (
            environment_id INTEGER NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            PRIMARY KEY (environment_id, position)
        ) WITHOUT ROWID""",
        """CREATE TABLE run_environment (
            run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            environment_id INTEGER NOT NULL REFERENCES environment (id),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            api TEXT NOT NULL,
            backend TEXT NOT NULL,
            python TEXT NOT NULL,
            platform TEXT NOT NULL,
            resolve TEXT NOT NULL,
            import_seconds REAL,
            problem_state TEXT,
            problem_cause TEXT,
            problem_message TEXT,
            problem_advice TEXT,
            problem_log_tail TEXT,
            PRIMARY KEY (run_id, id)
        ) WITHOUT ROWID""",
    ),
)

_JOBS = Migration(
    "saves, attempts and what they measured",
    (
        # The same traceback or warning comes back thousands of times: kept once, by its digest.
        """CREATE TABLE wording (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            body TEXT NOT NULL
        )""",
        """CREATE TABLE job (
            id INTEGER PRIMARY KEY,
            status TEXT NOT NULL,
            error_type TEXT,
            error_message TEXT,
            error_traceback_id INTEGER REFERENCES wording (id),
            detail TEXT NOT NULL,
            output_tail_id INTEGER REFERENCES wording (id),
            limits_id INTEGER NOT NULL REFERENCES limits (id)
        )""",
        """CREATE TABLE job_seconds (
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            step TEXT NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (job_id, position)
        ) WITHOUT ROWID""",
        """CREATE TABLE job_warning (
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            wording_id INTEGER NOT NULL REFERENCES wording (id),
            PRIMARY KEY (job_id, position)
        ) WITHOUT ROWID""",
        # `live`: the row that its key finds today. A measurement that was replaced, or whose
        # artifact is gone, stays for the runs that used it.
        """CREATE TABLE save (
            id INTEGER PRIMARY KEY,
            job_id INTEGER NOT NULL UNIQUE REFERENCES job (id),
            saver TEXT NOT NULL,
            model TEXT NOT NULL,
            format TEXT NOT NULL,
            probe TEXT NOT NULL,
            options TEXT NOT NULL,
            artifact TEXT,
            payload_sha256 TEXT NOT NULL,
            payload_bytes INTEGER NOT NULL,
            payload_name TEXT NOT NULL,
            noise REAL,
            live INTEGER NOT NULL DEFAULT 1
        )""",
        """CREATE UNIQUE INDEX save_key ON save (saver, model, format, probe, options)
            WHERE live = 1""",
        """CREATE TABLE attempt (
            id INTEGER PRIMARY KEY,
            job_id INTEGER NOT NULL UNIQUE REFERENCES job (id),
            artifact TEXT NOT NULL,
            loader TEXT NOT NULL,
            strategy TEXT NOT NULL,
            probe TEXT NOT NULL,
            options TEXT NOT NULL,
            live INTEGER NOT NULL DEFAULT 1
        )""",
        """CREATE UNIQUE INDEX attempt_key ON attempt (artifact, loader, probe, options, strategy)
            WHERE live = 1""",
        """CREATE TABLE check_result (
            attempt_id INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            status TEXT NOT NULL,
            difference REAL,
            detail TEXT NOT NULL,
            PRIMARY KEY (attempt_id, position)
        ) WITHOUT ROWID""",
        """CREATE TABLE concession (
            attempt_id INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (attempt_id, position)
        ) WITHOUT ROWID""",
    ),
)

_MEMBERSHIP = Migration(
    "which cells, saves and attempts belong to a run",
    (
        """CREATE TABLE run_cell (
            run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            saver TEXT NOT NULL,
            model TEXT NOT NULL,
            format TEXT NOT NULL,
            loader TEXT NOT NULL,
            PRIMARY KEY (run_id, position),
            UNIQUE (run_id, saver, model, format, loader)
        ) WITHOUT ROWID""",
        """CREATE TABLE run_save (
            run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            save_id INTEGER NOT NULL REFERENCES save (id),
            PRIMARY KEY (run_id, save_id)
        ) WITHOUT ROWID""",
        """CREATE TABLE run_attempt (
            run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            attempt_id INTEGER NOT NULL REFERENCES attempt (id),
            PRIMARY KEY (run_id, attempt_id)
        ) WITHOUT ROWID""",
        # From a replaced measurement back to the runs that still show it.
        "CREATE INDEX run_save_by_save ON run_save (save_id)",
        "CREATE INDEX run_attempt_by_attempt ON run_attempt (attempt_id)",
    ),
)

_SUBJECTS = Migration(
    "the kind of a run and the models that a user gave",
    (
        "ALTER TABLE run ADD COLUMN kind TEXT NOT NULL DEFAULT 'run'",
        """CREATE TABLE subject (
            run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            path TEXT NOT NULL,  -- as the user typed it
            task TEXT NOT NULL,
            PRIMARY KEY (run_id, name)
        ) WITHOUT ROWID""",
        """CREATE TABLE subject_file (
            run_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            option TEXT NOT NULL,
            path TEXT NOT NULL,
            PRIMARY KEY (run_id, name, option),
            FOREIGN KEY (run_id, name) REFERENCES subject (run_id, name) ON DELETE CASCADE
        ) WITHOUT ROWID""",
    ),
    fill=fill_subjects,
)

_RECIPES = Migration(
    "the source that each attempt executed",
    ("ALTER TABLE attempt ADD COLUMN recipe_id INTEGER REFERENCES wording (id)",),
)

_HOLDINGS = Migration(
    "what the saved model consists of",
    ("ALTER TABLE save ADD COLUMN holds_id INTEGER REFERENCES wording (id)",),
)

_DAYS = Migration(
    "the day on which each job ran",
    (
        "ALTER TABLE job ADD COLUMN measured TEXT",
        # Until now only runs had times: a result is as old as the first run that shows it.
        *(
            f"""UPDATE job SET measured = (
                SELECT date(r.started) FROM {table} m
                JOIN run_{table} l ON l.{table}_id = m.id JOIN run r ON r.id = l.run_id
                WHERE m.job_id = job.id ORDER BY r.id LIMIT 1
            ) WHERE measured IS NULL"""  # noqa: S608 -- names of ours
            for table in ("save", "attempt")
        ),
    ),
)

MIGRATIONS = (_RUNS, _JOBS, _MEMBERSHIP, _SUBJECTS, _RECIPES, _HOLDINGS, _DAYS)
