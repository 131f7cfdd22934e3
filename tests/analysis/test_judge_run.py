"""A whole run is judged cell by cell, each with its own saver's reload as the baseline."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from crossload.runner.analysis import JudgedCell, judge_run
from crossload.runner.analysis.sentences import with_baseline
from crossload.runner.ledger import RunFacts, RunSnapshot, RunStart, RunState, SavedFile
from crossload.runner.records import Attempt, Cell, EnvironmentRecord, Limits, Tolerances
from crossload.runner.words import CheckStatus, EnvironmentState, Verdict
from tests.analysis.examples import CELL, SAVED, failed, loaded, loaded_but, problem

OWN = CELL._replace(loader=CELL.saver)
THIRD = CELL._replace(loader="tf2.16-py3.12")
START = RunStart(
    "crossload run",
    "default",
    datetime(2026, 1, 1, tzinfo=timezone.utc),
    "host",
    1,
    "0.1.0",
    Tolerances(),
    Limits(),
)


def record(environment_id: str) -> EnvironmentRecord:
    return EnvironmentRecord(
        environment_id, "name", "digest", "tf.keras", "tensorflow", "3.9", "linux", "period"
    )


def run_of(*cells: Cell, **attempts: tuple[Attempt, ...]) -> RunSnapshot:
    """A run of these cells; `own` and `other` are what the saver and the loader measured."""
    measured = {OWN: attempts.get("own", ()), CELL: attempts.get("other", ())}
    return RunSnapshot(
        run=RunFacts(1, START, RunState.FINISHED),
        environments=(
            record(CELL.saver),
            record(CELL.loader),
            replace(
                record(THIRD.loader), problem=problem(EnvironmentState.UNAVAILABLE, "no Python")
            ),
        ),
        cells=cells,
        saves={SavedFile.of(CELL): SAVED},
        attempts={cell: tried for cell, tried in measured.items() if tried},
    )


def judged(snapshot: RunSnapshot) -> dict[Cell, JudgedCell]:
    return {one.cell: one for one in judge_run(snapshot)}


def test_cells_come_in_the_order_of_the_plan() -> None:
    cells = (THIRD, CELL, OWN)
    assert tuple(one.cell for one in judge_run(run_of(*cells))) == cells


def test_every_cell_carries_its_savers_own_verdict() -> None:
    run = run_of(CELL, OWN, own=(failed(),), other=(loaded(),))
    assert [one.baseline for one in judge_run(run)] == [Verdict.FAILS, Verdict.FAILS]


def test_without_the_savers_own_cell_there_is_no_baseline() -> None:
    assert judged(run_of(CELL, other=(loaded(),)))[CELL].baseline is None


def test_the_noise_of_the_saver_widens_for_its_loaders() -> None:
    run = run_of(CELL, OWN, own=(loaded(outputs=1e-3),), other=(loaded(outputs=3e-3),))
    assert judged(run)[CELL].verdict is Verdict.SAME


def test_a_wrong_saver_is_reported_with_its_loaders() -> None:
    run = run_of(CELL, OWN, own=(loaded(outputs=0.5),), other=(loaded(),))
    assert judged(run)[CELL].detail.endswith(
        "; loaded where it was saved, the file gives different outputs (differs)"
    )


def test_a_loss_that_the_saver_has_too_is_not_put_down_to_the_pair() -> None:
    """A reader learns that saving is to blame, and what to do; every verdict has words for it."""
    lossy = loaded_but("optimizer", CheckStatus.DISAGREES)
    detail = judged(run_of(CELL, OWN, own=(lossy,), other=(lossy,)))[CELL].detail
    assert detail.endswith(
        "; even loaded where it was saved, the file loses something (partial): save the model in "
        "another format there"
    )
    failing = judged(run_of(CELL, other=(failed(),)))[CELL]
    assert with_baseline(failing, Verdict.PARTIAL).endswith(
        "; even loaded where it was saved, the file loses something (partial)"
    )
    suspects = [one for one in Verdict if one.is_measured and one is not Verdict.SAME]
    for one in suspects:
        assert f"({one})" in with_baseline(failing, one)
    assert with_baseline(failing, Verdict.SAME) == failing.detail


def test_a_saver_is_its_own_baseline_without_a_second_mention() -> None:
    run = run_of(OWN, own=(loaded(outputs=0.5),))
    assert judged(run)[OWN].detail == (
        "loads without an error, but outputs differ by 5.0e-01 (tolerance 1e-05)"
    )


def test_an_environment_with_a_problem_leaves_its_cells_unavailable() -> None:
    assert judged(run_of(THIRD))[THIRD].verdict is Verdict.UNAVAILABLE


def test_what_was_not_tried_is_not_run() -> None:
    assert judged(run_of(CELL))[CELL].verdict is Verdict.NOT_RUN


def test_an_empty_run_has_no_cells() -> None:
    assert judge_run(run_of()) == ()


@pytest.mark.parametrize("relative", [1e-9, 1.0])
def test_the_tolerances_are_those_of_the_run(relative: float) -> None:
    run = run_of(CELL, other=(loaded(outputs=1e-6),))
    start = replace(START, tolerances=Tolerances(relative=relative))
    run = replace(run, run=replace(run.run, start=start))
    assert judged(run)[CELL].tolerance == relative
