"""A run with a bit of everything, its export, and what a test does with that."""

from __future__ import annotations

import lzma
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from crossload.runner.ledger import Ledger, RunSnapshot, RunState
from crossload.runner.ledger.hiding import hiding
from crossload.runner.records import AttemptOutcome, SubjectRecord
from crossload.runner.words import RunKind, SubjectTask
from tests.ledger.examples import (
    ATTEMPT_KEY,
    CELL,
    LOADED,
    LOADER_RECORD,
    OWN_CELL,
    PROBLEM,
    REFUSED,
    SAVE_KEY,
    SAVED,
    SAVER_RECORD,
    START,
)

FOLDER = Path("/somewhere/project")


HIDE = hiding(FOLDER / ".crossload", FOLDER)


MEASURED = replace(LOADED, checks=(replace(LOADED.checks[0], difference=float("nan")),) * 2)


SUBJECT = SubjectRecord(
    "dense", "mine.h5", SubjectTask.ADOPT, (("inputs", "in.npz"), ("weights", "w.h5"))
)


def fill(ledger: Ledger) -> int:
    """A run with a bit of everything: a load that worked, one refused, an environment in need."""
    command = f"crossload --home {FOLDER}/.crossload check /data/mine.h5 --inputs '/a b/x.npz'"
    start = replace(START, command=command, kind=RunKind.CHECK, subjects=(SUBJECT,))
    run_id = ledger.begin_run(start)
    ledger.record_environment(run_id, SAVER_RECORD)
    ledger.record_environment(run_id, replace(LOADER_RECORD, versions=(("python", "3.11.7"),)))
    broken = replace(LOADER_RECORD, id="broken-py3.7", digest="", problem=PROBLEM)
    ledger.record_environment(run_id, broken)
    ledger.plan_cells(run_id, [CELL, OWN_CELL, CELL._replace(loader=broken.id)])
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    ledger.record_attempt(run_id, ATTEMPT_KEY, AttemptOutcome(REFUSED))
    own = replace(ATTEMPT_KEY, loader=SAVE_KEY.saver)
    ledger.record_attempt(run_id, own, MEASURED)
    ledger.finish_run(run_id, RunState.FINISHED)
    return run_id


def without_machine(snapshot: RunSnapshot) -> RunSnapshot:
    """The snapshot with what is not told to others, and the numbers, made alike."""
    start = replace(snapshot.run.start, host="", pid=0, command="")
    return replace(snapshot, run=replace(snapshot.run, id=0, start=start))


def text_of(path: Path) -> str:
    return lzma.decompress(path.read_bytes()).decode("ascii")


def rewritten(path: Path, change: Callable[[list[str]], list[str]]) -> Path:
    changed = "".join(f"{line}\n" for line in change(text_of(path).splitlines()))
    path.write_bytes(lzma.compress(changed.encode()))
    return path


def contents(ledger: Ledger) -> list[str]:
    with closing(sqlite3.connect(ledger.path)) as connection:
        return list(connection.iterdump())
