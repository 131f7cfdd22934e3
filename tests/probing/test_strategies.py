"""Which ways of loading apply, in which order, and when to stop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.models.traits import ModelTraits
from crossload.runner.probing.strategies import applicable, is_distinct, next_strategy
from crossload.runner.records import Attempt, AttemptOutcome, CheckOutcome, JobReport
from crossload.runner.words import Check, CheckStatus, Format, JobStatus, Strategy

BARE = ModelTraits(name="bare")
COMPILED = ModelTraits(name="compiled", compiled=True)
ANEW = "translated rebuild+weights"
OWN = ModelTraits(name="own", own=True, builds=False)
FULL = ModelTraits(name="full", compiled=True, custom=True, code=True)


@pytest.mark.parametrize(
    ("traits", "file_format", "expected"),
    [
        (BARE, Format.H5, f"plain {ANEW}"),
        (BARE, Format.SAVEDMODEL, f"plain {ANEW} serving"),
        (BARE, Format.WEIGHTS_H5, "plain renamed rebuild+weights"),
        (BARE, Format.WEIGHTS_TF, "plain rebuild+weights"),
        (BARE, Format.JSON_WEIGHTS, f"plain renamed {ANEW}"),
        (BARE, Format.EXPORT, "plain serving"),
        (FULL, Format.H5, f"plain no-compile custom-objects unsafe {ANEW}"),
        (
            FULL,
            Format.KERAS,
            f"plain no-compile custom-objects unsafe renamed {ANEW}",
        ),
        (
            FULL,
            Format.SAVEDMODEL,
            f"plain no-compile custom-objects {ANEW} serving",
        ),
        (FULL, Format.WEIGHTS_H5, "plain renamed rebuild+weights"),
        (FULL, Format.WEIGHTS_TF, "plain rebuild+weights"),
        (
            FULL,
            Format.JSON_WEIGHTS,
            f"plain custom-objects unsafe renamed {ANEW}",
        ),
        (FULL, Format.EXPORT, "plain serving"),
        (FULL, Format.SCRIPT, "plain"),
        # There is no compile state to do without.
        (FULL, Format.H5_NO_OPTIMIZER, f"plain custom-objects unsafe {ANEW}"),
        (
            FULL,
            Format.H5_SAVE_FORMAT,
            f"plain no-compile custom-objects unsafe renamed {ANEW}",
        ),
        (
            FULL,
            Format.SAVEDMODEL_NO_OPTIMIZER,
            f"plain custom-objects {ANEW} serving",
        ),
    ],
)
def test_strategies_by_format_and_traits(
    traits: ModelTraits, file_format: Format, expected: str
) -> None:
    assert " ".join(map(str, applicable(traits, file_format))) == expected


@pytest.mark.parametrize(
    ("file_format", "expected"),
    [
        (Format.H5, "plain legacy translated rebuild+weights"),
        (Format.SAVEDMODEL, "plain legacy translated rebuild+weights serving"),
        (Format.JSON_WEIGHTS, "plain renamed legacy translated rebuild+weights"),
        # A rebuilt model is one of the loader's own Keras, and so the better help.
        (Format.WEIGHTS_TF, "plain rebuild+weights"),
        (Format.EXPORT, "plain serving"),
    ],
)
def test_tf_keras_is_tried_where_it_is_alongside_keras(file_format: Format, expected: str) -> None:
    assert " ".join(map(str, applicable(BARE, file_format, legacy=True))) == expected


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        (OWN, "plain renamed translated"),
        (replace(OWN, builds=True), "plain renamed translated rebuild+weights"),
        (replace(OWN, custom=True), "plain custom-objects renamed translated"),
    ],
)
def test_a_file_of_a_user_may_have_any_name_and_no_code(traits: ModelTraits, expected: str) -> None:
    assert " ".join(map(str, applicable(traits, Format.H5))) == expected


def test_an_export_of_a_user_is_not_copied_to_another_name() -> None:
    assert " ".join(map(str, applicable(OWN, Format.EXPORT))) == "plain serving"


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("file_format", list(Format))
def test_strategies_are_tried_in_the_order_of_the_vocabulary(
    file_format: Format, *, legacy: bool
) -> None:
    order = list(Strategy)
    tried = applicable(FULL, file_format, legacy=legacy)
    assert sorted(tried, key=order.index) == list(tried)
    assert tried[0] is Strategy.PLAIN


@pytest.mark.parametrize("file_format", [one for one in Format if one.drops_optimizer])
def test_leaving_out_an_optimizer_that_is_not_there_changes_nothing(file_format: Format) -> None:
    assert not is_distinct(BARE, file_format)
    assert is_distinct(COMPILED, file_format)
    assert is_distinct(BARE, file_format.base)


def attempt(
    strategy: Strategy, *checks: CheckOutcome, status: JobStatus = JobStatus.DONE
) -> Attempt:
    return Attempt(strategy, AttemptOutcome(JobReport(status), checks))


def outputs(difference: float | None, status: CheckStatus = CheckStatus.MEASURED) -> CheckOutcome:
    return CheckOutcome(Check.OUTPUTS, status, difference)


@pytest.mark.parametrize(
    ("checks", "settled"),
    [
        ((outputs(1e-6),), True),
        ((outputs(1e-5),), True),
        ((outputs(1.1e-5),), False),
        ((outputs(None),), False),
        ((outputs(None, CheckStatus.AGREES),), True),
        ((outputs(0.0, CheckStatus.DISAGREES),), False),
        ((outputs(0.0, CheckStatus.ERROR),), False),
        ((CheckOutcome(Check.WEIGHTS, CheckStatus.AGREES),), False),
        ((), False),
    ],
)
def test_only_outputs_that_agree_settle_a_cell(
    checks: tuple[CheckOutcome, ...],
    settled: bool,  # noqa: FBT001 - a case of a table
) -> None:
    following = next_strategy(applicable(BARE, Format.H5), [attempt(Strategy.PLAIN, *checks)], 1e-5)
    assert following == (None if settled else Strategy.TRANSLATED)


@pytest.mark.parametrize("status", [one for one in JobStatus if one is not JobStatus.DONE])
def test_whatever_else_happens_the_next_one_is_tried(status: JobStatus) -> None:
    tried = [attempt(Strategy.PLAIN, outputs(0.0), status=status)]
    assert next_strategy(applicable(FULL, Format.H5), tried, 1e-5) == Strategy.NO_COMPILE


def test_there_is_an_end() -> None:
    tried = [attempt(one) for one in applicable(FULL, Format.H5)]
    assert next_strategy(applicable(FULL, Format.H5), tried, 1e-5) is None


def test_the_first_is_plain() -> None:
    assert next_strategy(applicable(FULL, Format.SAVEDMODEL), [], 1e-5) == Strategy.PLAIN


def following(file_format: Format, *attempts: Attempt) -> Strategy | None:
    return next_strategy(applicable(FULL, file_format), attempts, 1e-5)


PLAIN_REFUSED = attempt(Strategy.PLAIN, status=JobStatus.REFUSED)
GOOD = outputs(0.0)
LOSES = CheckOutcome(Check.OPTIMIZER, CheckStatus.LOST)


@pytest.mark.parametrize("plain", [GOOD, outputs(0.5)])
def test_the_models_classes_are_passed_even_where_a_plain_load_raises_no_error(
    plain: CheckOutcome,
) -> None:
    assert following(Format.H5, attempt(Strategy.PLAIN, plain)) is Strategy.CUSTOM_OBJECTS


def test_a_signature_is_called_where_a_savedmodel_loads_plainly() -> None:
    loaded = attempt(Strategy.PLAIN, GOOD), attempt(Strategy.CUSTOM_OBJECTS, GOOD)
    assert following(Format.SAVEDMODEL, *loaded) is Strategy.SERVING


def test_a_changed_call_that_keeps_all_spares_the_others_of_its_kind() -> None:
    helped = attempt(Strategy.NO_COMPILE, GOOD)
    assert following(Format.H5, PLAIN_REFUSED, helped) is Strategy.TRANSLATED


def test_a_changed_call_that_loses_something_does_not() -> None:
    helped = attempt(Strategy.NO_COMPILE, GOOD, LOSES)
    assert following(Format.H5, PLAIN_REFUSED, helped) is Strategy.CUSTOM_OBJECTS


def test_code_in_a_file_is_not_run_once_something_helps() -> None:
    helped = [attempt(Strategy.NO_COMPILE, GOOD, LOSES), attempt(Strategy.CUSTOM_OBJECTS)]
    assert following(Format.H5, PLAIN_REFUSED, *helped) is Strategy.TRANSLATED


def test_the_models_code_is_not_looked_for_once_something_helps() -> None:
    tried = [
        PLAIN_REFUSED,
        *(attempt(one) for one in (Strategy.NO_COMPILE, Strategy.CUSTOM_OBJECTS, Strategy.UNSAFE)),
    ]
    translated = attempt(Strategy.TRANSLATED, GOOD, LOSES)
    assert following(Format.H5, *tried, translated) is None
    failed = attempt(Strategy.TRANSLATED, outputs(0.5))
    assert following(Format.H5, *tried, failed) is Strategy.REBUILD_WEIGHTS
