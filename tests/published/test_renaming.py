"""Causes come from evidence: a run whose models, files and cases have other names has the same."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from dataclasses import replace

import pytest

from crossload.runner.analysis import JudgedCell, judge_run
from crossload.runner.analysis.causes import known_traits
from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.records import Cell

CELLS = 1000


def said(judged: tuple[JudgedCell, ...]) -> list[tuple[str | None, ...]]:
    return [
        (None if one.cause is None else one.cause.id, None if one.behind is None else one.behind.id)
        for one in judged
    ]


@pytest.fixture(scope="module")
def run(published: RunSnapshot) -> RunSnapshot:
    """Some thousand cells of the published run, with the savers' own loads of the same files."""
    drawn = set(random.Random(9).sample(published.cells, CELLS))
    drawn |= {one._replace(loader=one.saver) for one in drawn}
    return replace(published, cells=tuple(one for one in published.cells if one in drawn))


def test_a_real_run_has_the_same_causes_under_random_names(run: RunSnapshot) -> None:
    names = {one.model for one in run.cells}
    drawn = random.Random(3)
    other = {name: uuid.UUID(int=drawn.getrandbits(128)).hex for name in sorted(names)}

    def renamed(cell: Cell) -> Cell:
        return cell._replace(model=other[cell.model])

    cells = {cell: renamed(cell) for cell in run.cells}
    another = replace(
        run,
        cells=tuple(cells.values()),
        saves={
            file._replace(model=other[file.model]): outcome
            for file, outcome in run.saves.items()
            if file.model in names
        },
        attempts={cells[cell]: tried for cell, tried in run.attempts.items() if cell in cells},
    )
    traits = known_traits({})
    found = said(judge_run(run))
    assert Counter(found).total() >= CELLS
    assert len({cause for cause, _ in found}) > 50
    assert found == said(
        judge_run(another, {other[name]: one for name, one in traits.items() if name in names})
    )
