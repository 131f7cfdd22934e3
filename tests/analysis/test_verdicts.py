"""The table of verdicts, row by row: what was measured, and what the cell says of it."""

from __future__ import annotations

import pytest

from crossload.runner.analysis import TryResult, error_of
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    CheckOutcome,
    JobReport,
    ProbeError,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    JobStatus,
    Strategy,
    Verdict,
)
from tests.analysis.examples import (
    DISAGREES,
    ERROR,
    NO_COMPILE,
    REBUILD,
    SERVING,
    failed,
    judged,
    loaded,
    loaded_but,
    unproved,
)

LOST = ["structure", "compile", "optimizer", "step", "re-save"]
DEAD = [JobStatus.CRASHED, JobStatus.OUT_OF_MEMORY, JobStatus.BAD_ANSWER]


def test_all_checks_agree_is_same() -> None:
    assert judged(loaded()).verdict is Verdict.SAME


def test_same_names_the_plain_strategy() -> None:
    assert judged(loaded()).strategy is Strategy.PLAIN


@pytest.mark.parametrize("name", LOST)
def test_what_does_not_apply_is_not_lost(name: str) -> None:
    assert judged(loaded_but(name, CheckStatus.NOT_APPLICABLE)).verdict is Verdict.SAME


@pytest.mark.parametrize("name", LOST)
@pytest.mark.parametrize("status", [DISAGREES, CheckStatus.ERROR])
def test_something_lost_is_partial(name: str, status: CheckStatus) -> None:
    assert judged(loaded_but(name, status)).verdict is Verdict.PARTIAL


@pytest.mark.parametrize("name", LOST)
def test_partial_names_what_was_lost(name: str) -> None:
    assert judged(loaded_but(name, DISAGREES)).lost == (name,)


def test_layers_decide_nothing() -> None:
    assert judged(loaded_but("layers", DISAGREES)).verdict is Verdict.SAME


def layers(status: CheckStatus, detail: str) -> Attempt:
    """An attempt whose outputs differ, and what its check of the layers says."""
    outputs = CheckOutcome(Check.OUTPUTS, CheckStatus.MEASURED, 0.5)
    found = CheckOutcome(Check.LAYERS, status, 0.12, detail)
    return Attempt(Strategy.PLAIN, AttemptOutcome(JobReport(JobStatus.DONE), (outputs, found)))


@pytest.mark.parametrize("status", [CheckStatus.MEASURED, DISAGREES])
def test_differs_names_the_layer_where_it_begins(status: CheckStatus) -> None:
    found = layers(status, "begins at layer 'second' (GRU), 2 of 3: 1.2e-01")
    assert judged(found).detail == (
        "loads without an error, but outputs differ by 5.0e-01 (tolerance 1e-05); "
        "the difference begins at layer 'second' (GRU), 2 of 3: 1.2e-01"
    )


@pytest.mark.parametrize("status", [CheckStatus.AGREES, CheckStatus.NOT_APPLICABLE])
def test_differs_names_no_layer_where_none_was_found(status: CheckStatus) -> None:
    assert "layer" not in judged(layers(status, "each of 3 observed layers agrees")).detail


def test_weights_in_another_layout_are_same_while_outputs_agree() -> None:
    assert judged(loaded(weights=DISAGREES)).verdict is Verdict.SAME


def test_weights_in_another_layout_are_reported() -> None:
    assert judged(loaded(weights=DISAGREES)).detail == (
        "loads; everything agrees, outputs to 3e-08; weights are kept in another order or layout"
    )


def test_a_different_structure_with_different_weights_loses_the_structure() -> None:
    assert judged(loaded(weights=DISAGREES, structure=DISAGREES)).lost == ("structure",)


def test_a_refusal_with_a_strategy_that_agrees_is_assisted() -> None:
    assert judged(failed(), loaded(NO_COMPILE)).verdict is Verdict.ASSISTED


def test_assisted_names_the_first_strategy_that_agrees() -> None:
    cell = judged(failed(), failed(NO_COMPILE), loaded(Strategy.CUSTOM_OBJECTS), loaded(REBUILD))
    assert cell.strategy is Strategy.CUSTOM_OBJECTS


def test_assisted_keeps_the_plain_error() -> None:
    assert judged(failed(), loaded(NO_COMPILE)).error == ERROR


def test_assisted_names_what_its_strategy_lost() -> None:
    assert judged(failed(), loaded(NO_COMPILE, compile=DISAGREES)).lost == ("compile",)


@pytest.mark.parametrize("status", [*DEAD, JobStatus.TIMED_OUT])
def test_a_dead_process_with_a_strategy_that_agrees_is_assisted(status: JobStatus) -> None:
    assert judged(failed(status=status), loaded(NO_COMPILE)).verdict is Verdict.ASSISTED


def test_assisted_after_a_crash_names_the_crash() -> None:
    cell = judged(failed(status=JobStatus.CRASHED, detail="signal 11"), loaded(NO_COMPILE))
    assert cell.detail == (
        "loads without its training configuration; outputs agree to 3e-08; "
        "a plain load crashed (signal 11)"
    )


def test_different_outputs_differ() -> None:
    assert judged(loaded(outputs=0.5)).verdict is Verdict.DIFFERS


def test_different_outputs_differ_even_if_a_strategy_agrees() -> None:
    assert judged(loaded(outputs=0.5), loaded(REBUILD)).verdict is Verdict.DIFFERS


def test_differs_names_the_strategy_that_would_help() -> None:
    assert judged(loaded(outputs=0.5), loaded(REBUILD)).strategy is REBUILD


def test_differs_says_by_how_much_and_what_would_help() -> None:
    assert judged(loaded(outputs=0.5), loaded(REBUILD)).detail == (
        "loads without an error, but outputs differ by 5.0e-01 (tolerance 1e-05); "
        "outputs agree where it loads its weights into a rebuilt model"
    )


def test_outputs_that_are_not_finite_differ() -> None:
    assert judged(loaded(outputs=None)).verdict is Verdict.DIFFERS


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_a_difference_that_cannot_be_differs(value: float) -> None:
    assert judged(loaded(outputs=value)).verdict is Verdict.DIFFERS


def test_a_refusal_with_only_differing_outputs_fails_and_says_so() -> None:
    cell = judged(failed(), loaded(REBUILD, outputs=0.5))
    assert cell.verdict is Verdict.FAILS
    assert cell.detail == (
        "a plain load was refused: ValueError: Unknown layer: 'Mine'; "
        "loads its weights into a rebuilt model, but then outputs differ by 5.0e-01 "
        "(tolerance 1e-05)"
    )


def test_a_refusal_with_only_differing_outputs_has_no_strategy() -> None:
    assert judged(failed(), loaded(REBUILD, outputs=0.5)).strategy is None


def test_a_crash_with_only_differing_outputs_crashes() -> None:
    attempts = (failed(status=JobStatus.CRASHED), loaded(REBUILD, outputs=0.5))
    assert judged(*attempts).verdict is Verdict.CRASHES


def test_a_strategy_that_agrees_wins_over_one_that_differs() -> None:
    cell = judged(failed(), loaded(NO_COMPILE, outputs=0.5), loaded(REBUILD))
    assert cell.verdict is Verdict.REBUILT


@pytest.mark.parametrize(
    ("strategy", "verdict"),
    [
        (Strategy.NO_COMPILE, Verdict.ASSISTED),
        (Strategy.CUSTOM_OBJECTS, Verdict.ASSISTED),
        (Strategy.UNSAFE, Verdict.ASSISTED),
        (Strategy.LEGACY, Verdict.ASSISTED),
        (Strategy.REBUILD_WEIGHTS, Verdict.REBUILT),
        (Strategy.SERVING, Verdict.PREDICTS),
    ],
)
def test_what_helps_decides_the_verdict(strategy: Strategy, verdict: Verdict) -> None:
    assert judged(failed(), loaded(strategy)).verdict is verdict


def test_the_easiest_of_several_strategies_is_named() -> None:
    cell = judged(failed(), loaded(Strategy.CUSTOM_OBJECTS), loaded(REBUILD), loaded(SERVING))
    assert (cell.verdict, cell.strategy) == (Verdict.ASSISTED, Strategy.CUSTOM_OBJECTS)


def test_of_two_alike_the_one_that_loses_less_is_named() -> None:
    losing = loaded(NO_COMPILE, optimizer=CheckStatus.DISAGREES)
    cell = judged(failed(), losing, loaded(Strategy.CUSTOM_OBJECTS))
    assert (cell.strategy, cell.lost) == (Strategy.CUSTOM_OBJECTS, ())


def test_nothing_loads_fails() -> None:
    assert judged(failed(), failed(NO_COMPILE), failed(REBUILD)).verdict is Verdict.FAILS


def test_fails_names_the_error_and_the_number_of_strategies_tried() -> None:
    assert judged(failed(), failed(NO_COMPILE), failed(REBUILD)).detail == (
        "a plain load was refused: ValueError: Unknown layer: 'Mine'; "
        "2 more strategies did not help"
    )


def test_a_load_without_known_outputs_is_neither_right_nor_wrong() -> None:
    cell = judged(unproved())
    assert (cell.verdict, cell.unproved) == (Verdict.NOT_RUN, Strategy.PLAIN)
    assert cell.detail == "loads, but no outputs are known to compare with"


def test_what_loads_after_a_refusal_is_named_though_nothing_proves_it() -> None:
    cell = judged(failed(), failed(NO_COMPILE), unproved(Strategy.TRANSLATED), unproved(SERVING))
    assert (cell.verdict, cell.unproved) == (Verdict.FAILS, Strategy.TRANSLATED)
    assert cell.detail == (
        "a plain load was refused: ValueError: Unknown layer: 'Mine'; "
        "loads through crossload's translator, but no outputs are known to compare with; "
        "loads as a serving signature, but no outputs are known to compare with; "
        "1 more strategy did not help"
    )


@pytest.mark.parametrize("status", DEAD)
def test_a_dead_process_and_nothing_else_crashes(status: JobStatus) -> None:
    assert judged(failed(status=status), failed(NO_COMPILE)).verdict is Verdict.CRASHES


def test_a_process_without_an_end_times_out() -> None:
    assert judged(failed(status=JobStatus.TIMED_OUT)).verdict is Verdict.TIMES_OUT


def test_a_crash_of_another_strategy_is_still_a_refusal() -> None:
    assert judged(failed(), failed(NO_COMPILE, JobStatus.CRASHED)).verdict is Verdict.FAILS


def cannot_predict(detail: str) -> Attempt:
    outputs = CheckOutcome(Check.OUTPUTS, CheckStatus.ERROR, None, detail)
    return Attempt(Strategy.PLAIN, AttemptOutcome(JobReport(JobStatus.DONE), (outputs,)))


def test_a_model_that_cannot_predict_fails() -> None:
    assert judged(cannot_predict("KeyError: 'pyfunc_0'")).verdict is Verdict.FAILS


def test_a_model_that_cannot_predict_says_so() -> None:
    assert judged(cannot_predict("KeyError: 'pyfunc_0'")).detail == (
        "loads, but cannot predict: KeyError: 'pyfunc_0'"
    )


@pytest.mark.parametrize(
    ("detail", "error"),
    [
        ("KeyError: 'pyfunc_0'", ProbeError("KeyError", "'pyfunc_0'")),
        ("tf.errors.OpError: a: b\nc", ProbeError("tf.errors.OpError", "a: b\nc")),
        (
            "predict() raises KeyError: x",
            ProbeError("PredictionError", "predict() raises KeyError: x"),
        ),
        ("nothing", ProbeError("PredictionError", "nothing")),
    ],
)
def test_the_error_of_a_model_that_cannot_predict_is_what_predicting_raised(
    detail: str, error: ProbeError
) -> None:
    assert judged(cannot_predict(detail)).error == error


def test_a_check_that_ended_raised_nothing() -> None:
    assert loaded().outcome.error is None
    assert CheckOutcome(Check.STEP, CheckStatus.DISAGREES, detail="ValueError: no").error is None


def test_a_load_without_an_output_check_is_not_a_success() -> None:
    attempt = Attempt(Strategy.PLAIN, AttemptOutcome(JobReport(JobStatus.DONE)))
    assert judged(attempt).verdict is Verdict.FAILS


def test_every_attempt_is_listed_with_its_result() -> None:
    cell = judged(failed(), loaded(NO_COMPILE, outputs=0.5), loaded(REBUILD))
    assert [(one.strategy, one.result) for one in cell.tried] == [
        (Strategy.PLAIN, TryResult.REFUSED),
        (NO_COMPILE, TryResult.DIFFERS),
        (REBUILD, TryResult.AGREES),
    ]


def test_the_error_of_a_crash_is_that_of_a_later_strategy() -> None:
    cell = judged(failed(status=JobStatus.CRASHED), failed(NO_COMPILE))
    assert error_of(cell) == ERROR
