"""Writers that are killed lose nothing they acknowledged; writers at once do not get in each
other's way.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from crossload.runner.ledger import Ledger
from crossload.runner.ledger.connection import open_writable
from tests.ledger.examples import (
    ATTEMPT_KEY,
    LIMITS,
    LOAD,
    LOADED,
    SAVED,
    START,
    find_attempts,
    find_save,
)
from tests.ledger.writer import key

ROOT = Path(__file__).resolve().parents[2]
KILLS = 10


def start_writer(path: Path, name: str, rows: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.writer", str(path), name, str(rows)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed_writer(path: Path, name: str, seconds: float) -> list[int]:
    """Numbers that a writer acknowledged before it was killed so long after its first."""
    with start_writer(path, name, 0) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        lines = (first + child.stdout.read()).splitlines(keepends=True)
    return [int(line) for line in lines if line.endswith("\n")]


def test_killed_writers_lose_nothing_they_acknowledged(path: Path) -> None:
    choice = random.Random(20)
    acknowledged = {
        name: killed_writer(path, name, choice.uniform(0, 0.08))
        for name in (f"writer-{number}" for number in range(KILLS))
    }
    with Ledger.open(path) as ledger:
        for name, numbers in acknowledged.items():
            for number in numbers:
                found = find_save(ledger, key(name, number), LIMITS)
                assert found == replace(SAVED, artifact=f"{name}-{number}")
                load = replace(LOAD, artifact=f"{name}-{number}")
                assert [one.outcome for one in find_attempts(ledger, load, LIMITS)] == [LOADED]


def test_a_killed_writer_leaves_a_sound_file_without_half_rows(path: Path) -> None:
    killed_writer(path, "writer", 0.05)
    with closing(open_writable(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        (orphans,) = connection.execute(
            """SELECT count(*) FROM job WHERE id NOT IN
                (SELECT job_id FROM save UNION SELECT job_id FROM attempt)"""
        ).fetchone()
    assert orphans == 0


def test_two_processes_write_at_once(path: Path) -> None:
    writers = [start_writer(path, name, 100) for name in ("one", "two")]
    said = [child.communicate(timeout=60)[0].split() for child in writers]
    assert [child.returncode for child in writers] == [0, 0]
    assert [len(numbers) for numbers in said] == [100, 100]
    with Ledger.open(path, read_only=True) as ledger:
        for name in ("one", "two"):
            assert all(find_save(ledger, key(name, number), LIMITS) for number in range(100))


def test_threads_share_one_ledger(ledger: Ledger) -> None:
    run_id = ledger.begin_run(START)

    def record(name: str) -> None:
        for number in range(20):
            ledger.record_attempt(run_id, replace(ATTEMPT_KEY, artifact=f"{name}{number}"), LOADED)

    threads = [threading.Thread(target=record, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    loads = [replace(LOAD, artifact=f"{name}{number}") for name in "abc" for number in range(20)]
    assert len(ledger.adopt_attempts(run_id, loads, LIMITS)) == 60


def test_a_reader_sees_what_a_writer_committed(ledger: Ledger, path: Path) -> None:
    ledger.begin_run(START)
    with Ledger.open(path, read_only=True) as reader:
        ledger.begin_run(START)
        assert len(reader.runs()) == 2
