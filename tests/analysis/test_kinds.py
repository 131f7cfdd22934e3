"""Which attempts are of one kind, and that judging by kind changes no judgement."""

from __future__ import annotations

from dataclasses import replace

from crossload.runner.analysis.kinds import kinds_of
from crossload.runner.records import Attempt, ProbeError
from tests.analysis.examples import CELL, failed, loaded
from tests.analysis.test_judge_run import OWN, THIRD, judged, run_of


def with_report(attempt: Attempt, **changes: object) -> Attempt:
    report = replace(attempt.outcome.report, **changes)  # type: ignore[arg-type] # any field
    return replace(attempt, outcome=replace(attempt.outcome, report=report))


def test_how_long_an_attempt_took_makes_no_other_kind() -> None:
    attempt = loaded(outputs=1e-7)
    slower = with_report(attempt, seconds=(("load", 3.0),))
    run = replace(run_of(OWN, CELL), attempts={OWN: (attempt,), CELL: (slower,)})
    assert kinds_of(run) == {OWN: 0, CELL: 0}


def test_another_message_or_output_makes_another_kind() -> None:
    attempt = failed()
    other = with_report(attempt, error=ProbeError("ValueError", "no such class"))
    printed = with_report(attempt, output_tail="a line")
    run = replace(
        run_of(OWN, CELL, THIRD), attempts={OWN: (attempt,), CELL: (other,), THIRD: (printed,)}
    )
    assert kinds_of(run) == {OWN: 0, CELL: 1, THIRD: 2}


def test_cells_of_one_kind_are_judged_alike_in_their_own_names() -> None:
    attempt = loaded(outputs=0.5)
    run = replace(
        run_of(OWN, CELL, THIRD),
        attempts={OWN: (loaded(outputs=1e-7),), CELL: (attempt,), THIRD: (attempt,)},
    )
    one, other = judged(run)[CELL], judged(run)[THIRD]
    assert one.cell == CELL
    assert replace(one, cell=THIRD, cause=other.cause) == other
