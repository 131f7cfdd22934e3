"""Durations are those of an exported run, found by the ids of its environments."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger
from crossload.runner.ledger.exported import ExportError
from crossload.runner.plan import PlannedSave
from crossload.runner.sharding.estimate import read_durations
from crossload.runner.words import Format
from tests.ledger.examples import CELL
from tests.ledger.exports import HIDE, fill


def test_saves_and_loads_of_a_run_are_summed_by_id(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        fill(ledger)
        ledger.export_run(tmp_path / "run.jsonl.xz", None, HIDE)
    found = read_durations(tmp_path / "run.jsonl.xz")
    save = PlannedSave(CELL.saver, CELL.model, Format.H5)
    assert found.saves == {save: 750}
    assert found.loads == {(save, CELL.loader): 0, (save, CELL.saver): 750}


def test_a_file_that_is_no_export_is_reported(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl.xz").write_bytes(b"no")
    with pytest.raises(ExportError, match="cannot read the export"):
        read_durations(tmp_path / "run.jsonl.xz")
