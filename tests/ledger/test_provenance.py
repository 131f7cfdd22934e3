"""A ledger knows which probes measured a cell, and a run which of its cells today's probes did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.ledger import Ledger
from crossload.runner.provenance import digests_today, measured_alike
from crossload.runner.records import Cell, ProbeDigests
from crossload.runner.words import Strategy
from tests.ledger.examples import (
    ATTEMPT_KEY,
    CELL,
    LOADED,
    LOADER_RECORD,
    OWN_CELL,
    SAVE_KEY,
    SAVED,
    SAVER_RECORD,
    START,
)

TRANSLATOR = "digest-of-loading-and-translator"
TODAY = ProbeDigests(SAVE_KEY.probe, ATTEMPT_KEY.probe, TRANSLATOR)
TRANSLATED = replace(ATTEMPT_KEY, strategy=Strategy.TRANSLATED, probe=TRANSLATOR)
UNSAVED = CELL._replace(model="lstm")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A run with one cell that was loaded twice over, one that was only saved, and one unsaved."""
    with Ledger.open(tmp_path / "ledger.sqlite") as made:
        run_id = made.begin_run(START)
        made.record_environment(run_id, SAVER_RECORD)
        made.record_environment(run_id, LOADER_RECORD)
        made.plan_cells(run_id, [CELL, OWN_CELL, UNSAVED])
        made.record_save(run_id, SAVE_KEY, SAVED)
        made.record_attempt(run_id, ATTEMPT_KEY, LOADED)
        made.record_attempt(run_id, TRANSLATED, LOADED)
        yield made


def alike(ledger: Ledger, today: Mapping[str, ProbeDigests]) -> frozenset[Cell]:
    found = measured_alike(ledger, 1, today)
    assert found.measured == 2  # nothing is known of the third
    return found.cells


def test_cells_of_todays_probes_are_found(ledger: Ledger) -> None:
    assert alike(ledger, {CELL.model: TODAY}) == {CELL, OWN_CELL}


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ("saving", set()),
        ("loading", {OWN_CELL}),  # it has no attempts
        ("translating", {OWN_CELL}),
    ],
)
def test_one_result_of_another_probe_makes_a_cell_another(
    ledger: Ledger, changed: str, left: set[Cell]
) -> None:
    today = replace(TODAY, **{changed: "of tomorrow"})
    assert alike(ledger, {CELL.model: today}) == left


def test_a_model_that_is_gone_was_measured_by_other_probes(ledger: Ledger) -> None:
    assert alike(ledger, {}) == set()


def test_todays_digests_tell_the_translator_from_the_rest() -> None:
    found = digests_today({})
    assert found["dense"].loading != found["dense"].translating
    assert len(found) > 40
