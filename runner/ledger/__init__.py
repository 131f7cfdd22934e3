"""The SQLite database of everything measured: what a run knew, and what it need not do again.

Everything others need is named here.
"""

from runner.ledger.known import KnownAttempt, LoadKey
from runner.ledger.ledger import Ledger
from runner.ledger.snapshot import RunFacts, RunSnapshot, RunStart, RunState, SavedFile
from runner.ledger.text import clean

__all__ = [
    "KnownAttempt",
    "Ledger",
    "LoadKey",
    "RunFacts",
    "RunSnapshot",
    "RunStart",
    "RunState",
    "SavedFile",
    "clean",
]
