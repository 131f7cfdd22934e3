"""What a verdict means for a user who has the model's code, and the exit code for CI."""

from __future__ import annotations

import pytest

from crossload.runner.analysis.judged import JudgedCell, Tried, TryResult
from crossload.runner.checking.running import Checked
from crossload.runner.checking.verdicts import (
    counted,
    effective,
    exit_code,
    unsavable,
)
from crossload.runner.errors import ExitCode
from crossload.runner.thresholds import DEFAULT_THRESHOLD, THRESHOLDS
from crossload.runner.words import Check, Strategy, Verdict
from tests.checking.examples import TF215, TF221, cell, script, subject
from tests.runs import attempted

OWN, OTHER = cell(TF215, TF215), cell(TF215, TF221)


def judged(verdict: Verdict, *tried: Tried, own: bool = False) -> JudgedCell:
    return JudgedCell(OWN if own else OTHER, verdict, tried=tried)


def helped(strategy: Strategy, *concessions: str, lost: tuple[Check, ...] = ()) -> JudgedCell:
    return judged(
        Verdict.ASSISTED,
        attempted(Strategy.PLAIN, TryResult.REFUSED),
        attempted(strategy, TryResult.AGREES, lost=lost, concessions=concessions),
    )


def checked(*cells: JudgedCell, custom: bool = False) -> Checked:
    asked = frozenset(one.cell for one in cells if one.cell == OTHER)
    return Checked(subject(custom=custom), TF215.id, (), cells, asked)


def test_given_custom_objects_count_as_part_of_the_model() -> None:
    own = subject(custom=True)
    assert effective(helped(Strategy.CUSTOM_OBJECTS), own) is Verdict.SAME
    assert effective(helped(Strategy.CUSTOM_OBJECTS, "custom-object-scope"), own) is Verdict.SAME
    assert effective(helped(Strategy.CUSTOM_OBJECTS, lost=(Check.STEP,)), own) is Verdict.PARTIAL


def passed_beside_plain(plain: Verdict, passed: TryResult, *lost: Check) -> JudgedCell:
    return judged(
        plain,
        attempted(Strategy.PLAIN, TryResult.AGREES),
        attempted(Strategy.CUSTOM_OBJECTS, passed, lost=lost),
    )


@pytest.mark.parametrize(
    ("plain", "passed", "lost", "expected"),
    [
        (Verdict.SAME, TryResult.DIFFERS, (), Verdict.DIFFERS),
        (Verdict.PARTIAL, TryResult.DIFFERS, (), Verdict.DIFFERS),
        (Verdict.PARTIAL, TryResult.AGREES, (), Verdict.SAME),
        (Verdict.PARTIAL, TryResult.AGREES, (Check.STEP,), Verdict.PARTIAL),
        (Verdict.SAME, TryResult.AGREES, (Check.STEP,), Verdict.SAME),
        (Verdict.SAME, TryResult.REFUSED, (), Verdict.SAME),
        (Verdict.DIFFERS, TryResult.AGREES, (), Verdict.DIFFERS),
    ],
)
def test_passing_the_classes_may_be_worse_or_better_than_a_plain_load(
    plain: Verdict, passed: TryResult, lost: tuple[Check, ...], expected: Verdict
) -> None:
    cell_measured = passed_beside_plain(plain, passed, *lost)
    assert effective(cell_measured, subject(custom=True)) is expected
    assert effective(cell_measured, subject()) is plain


def test_any_other_help_stays_help() -> None:
    own = subject(custom=True)
    assert effective(helped(Strategy.NO_COMPILE), own) is Verdict.ASSISTED
    assert effective(helped(Strategy.CUSTOM_OBJECTS, "no-compile"), own) is Verdict.ASSISTED
    assert effective(helped(Strategy.CUSTOM_OBJECTS), subject()) is Verdict.ASSISTED


def test_a_given_saver_that_does_not_load_the_file_is_the_failure() -> None:
    assert effective(judged(Verdict.UNSAVED, own=True), subject()) is Verdict.FAILS
    assert effective(judged(Verdict.UNSAVED), subject()) is Verdict.NOT_RUN
    assert effective(judged(Verdict.UNSAVED), script()) is Verdict.UNSAVED


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.SAME, ExitCode.OK),
        (Verdict.PARTIAL, ExitCode.OK),
        (Verdict.ASSISTED, ExitCode.INCOMPATIBLE),
        (Verdict.DIFFERS, ExitCode.INCOMPATIBLE),
        (Verdict.FAILS, ExitCode.INCOMPATIBLE),
        (Verdict.CRASHES, ExitCode.INCOMPATIBLE),
        (Verdict.TIMES_OUT, ExitCode.INCOMPATIBLE),
        (Verdict.UNAVAILABLE, ExitCode.ENVIRONMENTS),
        (Verdict.IMPOSSIBLE, ExitCode.ENVIRONMENTS),
        (Verdict.NOT_RUN, ExitCode.ENVIRONMENTS),
    ],
)
def test_the_exit_code_of_every_verdict(verdict: Verdict, code: ExitCode) -> None:
    assert exit_code([checked(judged(verdict))], DEFAULT_THRESHOLD) is code


def loaded_unproved(strategy: Strategy) -> JudgedCell:
    plain = attempted(Strategy.PLAIN, TryResult.REFUSED)
    return judged(Verdict.FAILS, plain, attempted(strategy, TryResult.UNPROVED))


def test_what_loads_without_known_outputs_is_not_run_and_no_better_than_its_strategy() -> None:
    translated = loaded_unproved(Strategy.TRANSLATED)
    assert effective(translated, subject()) is Verdict.NOT_RUN
    assert exit_code([checked(translated)], Verdict.ASSISTED) is ExitCode.INCOMPATIBLE
    assert exit_code([checked(translated)], Verdict.PREDICTS) is ExitCode.ENVIRONMENTS
    plain = judged(Verdict.NOT_RUN, attempted(Strategy.PLAIN, TryResult.UNPROVED))
    assert exit_code([checked(plain)], Verdict.PARTIAL) is ExitCode.ENVIRONMENTS


def test_a_threshold_moves_the_border() -> None:
    partial, assisted = checked(judged(Verdict.PARTIAL)), checked(judged(Verdict.ASSISTED))
    assert exit_code([partial], Verdict.PARTIAL) is ExitCode.INCOMPATIBLE
    assert exit_code([assisted], Verdict.DIFFERS) is ExitCode.OK
    assert DEFAULT_THRESHOLD in THRESHOLDS


def test_incompatible_is_worse_than_unknown() -> None:
    both = [checked(judged(Verdict.UNAVAILABLE)), checked(judged(Verdict.FAILS))]
    assert exit_code(both, DEFAULT_THRESHOLD) is ExitCode.INCOMPATIBLE


def test_a_model_that_was_left_out_is_not_fine() -> None:
    fine = [checked(judged(Verdict.SAME))]
    assert exit_code(fine, DEFAULT_THRESHOLD, left_out=True) is ExitCode.ENVIRONMENTS
    both = exit_code(fine, DEFAULT_THRESHOLD, left_out=True, refused=True)
    assert both is ExitCode.UNTRUSTED


def test_what_is_there_for_comparison_does_not_count() -> None:
    one = checked(judged(Verdict.DIFFERS, own=True), judged(Verdict.SAME))
    assert [cell.verdict for cell in counted(one)] == [Verdict.SAME]
    assert exit_code([one], DEFAULT_THRESHOLD) is ExitCode.OK


def test_a_given_saver_that_does_not_load_its_file_counts() -> None:
    one = checked(judged(Verdict.UNSAVED, own=True), judged(Verdict.UNSAVED))
    assert exit_code([one], DEFAULT_THRESHOLD) is ExitCode.INCOMPATIBLE


def test_a_script_that_a_saver_cannot_save_at_all_is_incompatible() -> None:
    cells = (judged(Verdict.UNSAVED, own=True), judged(Verdict.UNSAVED))
    one = Checked(script(), None, (), cells, frozenset({OTHER}))
    assert unsavable(one) == (TF215.id,)
    assert exit_code([one], DEFAULT_THRESHOLD) is ExitCode.INCOMPATIBLE
    some = Checked(script(), None, (), (judged(Verdict.SAME), *cells), frozenset({OTHER}))
    assert unsavable(some) == ()
    assert exit_code([some], DEFAULT_THRESHOLD) is ExitCode.OK


def test_nothing_measured_is_not_fine() -> None:
    assert exit_code([checked()], DEFAULT_THRESHOLD) is ExitCode.INCOMPATIBLE
