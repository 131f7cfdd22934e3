"""What a report costs: reading the run, judging it, gathering, drawing; CPU seconds and memory.

The last lines are the seconds of a page by step, for 100,000 cells, and what all formats cost.

Run it with a ledger (`python benchmarks/reporting.py HOME/ledger.sqlite`), or with an exported run;
without an argument it takes the published reference.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crossload.cli.shared.collecting import without_collection
from crossload.reports.gather import gather_judged
from crossload.reports.render import RENDERERS
from crossload.runner.analysis import judge_run
from crossload.runner.ledger import Ledger, RunSnapshot
from crossload.runner.ledger.importing import read_snapshot

_PAGE = ("read", "judge", "gather", "html")
REFERENCE = Path(__file__).parents[1] / "reports" / "published" / "run.jsonl.xz"


def main() -> None:
    """Measure and print."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE
    seconds: dict[str, float] = {}
    with without_collection():
        with timed("read", seconds):
            snapshot = _read(path)
        with timed("judge", seconds):
            judged = judge_run(snapshot)
        with timed("gather", seconds):
            report = gather_judged(snapshot, judged)
        for name, render in RENDERERS.items():
            with timed(name, seconds):
                drawn = render(report)
                size = sum(map(len, (drawn,) if isinstance(drawn, str) else drawn))
            print(f"{name:18} {size / 1e6:8.1f} MB")
    cells = len(report.cells)
    steps = {name: seconds[name] * 1e5 / cells for name in _PAGE}
    of_each = ", ".join(f"{name} {value:.1f}" for name, value in steps.items())
    print(f"{'100,000 cells':18} {sum(steps.values()):8.1f} s CPU for a page: {of_each}")
    print(f"{'all formats':18} {sum(seconds.values()):8.1f} s CPU")
    print(f"{cells:,} cells")


def _read(path: Path) -> RunSnapshot:
    if path.suffix != ".sqlite":
        return read_snapshot(path)
    with Ledger.open(path, read_only=True) as ledger:
        return ledger.snapshot(None)


@contextmanager
def timed(what: str, seconds: dict[str, float]) -> Iterator[None]:
    """Note and print the CPU seconds of a step, and the most memory used up to its end."""
    start = time.process_time()
    yield
    seconds[what] = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:18} {seconds[what]:8.1f} s CPU {peak:8,.0f} MB of memory at most so far")


if __name__ == "__main__":
    main()
