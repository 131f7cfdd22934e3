"""Tolerances come from what the saver itself does, and from a constant only where that is less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.analysis import Evidence, judge_cell, scale_of
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    CheckOutcome,
    JobReport,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.words import Check, CheckStatus, JobStatus, Strategy, Verdict
from tests.analysis.examples import CELL, SAVED, failed, loaded

RULES = Tolerances(relative=1e-5, noise_factor=4.0, ceiling=1e-2, step=1e-4)
WRONG_BASELINE = Evidence(SAVED, (loaded(outputs=0.0),), own_reload=(loaded(outputs=0.3),))


def test_without_noise_the_constant_holds() -> None:
    assert scale_of(None, (), RULES).outputs == 1e-5


def test_noise_below_the_constant_changes_nothing() -> None:
    assert scale_of(1e-8, (loaded(outputs=1e-7),), RULES).outputs == 1e-5


def test_the_savers_noise_widens() -> None:
    assert scale_of(1e-4, (), RULES).outputs == 4e-4


@pytest.mark.parametrize(("difference", "noted"), [(9e-6, False), (3e-4, True)])
def test_what_only_the_noise_floor_lets_agree_is_called_rounding(
    difference: float, *, noted: bool
) -> None:
    evidence = Evidence(replace(SAVED, noise=1e-4), (loaded(outputs=difference),))
    judged = judge_cell(CELL, evidence, RULES)
    assert judged.verdict is Verdict.SAME
    assert ("within the noise floor of this model" in judged.detail) is noted


def test_the_savers_own_reload_widens() -> None:
    assert scale_of(0.0, (loaded(outputs=1e-4),), RULES).outputs == 4e-4


def test_the_greater_of_both_counts() -> None:
    assert scale_of(1e-4, (loaded(outputs=1e-3),), RULES).floor == 1e-3


def test_the_best_of_several_reloads_counts() -> None:
    reloads = (loaded(outputs=5e-3), loaded(Strategy.REBUILD_WEIGHTS, outputs=1e-4))
    assert scale_of(0.0, reloads, RULES).floor == 1e-4


def test_a_reload_that_did_not_load_counts_for_nothing() -> None:
    assert scale_of(0.0, (failed(),), RULES).floor == 0.0


def test_a_reload_above_the_ceiling_is_not_noise() -> None:
    assert scale_of(1e-7, (loaded(outputs=0.3),), RULES).outputs == 1e-5


@pytest.mark.parametrize("noise", [0.5, float("nan"), float("inf"), -1.0])
def test_impossible_noise_is_not_a_floor(noise: float) -> None:
    assert scale_of(noise, (), RULES).floor == 0.0


def test_a_wrong_baseline_is_reported_by_its_own_cell() -> None:
    own = (loaded(outputs=0.3),)
    cell = judge_cell(CELL, Evidence(SAVED, own, own), RULES)
    assert cell.verdict is Verdict.DIFFERS


def test_others_are_judged_by_the_constant_under_a_wrong_baseline() -> None:
    assert judge_cell(CELL, WRONG_BASELINE, RULES).tolerance == 1e-5


def test_a_wrong_baseline_is_reported() -> None:
    assert judge_cell(CELL, WRONG_BASELINE, RULES).detail == (
        "loads; everything agrees; loaded where it was saved, the file gives different outputs "
        "(differs)"
    )


def test_a_wrong_baseline_is_carried() -> None:
    assert judge_cell(CELL, WRONG_BASELINE, RULES).baseline is Verdict.DIFFERS


def test_a_sound_baseline_is_not_mentioned() -> None:
    cell = judge_cell(CELL, Evidence(SAVED, (loaded(),), (loaded(),)), RULES)
    assert (cell.baseline, cell.detail) == (
        Verdict.SAME,
        "loads; everything agrees, outputs to 3e-08",
    )


def test_an_unmeasured_baseline_is_not_suspect() -> None:
    cell = judge_cell(CELL, Evidence(SAVED, (loaded(),)), RULES)
    assert (cell.baseline, "baseline" in cell.detail) == (Verdict.NOT_RUN, False)


def test_the_saver_s_own_cell_is_never_stricter_than_its_noise() -> None:
    noisy = (loaded(outputs=9e-3),)
    assert judge_cell(CELL, Evidence(SAVED, noisy, noisy), RULES).verdict is Verdict.SAME


def measured(check: Check, difference: float) -> Attempt:
    checks = (
        CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 0.0),
        CheckOutcome(check, CheckStatus.MEASURED, difference),
    )
    return Attempt(Strategy.PLAIN, AttemptOutcome(JobReport(JobStatus.DONE), checks))


@pytest.mark.parametrize("check", [Check.STEP, Check.OPTIMIZER])
def test_what_an_update_amplifies_has_more_room(check: Check) -> None:
    cell = judge_cell(CELL, Evidence(SAVED, (measured(check, 9e-5),)), RULES)
    assert cell.lost == ()


@pytest.mark.parametrize("check", [Check.STEP, Check.OPTIMIZER])
def test_what_an_update_amplifies_too_much_is_lost(check: Check) -> None:
    cell = judge_cell(CELL, Evidence(SAVED, (measured(check, 2e-4),)), RULES)
    assert cell.lost == (str(check),)


def test_the_room_of_a_step_widens_with_the_noise() -> None:
    noisy = SaveOutcome(SAVED.report, SAVED.artifact, noise=1e-3)
    cell = judge_cell(CELL, Evidence(noisy, (measured(Check.STEP, 2e-3),)), RULES)
    assert cell.verdict is Verdict.SAME


def test_measured_weights_have_the_room_of_outputs() -> None:
    cell = judge_cell(CELL, Evidence(SAVED, (measured(Check.WEIGHTS, 9e-6),)), RULES)
    assert cell.tried[0].notes == ()


def test_measured_weights_beyond_it_are_noted() -> None:
    cell = judge_cell(CELL, Evidence(SAVED, (measured(Check.WEIGHTS, 2e-5),)), RULES)
    assert cell.tried[0].notes == ("weights are kept in another order or layout",)
