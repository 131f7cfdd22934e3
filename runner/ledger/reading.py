"""Rows out: runs, environments and cells as frozen values.

Owns the SELECTs about runs; `runner.ledger.outcomes` has those about saves and attempts.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from crossload.runner.ledger import outcomes
from crossload.runner.ledger.outcomes import Row, Rows
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, RunStart, RunState, SavedFile
from crossload.runner.records import (
    Attempt,
    Cell,
    EnvironmentProblem,
    EnvironmentRecord,
    Limits,
    SaveKey,
    SaveOutcome,
    SubjectRecord,
    Tolerances,
)
from crossload.runner.words import EnvironmentCause, EnvironmentState, Format, RunKind, SubjectTask

_RUNS = """SELECT r.id, r.state, r.finished, r.command, r.profile, r.started, r.host, r.pid,
    r.crossload, r.relative, r.noise_factor, r.ceiling, r.step,
    l.cpu_seconds, l.wall_seconds, l.memory_mb, l.scratch_mb, l.processes, r.kind
    FROM run r JOIN limits l ON l.id = r.limits_id"""


def runs(connection: sqlite3.Connection) -> tuple[RunFacts, ...]:
    """Every run, oldest first."""
    return tuple(_run(connection, row) for row in connection.execute(f"{_RUNS} ORDER BY r.id"))


def run(connection: sqlite3.Connection, run_id: int | None) -> RunFacts | None:
    """The run of that id, or the latest; None where there is none."""
    if run_id is None:
        row = connection.execute(f"{_RUNS} ORDER BY r.id DESC LIMIT 1").fetchone()
    else:
        row = connection.execute(f"{_RUNS} WHERE r.id = ?", (run_id,)).fetchone()
    return None if row is None else _run(connection, row)


def snapshot(
    connection: sqlite3.Connection, facts: RunFacts, model: str | None = None
) -> RunSnapshot:
    """Everything of one run, or of one model in it; the caller holds one read transaction."""
    saved, tried = Rows.saves_of(facts.id), Rows.attempts_of(facts.id)
    if model is not None:
        saved = Rows.of_ids(outcomes.saves_of_model(connection, facts.id, model))
        tried = Rows.of_ids(outcomes.attempts_at(connection, facts.id, saved))
    return assembled(
        facts,
        environments(connection, facts.id),
        cells(connection, facts.id, model),
        outcomes.saves(connection, saved).values(),
        outcomes.attempts(connection, tried),
    )


def assembled(
    facts: RunFacts,
    environments: tuple[EnvironmentRecord, ...],
    cells: tuple[Cell, ...],
    saves: Iterable[tuple[SaveKey, SaveOutcome]],
    attempts: Mapping[tuple[str, str], tuple[Attempt, ...]],
) -> RunSnapshot:
    """From digests, which measurements are kept by, to the ids that a run knows its cells by.

    Args:
        facts: the run.
        environments: those of the run.
        cells: its plan.
        saves: by their keys, oldest first.
        attempts: by artifact and digest of the loader.
    """
    digests = {one.id: one.digest for one in environments}
    saved = _saves_by_file(digests, cells, saves)
    return RunSnapshot(
        run=facts,
        environments=environments,
        cells=cells,
        saves={file: again[-1] for file, again in saved.items()},
        attempts=_attempts_by_cell(digests, cells, saved, attempts),
    )


def _run(connection: sqlite3.Connection, row: Row) -> RunFacts:
    run_id, state, finished, command, profile, started, host, pid, version = row[:9]
    return RunFacts(
        id=run_id,
        start=RunStart(
            command=command,
            profile=profile,
            started=datetime.fromisoformat(started),
            host=host,
            pid=pid,
            crossload=version,
            tolerances=Tolerances(*row[9:13]),
            limits=Limits(*row[13:18]),
            kind=RunKind(row[18]),
            subjects=_subjects(connection, run_id),
        ),
        state=RunState(state),
        finished=None if finished is None else datetime.fromisoformat(finished),
    )


def _subjects(connection: sqlite3.Connection, run_id: int) -> tuple[SubjectRecord, ...]:
    given = defaultdict(list)
    for name, option, path in connection.execute(
        "SELECT name, option, path FROM subject_file WHERE run_id = ? ORDER BY option", (run_id,)
    ):
        given[name].append((option, path))
    rows = connection.execute(
        "SELECT name, path, task FROM subject WHERE run_id = ? ORDER BY position", (run_id,)
    )
    return tuple(
        SubjectRecord(name, path, SubjectTask(task), tuple(given[name]))
        for name, path, task in rows
    )


def environments(connection: sqlite3.Connection, run_id: int) -> tuple[EnvironmentRecord, ...]:
    """The environments of a run, in their order."""
    versions = defaultdict(list)
    for environment_id, name, version in connection.execute(
        """SELECT environment_id, name, version FROM environment_package
            WHERE environment_id IN (SELECT environment_id FROM run_environment WHERE run_id = ?)
            ORDER BY environment_id, position""",
        (run_id,),
    ):
        versions[environment_id].append((name, version))
    rows = connection.execute(
        """SELECT e.id, r.id, r.name, e.digest, r.api, r.backend, r.python, r.platform, r.resolve,
            r.import_seconds, r.problem_state, r.problem_cause, r.problem_message,
            r.problem_advice, r.problem_log_tail
            FROM run_environment r JOIN environment e ON e.id = r.environment_id
            WHERE r.run_id = ? ORDER BY r.position""",
        (run_id,),
    )
    return tuple(_environment(row, tuple(versions[row[0]])) for row in rows)


def environment_of(connection: sqlite3.Connection, digest: str) -> EnvironmentRecord | None:
    """An environment as the latest run that used it knew it; None if none did."""
    row = connection.execute(
        """SELECT e.id, r.id, r.name, e.digest, r.api, r.backend, r.python, r.platform, r.resolve,
            r.import_seconds, r.problem_state, r.problem_cause, r.problem_message,
            r.problem_advice, r.problem_log_tail
            FROM run_environment r JOIN environment e ON e.id = r.environment_id
            WHERE e.digest = ? AND e.digest <> '' ORDER BY r.run_id DESC LIMIT 1""",
        (digest,),
    ).fetchone()
    if row is None:
        return None
    versions = connection.execute(
        "SELECT name, version FROM environment_package WHERE environment_id = ? ORDER BY position",
        (row[0],),
    )
    return _environment(row, tuple((name, version) for name, version in versions))


def _environment(row: Row, versions: tuple[tuple[str, str], ...]) -> EnvironmentRecord:
    _, environment_id, name, digest, api, backend, python, platform, resolve, seconds = row[:10]
    return EnvironmentRecord(
        id=environment_id,
        name=name,
        digest=digest,
        api=api,
        backend=backend,
        python=python,
        platform=platform,
        resolve=resolve,
        versions=versions,
        import_seconds=seconds,
        problem=_problem(row[10:]),
    )


def _problem(row: Row) -> EnvironmentProblem | None:
    state, cause, message, advice, log_tail = row
    if state is None:
        return None
    return EnvironmentProblem(
        EnvironmentState(state), EnvironmentCause(cause), message, advice, log_tail
    )


def cells(
    connection: sqlite3.Connection, run_id: int, model: str | None = None
) -> tuple[Cell, ...]:
    """The cells of a run, or those of one model in it, in the order of its plan."""
    rows = connection.execute(
        """SELECT saver, model, format, loader FROM run_cell
            WHERE run_id = :run AND (:model IS NULL OR model = :model) ORDER BY position""",
        {"run": run_id, "model": model},
    )
    return tuple(Cell(saver, model, Format(form), loader) for saver, model, form, loader in rows)


def has_cell(connection: sqlite3.Connection, run_id: int, cell: Cell) -> bool:
    """Whether the plan of a run has that cell; answers from the index."""
    found = connection.execute(
        """SELECT 1 FROM run_cell
            WHERE run_id = ? AND saver = ? AND model = ? AND format = ? AND loader = ?""",
        (run_id, cell.saver, cell.model, str(cell.format), cell.loader),
    ).fetchone()
    return found is not None


def artifacts(connection: sqlite3.Connection, run_id: int) -> tuple[str, ...]:
    """The digests of all files that were saved in a run, sorted."""
    rows = connection.execute(
        """SELECT DISTINCT artifact FROM save JOIN run_save ON save_id = id
            WHERE run_id = ? AND artifact IS NOT NULL ORDER BY artifact""",
        (run_id,),
    )
    return tuple(str(row[0]) for row in rows)


_CONTENTS = (
    """SELECT state, profile, kind, relative, noise_factor, ceiling, step, limits_id
        FROM run WHERE id = ?""",
    """SELECT id, environment_id, name, problem_state, problem_cause, problem_message
        FROM run_environment WHERE run_id = ? ORDER BY position""",
    "SELECT saver, model, format, loader FROM run_cell WHERE run_id = ? ORDER BY position",
    "SELECT save_id FROM run_save WHERE run_id = ? ORDER BY save_id",
    "SELECT attempt_id FROM run_attempt WHERE run_id = ? ORDER BY attempt_id",
    "SELECT name, path, task FROM subject WHERE run_id = ? ORDER BY position",
)


def contents(connection: sqlite3.Connection, run_id: int) -> str:
    """A digest over what a run consists of; measurements are never edited, so their ids do.

    The first run tells this ledger from one that was begun anew, with the same ids.
    """
    first = connection.execute("SELECT started FROM run ORDER BY id LIMIT 1").fetchone()
    found = hashlib.sha256(repr(first).encode("utf-8", "surrogateescape"))
    for query in _CONTENTS:
        for row in connection.execute(query, (run_id,)):
            found.update(repr(row).encode("utf-8", "surrogateescape"))
    return found.hexdigest()


def _saves_by_file(
    digests: Mapping[str, str],
    cells: tuple[Cell, ...],
    saves: Iterable[tuple[SaveKey, SaveOutcome]],
) -> dict[SavedFile, list[SaveOutcome]]:
    """What each file's save came to; a merged run may have several of one key, the latest last."""
    found: dict[tuple[str, str, Format], tuple[SaveKey, list[SaveOutcome]]] = {}
    for key, outcome in saves:
        at = (key.saver, key.model, key.format)
        latest, again = found.get(at, (key, []))
        found[at] = (key, [*again, outcome] if key == latest else [outcome])
    by_file = {}
    for file in dict.fromkeys(SavedFile.of(cell) for cell in cells):
        known = found.get((digests.get(file.saver, ""), file.model, file.format))
        if known is not None:
            by_file[file] = known[1]
    return by_file


def _attempts_by_cell(
    digests: Mapping[str, str],
    cells: tuple[Cell, ...],
    saves: Mapping[SavedFile, list[SaveOutcome]],
    attempts: Mapping[tuple[str, str], tuple[Attempt, ...]],
) -> dict[Cell, tuple[Attempt, ...]]:
    """The attempts at each cell: at the latest of its files that was loaded there."""
    by_cell = {}
    for cell in cells:
        again = saves.get(SavedFile.of(cell), [])
        if not again or again[-1].artifact is None:
            continue
        for save in reversed(again):
            tried = attempts.get((save.artifact or "", digests.get(cell.loader, "")))
            if tried is not None:
                by_cell[cell] = tried
                break
    return by_cell
