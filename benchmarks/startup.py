"""How long the short commands take: `--help`, `inspect`, and a `run` with nothing new to measure.

Prints the median of several runs: wall seconds, processor seconds (children included), and the
latter as a multiple of `python -c pass`, measured in the same round, so that numbers of busy and
quiet machines can be compared. Usage: startup.py MODEL [FOLDER [PROFILE]], where FOLDER is a
project whose PROFILE (default: quick) has been run before.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 5


def main() -> int:
    """Measure every command in turn, several times, and print a table."""
    if not 2 <= len(sys.argv) <= 4:
        print(__doc__)
        return 2
    model = str(Path(sys.argv[1]).resolve())
    program = [sys.executable, "-m", "crossload"]
    commands = {
        "python -c pass": ([sys.executable, "-c", "pass"], Path.cwd()),
        "--version": ([*program, "--version"], Path.cwd()),
        "--help": ([*program, "--help"], Path.cwd()),
        "inspect": ([*program, "inspect", model], Path.cwd()),
    }
    if len(sys.argv) > 2:
        profile = sys.argv[3] if len(sys.argv) > 3 else "quick"
        commands["rerun"] = ([*program, "run", "--profile", profile], Path(sys.argv[2]))
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, (command, folder) in commands.items():
            found[name].append(measure(command, folder))
    floor = statistics.median(processor for _, processor in found["python -c pass"])
    print(f"{'':16}{'wall s':>8}{'cpu s':>8}{'x pass':>8}")
    for name, times in found.items():
        wall, processor = (statistics.median(one) for one in zip(*times, strict=True))
        print(f"{name:16}{wall:8.2f}{processor:8.2f}{processor / floor:8.1f}")
    return 0


def measure(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall and processor seconds of one run, that of its children included."""
    before, begun = os.times(), time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - begun, os.times()
    processor = sum(after[2:4]) - sum(before[2:4])
    return wall, processor


if __name__ == "__main__":
    sys.exit(main())
