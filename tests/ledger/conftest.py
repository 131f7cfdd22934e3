"""Ledgers in a temporary folder: an empty one, another, and the export of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger
from tests.ledger.exports import HIDE, fill


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger is to be."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    """A new ledger, open."""
    with Ledger.open(path) as opened:
        yield opened


@pytest.fixture
def export(ledger: Ledger, tmp_path: Path) -> Path:
    fill(ledger)
    target = tmp_path / "run.jsonl.xz"
    ledger.export_run(target, None, HIDE)
    return target


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "other" / "ledger.sqlite") as opened:
        yield opened
