"""Whether a run is in this ledger already, under another number.

Owns what makes two runs the same: their beginning, their plan, and what was measured.
"""

from __future__ import annotations

import sqlite3

_TABLES = ("run_environment", "run_cell", "run_save", "run_attempt")
# Of two runs with as much of everything, these tell whether it is the same.
_CONTENTS = (
    "SELECT saver, model, format, loader FROM run_cell WHERE run_id = ?",
    """SELECT saver, model, format, probe, options, artifact
        FROM run_save JOIN save ON save_id = id WHERE run_id = ?""",
    """SELECT artifact, loader, strategy, probe, options, status FROM run_attempt
        JOIN attempt ON attempt_id = attempt.id JOIN job ON job_id = job.id WHERE run_id = ?""",
)


def known_run(connection: sqlite3.Connection, run_id: int) -> int | None:
    """Another run that has everything in common with this one: the same, imported before."""
    for (other,) in connection.execute(
        """SELECT o.id FROM run o JOIN run r ON o.started = r.started AND o.profile = r.profile
            AND o.crossload = r.crossload AND o.state = r.state WHERE r.id = ? AND o.id <> r.id
            ORDER BY o.id""",
        (run_id,),
    ):
        if _sizes(connection, other) == _sizes(connection, run_id) and not any(
            connection.execute(f"{query} EXCEPT {query}", (run_id, other)).fetchone()
            for query in _CONTENTS
        ):
            return int(other)
    return None


def _sizes(connection: sqlite3.Connection, run_id: int) -> tuple[int, ...]:
    return tuple(
        connection.execute(
            f"SELECT count(*) FROM {table} WHERE run_id = ?",  # noqa: S608 -- names of ours
            (run_id,),
        ).fetchone()[0]
        for table in _TABLES
    )
