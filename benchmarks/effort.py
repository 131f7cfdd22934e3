"""Where the time of a run goes, and what it does not measure because something else implies it.

    python benchmarks/effort.py [RUN]

RUN is an exported run, by default the published reference. Owns what is counted and printed. The
time is that inside probes, in steps that ended: a load that is refused has none of its own.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crossload.runner.ledger.importing import read_snapshot  # noqa: E402 - the path comes first
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile  # noqa: E402
from crossload.runner.records import JobReport  # noqa: E402
from crossload.runner.words import JobStatus  # noqa: E402

REFERENCE = ROOT / "reports" / "published" / "run.jsonl.xz"


@dataclass
class Effort:
    """Seconds by (save or load, step) and by format; cells that were implied, by rule."""

    saves: int = 0
    attempts: int = 0
    refused: int = 0
    measured: int = 0  # cells
    seconds: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    formats: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    implied: Counter[str] = field(default_factory=Counter)


def effort_of(snapshot: RunSnapshot) -> Effort:
    """Count one run."""
    effort = Effort()
    for file, save in snapshot.saves.items():
        effort.saves += 1
        _spend(effort, "save", file.format.base, save.report)
    unusable = {one.id for one in snapshot.environments if one.problem is not None}
    loads: set[tuple[str, str]] = set()
    for cell in snapshot.cells:
        saved = snapshot.saves.get(SavedFile.of(cell))
        attempts = snapshot.attempts.get(cell, ())
        if not attempts:
            if unusable & {cell.saver, cell.loader}:
                effort.implied["an environment that cannot be imported fails for every file"] += 1
            elif saved is not None and saved.report.status is not JobStatus.DONE:
                effort.implied["a file that cannot be saved cannot be loaded anywhere"] += 1
            continue
        effort.measured += 1
        assert saved is not None  # it was loaded
        load = (saved.artifact or "", cell.loader)
        if load in loads:
            effort.implied["a file of the same bytes, whoever saved it, loads alike"] += 1
            continue
        loads.add(load)
        for one in attempts:
            effort.attempts += 1
            effort.refused += one.outcome.report.status is not JobStatus.DONE
            _spend(effort, "load", cell.format.base, one.outcome.report)
    return effort


def _spend(effort: Effort, job: str, form: object, report: JobReport) -> None:
    for step, seconds in report.seconds:
        effort.seconds[job, step] += seconds
        effort.formats[str(form)] += seconds


def lines(effort: Effort) -> Iterator[str]:
    """What is printed."""
    total = sum(effort.seconds.values())
    yield f"{effort.saves:,} saves, {effort.attempts:,} attempts ({effort.refused:,} refused)"
    yield f"{total:,.0f} s inside probes"
    named = ((f"{job}: {step}", seconds) for (job, step), seconds in effort.seconds.items())
    yield from _table(named, total)
    yield from _table(effort.formats.items(), total)
    yield f"{effort.measured:,} cells measured, of which and besides"
    for rule, cells in effort.implied.most_common():
        yield f"{cells:10,}  implied: {rule}"


def _table(rows: Iterable[tuple[str, float]], total: float) -> Iterator[str]:
    for name, seconds in sorted(rows, key=lambda row: -row[1]):
        yield f"{seconds:10,.0f} s {seconds / total:6.1%}  {name}"


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, nargs="?", default=REFERENCE)
    print("\n".join(lines(effort_of(read_snapshot(parser.parse_args().run)))))


if __name__ == "__main__":
    main()
