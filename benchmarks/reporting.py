"""What a report costs: reading the run, judging it, drawing each format; CPU seconds and memory.

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
from crossload.reports.gather import gather
from crossload.reports.render import RENDERERS
from crossload.runner.ledger import Ledger, RunSnapshot
from crossload.runner.ledger.importing import read_snapshot

REFERENCE = Path(__file__).parents[1] / "reports" / "published" / "run.jsonl.xz"


def main() -> None:
    """Measure and print."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else REFERENCE
    with without_collection():
        with timed("read"):
            snapshot = _read(path)
        with timed("judge and gather"):
            report = gather(snapshot)
        for name, render in RENDERERS.items():
            with timed(name):
                drawn = render(report)
                size = sum(map(len, (drawn,) if isinstance(drawn, str) else drawn))
            print(f"{name:18} {size / 1e6:8.1f} MB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(report.cells):,} cells, {peak:,.0f} MB of memory at most")


def _read(path: Path) -> RunSnapshot:
    if path.suffix != ".sqlite":
        return read_snapshot(path)
    with Ledger.open(path, read_only=True) as ledger:
        return ledger.snapshot(None)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print the CPU seconds of a step."""
    start = time.process_time()
    yield
    print(f"{what:18} {time.process_time() - start:8.1f} s CPU")


if __name__ == "__main__":
    main()
