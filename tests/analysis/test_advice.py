"""There is a sentence for everything that can be met, and code only where it was executed."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest

from crossload.runner.analysis import VERDICT_ADVICE, advice_for
from crossload.runner.analysis.judged import Names
from crossload.runner.formats import strategy_advice
from crossload.runner.records import Attempt
from crossload.runner.words import CheckStatus, Format, Strategy, Verdict
from tests.analysis.examples import failed, judged, loaded

PAIRS = list(itertools.product(Strategy, Format))
RECIPE = 'import keras\nfrom my_code import Gain\n\nmodel = keras.models.load_model("$FILE")\n'


def test_every_verdict_has_advice() -> None:
    assert set(VERDICT_ADVICE) == set(Verdict)


def test_every_strategy_has_a_sentence_of_its_own() -> None:
    said = {pair: strategy_advice(*pair) for pair in PAIRS}
    assert {pair: one for pair, one in said.items() if not re.fullmatch(r"[a-z].*[^.]", one)} == {}


def test_no_compile_advises_to_compile_again() -> None:
    assert strategy_advice(Strategy.NO_COMPILE, Format.KERAS) == (
        "load with compile=False, then compile again"
    )


def test_same_needs_one_piece_of_advice() -> None:
    assert len(advice_for(judged(loaded()))) == 1


@pytest.mark.parametrize(
    ("plain", "strategy"),
    [(failed(), Strategy.NO_COMPILE), (loaded(outputs=0.5), Strategy.REBUILD_WEIGHTS)],
)
def test_a_strategy_comes_with_its_sentence_and_without_invented_code(
    plain: Attempt, strategy: Strategy
) -> None:
    advice = advice_for(judged(plain, loaded(strategy)))[1]
    assert (advice.sentence, advice.code) == (strategy_advice(strategy, Format.H5), "")


def test_what_keeps_more_than_the_easiest_way_is_named() -> None:
    easy = loaded(Strategy.NO_COMPILE, compile=CheckStatus.LOST, optimizer=CheckStatus.LOST)
    more = advice_for(judged(failed(), easy, loaded(Strategy.TRANSLATED)))[2]
    assert more.sentence == strategy_advice(Strategy.TRANSLATED, Format.H5)
    assert more.keeps == "the training configuration and the optimizer's state"
    assert len(advice_for(judged(failed(), easy))) == 2


def test_the_way_that_helps_is_not_advised_twice() -> None:
    plain = loaded(outputs=0.5, structure=CheckStatus.LOST)
    assert len(advice_for(judged(plain, loaded(Strategy.REBUILD_WEIGHTS)))) == 2


def test_code_is_what_the_attempt_executed_in_the_names_of_the_user() -> None:
    helped = loaded(Strategy.NO_COMPILE)
    helped = replace(helped, outcome=replace(helped.outcome, recipe=RECIPE))
    cell = replace(judged(failed(), helped), names=Names("mine.h5", "layers"))
    assert advice_for(cell)[1].code == (
        'import keras\nfrom layers import Gain\n\nmodel = keras.models.load_model("mine.h5")'
    )
