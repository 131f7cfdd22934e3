"""Prints how a whole run of a profile compares with its floor: `python benchmarks/full.py`.

Runs the profile as `make full` does (it resumes: only what is not known yet is measured), watches
the memory of everything below it, and divides the wall time by the floor: the imports of all
frameworks and the time inside saves and loads, shared out over the workers.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
_SAMPLE_SECONDS = 2.0

# Results that this run measured itself: no earlier run of the ledger has them.
_SAVES = """
    SELECT s.job_id FROM run_save r JOIN save s ON s.id = r.save_id WHERE r.run_id = :run
    AND NOT EXISTS (SELECT 1 FROM run_save o WHERE o.save_id = r.save_id AND o.run_id < :run)
"""
_ATTEMPTS = """
    SELECT a.job_id FROM run_attempt r JOIN attempt a ON a.id = r.attempt_id WHERE r.run_id = :run
    AND NOT EXISTS (SELECT 1 FROM run_attempt o WHERE o.attempt_id = r.attempt_id
                    AND o.run_id < :run)
"""


@dataclass(frozen=True)
class Work:
    """What one run did: counts, and seconds inside the probes."""

    saves: int
    attempts: int
    imports: float
    jobs: float
    hung: float  # seconds of processor time given to jobs that did not end

    def floor(self, workers: int) -> float:
        """Seconds that the same work takes at least."""
        return (self.imports + self.jobs + self.hung) / workers


class Memory:
    """The most memory that a process and everything below it held at once, in MB of 10**6."""

    def __init__(self, process: psutil.Process) -> None:
        self.peak = 0.0
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            self.peak = max(self.peak, self._held())

    def _held(self) -> float:
        """Proportional memory: a page that processes share counts once."""
        total = 0
        try:
            family = [self._process, *self._process.children(recursive=True)]
        except psutil.Error:
            return 0.0
        for one in family:
            with contextlib.suppress(psutil.Error, OSError):  # it ended in between
                total += one.memory_full_info().pss
        return total / 1e6


@dataclass(frozen=True)
class Measured:
    """One run of the program: its number in the ledger, wall seconds, peak of memory in MB."""

    run: int
    wall: float
    peak: float


def measure(options: argparse.Namespace) -> Measured:
    """Run the profile and say which run of the ledger that was."""
    before = last_run(options.home)
    command = [sys.executable, "-m", "crossload", "run", "--profile", options.profile]
    command += ["--jobs", str(options.jobs), "--home", str(options.home)]
    started = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        memory = Memory(psutil.Process(process.pid))
        code = process.wait()
        memory.stop()
    if code != 0:
        sys.exit(f"crossload run ended with {code}")
    wall = time.monotonic() - started
    return Measured(run_of(options.home, process.pid, before), wall, memory.peak)


def opened(home: Path) -> contextlib.closing[sqlite3.Connection]:
    """The ledger below a home, to be read."""
    return contextlib.closing(
        sqlite3.connect(f"{(home / 'ledger.sqlite').resolve().as_uri()}?mode=ro", uri=True)
    )


def last_run(home: Path) -> int:
    """The newest run's number; 0 where there is none, or no ledger."""
    if not (home / "ledger.sqlite").exists():
        return 0
    with opened(home) as database:
        return int(database.execute("SELECT max(id) FROM run").fetchone()[0] or 0)


def run_of(home: Path, pid: int, before: int) -> int:
    """The run that the process of that number began after the run `before`.

    Somebody else may have begun, or taken in, one meanwhile: the newest may not be ours.
    """
    with opened(home) as database:
        found = database.execute(
            "SELECT id FROM run WHERE pid = ? AND id > ? ORDER BY id", (pid, before)
        ).fetchone()
    if found is None:
        sys.exit(f"the ledger below {home} has no run of process {pid}")
    return int(found[0])


def work_of(home: Path, run: int) -> Work:
    """What that run of a ledger measured itself."""
    with opened(home) as database:
        at = {"run": run}

        def number(query: str) -> float:
            return float(database.execute(query, at).fetchone()[0] or 0)

        jobs = f"({_SAVES} UNION ALL {_ATTEMPTS})"
        return Work(
            saves=int(number(f"SELECT count(*) FROM ({_SAVES})")),
            attempts=int(number(f"SELECT count(*) FROM ({_ATTEMPTS})")),
            imports=number("SELECT sum(import_seconds) FROM run_environment WHERE run_id = :run"),
            jobs=number(f"SELECT sum(seconds) FROM job_seconds WHERE job_id IN {jobs}"),
            hung=number(
                "SELECT sum(l.cpu_seconds) FROM job j JOIN limits l ON l.id = j.limits_id "
                f"WHERE j.status = 'timed-out' AND j.id IN {jobs}"
            ),
        )


def main() -> int:
    """Run, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", default="full")
    parser.add_argument("--home", type=Path, default=ROOT / ".crossload")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    measured = measure(options)
    wall, work = measured.wall, work_of(options.home, measured.run)
    print(f"profile {options.profile}, run {measured.run}, {options.jobs} workers at a time")
    print(f"measured: {work.saves} saves, {work.attempts} attempts")
    print(f"floor: imports {work.imports:.0f} s, jobs {work.jobs:.0f} s, hung {work.hung:.0f} s")
    print(f"wall: {wall:.0f} s, {wall / work.floor(options.jobs):.2f} x the floor")
    print(f"memory of the whole run at its peak: {measured.peak / 1000:.1f} GB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
