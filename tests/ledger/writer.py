"""A process that records outcomes one by one, and says each number once it is on disk.

Run as `python -m tests.ledger.writer LEDGER NAME COUNT`; the other tests kill it, or run two.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from crossload.runner.ledger import Ledger
from crossload.runner.records import SaveKey
from tests.ledger.examples import ATTEMPT_KEY, LOADED, SAVE_KEY, SAVED, START


def key(name: str, number: int) -> SaveKey:
    """The key under which this writer records its outcome of that number."""
    return replace(SAVE_KEY, saver=name, model=str(number))


def main(path: Path, name: str, rows: int) -> None:
    """Record as many saves and attempts; without end where `rows` is 0."""
    with Ledger.open(path) as ledger:
        run_id = ledger.begin_run(START)
        for number in range(rows) if rows else count():
            artifact = f"{name}-{number}"
            ledger.record_save(run_id, key(name, number), replace(SAVED, artifact=artifact))
            ledger.record_attempt(run_id, replace(ATTEMPT_KEY, artifact=artifact), LOADED)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
