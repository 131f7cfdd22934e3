"""Equal results are handed out as one object, so that they are judged once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.analysis.kinds import kinds_of
from crossload.runner.ledger import Ledger, RunState
from crossload.runner.ledger.hiding import hidden_snapshot
from crossload.runner.ledger.importing import read_snapshot
from crossload.runner.records import AttemptOutcome, ProbeError
from tests.ledger.examples import (
    ATTEMPT_KEY,
    CELL,
    LOADED,
    LOADER_RECORD,
    OWN_CELL,
    REFUSED,
    REPORT,
    SAVE_KEY,
    SAVED,
    SAVER_RECORD,
    START,
)
from tests.ledger.exports import HIDE, fill


@pytest.mark.parametrize("exported", [False, True], ids=["ledger", "export"])
def test_equal_attempts_are_of_one_kind(ledger: Ledger, tmp_path: Path, *, exported: bool) -> None:
    run_id = ledger.begin_run(START)
    for record in (SAVER_RECORD, LOADER_RECORD):
        ledger.record_environment(run_id, record)
    ledger.plan_cells(run_id, [CELL, OWN_CELL])
    ledger.record_save(run_id, SAVE_KEY, SAVED)
    report = replace(REFUSED, warnings=REPORT.warnings, output_tail=REPORT.output_tail)
    for loader, seconds in ((ATTEMPT_KEY.loader, 0.5), (SAVE_KEY.saver, 0.25)):
        # As earlier versions recorded them, with the folder of each job.
        path = f"/scratch/1{seconds * 1e6:.0f}/payload/model.h5"
        error = ProbeError("OSError", f"cannot open {path}", f'load_model("{path}")')
        timed = replace(report, error=error, seconds=(("load", seconds),))
        outcome = AttemptOutcome(timed, LOADED.checks, LOADED.concessions, LOADED.recipe)
        ledger.record_attempt(run_id, replace(ATTEMPT_KEY, loader=loader), outcome)
    ledger.finish_run(run_id, RunState.FINISHED)
    snapshot = ledger.snapshot()
    if exported:
        ledger.export_run(tmp_path / "run.jsonl.xz", None, HIDE)
        snapshot = read_snapshot(tmp_path / "run.jsonl.xz")
    assert kinds_of(snapshot) == {CELL: 0, OWN_CELL: 0}
    one, other = (snapshot.attempts[cell][0].outcome for cell in (CELL, OWN_CELL))
    assert one.report.seconds != other.report.seconds
    assert one.report.error is other.report.error
    assert one.report.error == ProbeError(
        "OSError", "cannot open model.h5", 'load_model("model.h5")'
    )


def test_only_what_names_the_machine_is_copied_to_hide_it(ledger: Ledger) -> None:
    fill(ledger)
    run = ledger.snapshot()
    shown = hidden_snapshot(run, lambda text: text.replace("unknown layer", "<home>"))
    refused, loaded = run.attempts[CELL], run.attempts[OWN_CELL]
    assert shown.attempts[OWN_CELL] is loaded
    (one,) = shown.attempts[CELL]
    error = one.outcome.report.error
    assert error is not None
    assert error.message.startswith("<home>")
    assert one.outcome.checks is refused[0].outcome.checks
