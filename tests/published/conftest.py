"""The published run, read once: reading it takes seconds."""

from __future__ import annotations

import pytest

from benchmarks.prediction import RUN
from crossload.runner.ledger.importing import read_snapshot
from crossload.runner.ledger.snapshot import RunSnapshot


@pytest.fixture(scope="session")
def published() -> RunSnapshot:
    """The whole run; no test changes it."""
    return read_snapshot(RUN)
