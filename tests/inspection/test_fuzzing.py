"""A bounded part of what `make fuzz` does: every damaged file gets an answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.inspection.fuzzing import damaged

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_numbers_give_the_same_damage() -> None:
    data = bytes(range(200))
    assert [damaged(data, 1, at) for at in range(20)] == [damaged(data, 1, at) for at in range(20)]
    assert len({damaged(data, 1, at) for at in range(20)}) == 20
    assert damaged(data, 1, 3) != damaged(data, 2, 3)


def test_no_damaged_file_raises() -> None:
    """In a process of its own: it forks, and a damaged file may kill a fork."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.inspection.fuzzing", "--number", "70", "--seed", "7"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "raised" in done.stdout) == (0, False), done.stdout + done.stderr
    assert "70 files, seed 7" in done.stdout
