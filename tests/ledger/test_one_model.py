"""The part of a run that tells of one model is read alone, from a ledger and from an export."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger, RunSnapshot, SavedFile
from crossload.runner.ledger.exported import ExportError
from crossload.runner.ledger.hiding import hiding
from crossload.runner.ledger.importing import planned_cells, read_snapshot
from crossload.runner.records import AttemptOutcome, Cell
from crossload.runner.words import Format
from tests.ledger.examples import (
    ATTEMPT_KEY,
    CELL,
    LOADED,
    LOADER_RECORD,
    OWN_CELL,
    REFUSED,
    SAVE_KEY,
    SAVED,
    SAVER_RECORD,
    START,
)

OTHER = CELL._replace(model="lstm")
UNSAVED = CELL._replace(format=Format.KERAS)
HIDE = hiding(Path("/somewhere/project/.crossload"), Path("/somewhere/project"))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Two runs with two models each; the second run lacks the cell of the first's other format."""
    made = Ledger.open(tmp_path / "ledger.sqlite")
    for cells in ([CELL, OWN_CELL, OTHER, UNSAVED], [CELL, OTHER]):
        run_id = made.begin_run(START)
        made.record_environment(run_id, SAVER_RECORD)
        made.record_environment(run_id, LOADER_RECORD)
        made.plan_cells(run_id, cells)
        made.record_save(run_id, SAVE_KEY, SAVED)
        made.record_attempt(run_id, ATTEMPT_KEY, LOADED)
        made.record_save(run_id, replace(SAVE_KEY, model="lstm"), replace(SAVED, artifact="c" * 64))
        made.record_attempt(
            run_id, replace(ATTEMPT_KEY, artifact="c" * 64), AttemptOutcome(REFUSED)
        )
    yield made
    made.close()


def part_of(snapshot: RunSnapshot, model: str) -> RunSnapshot:
    """What is left of a whole run without its other models."""
    return replace(
        snapshot,
        cells=tuple(cell for cell in snapshot.cells if cell.model == model),
        saves={file: one for file, one in snapshot.saves.items() if file.model == model},
        attempts={cell: one for cell, one in snapshot.attempts.items() if cell.model == model},
    )


@pytest.mark.parametrize("model", ["dense", "lstm", "no-such"])
@pytest.mark.parametrize("run_id", [1, 2])
def test_a_part_of_a_ledger_agrees_with_the_whole(ledger: Ledger, run_id: int, model: str) -> None:
    with ledger:
        assert ledger.snapshot(run_id, model=model) == part_of(ledger.snapshot(run_id), model)


@pytest.mark.parametrize("model", ["dense", "lstm", "no-such"])
def test_a_part_of_an_export_agrees_with_the_whole(
    ledger: Ledger, tmp_path: Path, model: str
) -> None:
    target = tmp_path / "run.jsonl.xz"
    with ledger:
        ledger.export_run(target, 1, HIDE)
    assert read_snapshot(target, model=model) == part_of(read_snapshot(target), model)


def test_the_parts_are_not_empty(ledger: Ledger) -> None:
    with ledger:
        part = ledger.snapshot(1, model="lstm")
    assert part.cells == (OTHER,)
    assert set(part.saves) == {SavedFile.of(OTHER)}
    assert set(part.attempts) == {OTHER}
    assert len(part.environments) == 2


def test_cells_are_listed_without_their_measurements(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "run.jsonl.xz"
    with ledger:
        ledger.export_run(target, 1, HIDE)
        assert ledger.cells(1) == (CELL, OWN_CELL, OTHER, UNSAVED)
    assert tuple(planned_cells(target)) == (CELL, OWN_CELL, OTHER, UNSAVED)


@pytest.mark.parametrize(
    ("run_id", "cell", "there"),
    [
        (1, CELL, True),
        (1, UNSAVED, True),
        (2, UNSAVED, False),
        (3, CELL, False),
        (1, CELL._replace(loader="tf2.99-py3.14"), False),
    ],
)
def test_a_cell_is_looked_up_in_one_run(
    ledger: Ledger, run_id: int, cell: Cell, *, there: bool
) -> None:
    with ledger:
        assert ledger.has_cell(run_id, cell) is there


def test_a_file_whose_saves_come_late_is_refused_rather_than_read_in_part(
    ledger: Ledger, tmp_path: Path
) -> None:
    target = tmp_path / "run.jsonl.xz"
    with ledger:
        ledger.export_run(target, 1, HIDE)
    rows = lzma.decompress(target.read_bytes()).splitlines()
    saves = [row for row in rows if json.loads(row)[0] == "save"]
    others = [row for row in rows if row not in saves]
    content = b"\n".join([*others[:-1], *saves, others[-1]]) + b"\n"
    target.write_bytes(lzma.compress(content))
    with pytest.raises(ExportError, match="a save stands behind attempts"):
        read_snapshot(target, model="dense")
