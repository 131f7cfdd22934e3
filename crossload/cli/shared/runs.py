"""The run of the ledger that a command line means.

Owns the messages about a missing ledger or run; the ledger itself is read by `runner.ledger`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.errors import UsageError

if TYPE_CHECKING:
    from crossload.runner.ledger import RunSnapshot


def snapshot_of(ledger_path: Path, run_id: int | None) -> RunSnapshot:
    """Read a run, or the latest one for None.

    Raises:
        UsageError: there is no ledger, no run, or no run of that number.
        LedgerError: the ledger cannot be read.
    """
    from crossload.runner.ledger import Ledger

    if not ledger_path.exists() or ledger_path.stat().st_size == 0:
        raise UsageError(f"there is no ledger at {str(ledger_path)!r}", "run `crossload run` first")
    with Ledger.open(ledger_path, read_only=True) as ledger:
        known = [facts.id for facts in ledger.runs()]
        if not known:
            raise UsageError(
                f"the ledger {str(ledger_path)!r} has no run", "run `crossload run` first"
            )
        if run_id is not None and run_id not in known:
            raise UsageError(
                f"the ledger {str(ledger_path)!r} has no run {run_id}",
                f"its runs are {known[0]} to {known[-1]}; leave --run out for the latest",
            )
        return ledger.snapshot(run_id)
