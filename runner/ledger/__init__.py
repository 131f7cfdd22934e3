"""The SQLite database of everything measured: what a run knew, and what it need not do again.

Everything others need is named here.
"""

from crossload.runner.ledger.known import KnownAttempt
from crossload.runner.ledger.ledger import Ledger
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, RunStart, RunState, SavedFile
from crossload.runner.untrusted.text import clean

__all__ = [
    "KnownAttempt",
    "Ledger",
    "RunFacts",
    "RunSnapshot",
    "RunStart",
    "RunState",
    "SavedFile",
    "clean",
]
