"""What a cell says of the attempts, and the notes on a plain load that is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.records import (
    Attempt,
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
    NO_COMPILE,
    REBUILD,
    SAVED,
    SERVING,
    failed,
    judged,
    loaded,
    loaded_but,
)


@pytest.mark.parametrize(("difference", "said"), [(0.5, ("only output 2",)), (3e-8, ())])
def test_what_is_known_of_the_outputs_is_noted_where_they_differ(
    difference: float, said: tuple[str, ...]
) -> None:
    attempt = loaded(outputs=difference)
    told = tuple(
        replace(one, detail="only output 2") if one.check is Check.OUTPUTS else one
        for one in attempt.outcome.checks
    )
    cell = judged(replace(attempt, outcome=replace(attempt.outcome, checks=told)))
    assert cell.tried[0].notes == said


def test_a_concession_is_reported() -> None:
    cell = judged(failed(), loaded(Strategy.CUSTOM_OBJECTS, concessions=("no-compile",)))
    assert cell.detail == (
        "loads with custom objects and without its training configuration; outputs agree to 3e-08"
    )


@pytest.mark.parametrize(
    ("strategy", "concession", "said"),
    [
        (Strategy.LEGACY, "unsafe", "loads with tf-keras and with unsafe deserialization allowed"),
        (
            REBUILD,
            "renamed",
            "loads its weights into a rebuilt model and under a name that says what it holds",
        ),
        (REBUILD, "weights-by-name", "loads its weights into a rebuilt model"),
    ],
)
def test_what_a_strategy_gave_up_is_reported(
    strategy: Strategy, concession: str, said: str
) -> None:
    cell = judged(failed(), loaded(strategy, concessions=(concession,)))
    assert cell.detail == f"{said}; outputs agree to 3e-08"


def test_a_model_that_cannot_be_saved_again_is_partial() -> None:
    cell = judged(loaded_but("re-save", DISAGREES))
    assert cell.detail == "loads; outputs agree to 3e-08, but not saving it again"


@pytest.mark.parametrize(
    ("attempts", "detail"),
    [
        pytest.param((loaded(),), "loads; everything agrees, outputs to 3e-08", id="same"),
        pytest.param((loaded(outputs=0.0),), "loads; everything agrees", id="same-exactly"),
        pytest.param(
            (loaded(optimizer=DISAGREES, step=CheckStatus.ERROR),),
            "loads; outputs agree to 3e-08, but not the optimizer's state "
            "and the next training step",
            id="partial",
        ),
        pytest.param(
            (failed(), loaded(Strategy.CUSTOM_OBJECTS)),
            "loads with custom objects; outputs agree to 3e-08",
            id="assisted",
        ),
        pytest.param(
            (failed(), loaded(NO_COMPILE, outputs=0.0, compile=DISAGREES)),
            "loads without its training configuration; outputs agree exactly; "
            "not the training configuration",
            id="assisted-with-loss",
        ),
        pytest.param(
            (loaded(outputs=None),),
            "loads without an error, but outputs differ and cannot be compared as numbers",
            id="differs-not-finite",
        ),
        pytest.param(
            (failed(status=JobStatus.CRASHED, detail="signal 11"), failed(NO_COMPILE)),
            "a plain load crashed (signal 11); 1 more strategy did not help",
            id="crashes",
        ),
        pytest.param(
            (failed(status=JobStatus.OUT_OF_MEMORY),),
            "a plain load ran out of memory",
            id="out-of-memory",
        ),
    ],
)
def test_the_sentence(attempts: tuple[Attempt, ...], detail: str) -> None:
    assert judged(*attempts).detail == detail


RANDOM = replace(SAVED, noise=0.3)


def test_random_outputs_blame_nobody_where_the_weights_agree() -> None:
    cell = judged(loaded(outputs=0.4, step=DISAGREES), save=RANDOM)
    assert (cell.verdict, cell.lost) == (Verdict.PARTIAL, (Check.OUTPUTS,))
    assert cell.detail == (
        "loads; weights agree; its outputs are not repeatable: the saver's own two predictions "
        "differ"
    )


def test_random_outputs_that_happen_to_agree_say_nothing() -> None:
    assert judged(loaded(outputs=0.0), save=RANDOM).lost == (Check.OUTPUTS,)


def test_other_weights_differ_though_the_outputs_are_random() -> None:
    cell = judged(loaded(outputs=0.4, weights=DISAGREES), save=RANDOM)
    assert cell.verdict is Verdict.DIFFERS


CUSTOM = Strategy.CUSTOM_OBJECTS


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (loaded(SERVING, 0.5), "; its serving signature gives different outputs"),
        (failed(SERVING), "; its serving signature does not work"),
        (loaded(SERVING), ""),
        (loaded(CUSTOM, 0.5), "; passing its classes as custom_objects gives different outputs"),
        (failed(CUSTOM), ""),
    ],
)
def test_a_plain_load_that_is_right_says_which_other_use_is_not(other: Attempt, said: str) -> None:
    found = judged(loaded(), other)
    assert found.verdict is Verdict.SAME
    assert found.detail == "loads; everything agrees, outputs to 3e-08" + said


def test_a_plain_load_says_what_passing_its_classes_would_keep() -> None:
    found = judged(loaded_but("optimizer", DISAGREES), loaded(CUSTOM))
    assert found.verdict is Verdict.PARTIAL
    assert found.tried[0].notes == (
        "passing its classes as custom_objects keeps the optimizer's state",
    )
