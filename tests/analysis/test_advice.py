"""There is advice for everything that can be met, and its code is code."""

from __future__ import annotations

import ast
import itertools

import pytest

from crossload.runner.analysis import VERDICT_ADVICE, advice_for
from crossload.runner.formats import strategy_advice
from crossload.runner.words import Format, Strategy, Verdict
from tests.analysis.examples import failed, judged, loaded

PAIRS = list(itertools.product(Strategy, Format))


def test_every_verdict_has_advice() -> None:
    assert set(VERDICT_ADVICE) == set(Verdict)


@pytest.mark.parametrize(("strategy", "file_format"), PAIRS)
def test_every_strategy_has_a_sentence_of_its_own(strategy: Strategy, file_format: Format) -> None:
    sentence = strategy_advice(strategy, file_format).sentence
    assert sentence[0].islower()
    assert not sentence.endswith(".")


@pytest.mark.parametrize(("strategy", "file_format"), PAIRS)
def test_every_example_is_python(strategy: Strategy, file_format: Format) -> None:
    body = ast.parse(strategy_advice(strategy, file_format).example).body
    assert bool(body) is (strategy not in {Strategy.RENAMED, Strategy.TRANSLATED})


def test_an_example_names_a_file_of_its_format() -> None:
    assert '"model.h5"' in strategy_advice(Strategy.NO_COMPILE, Format.H5).example


@pytest.mark.parametrize(
    ("strategy", "file_format", "text"),
    [
        (Strategy.NO_COMPILE, Format.H5_SAVE_FORMAT, '"model"'),
        (Strategy.LEGACY, Format.H5_NO_OPTIMIZER, 'tf_keras.models.load_model("model.h5")'),
        (Strategy.LEGACY, Format.JSON_WEIGHTS, "tf_keras.models.model_from_json"),
        (Strategy.REBUILD_WEIGHTS, Format.H5, 'load_weights("model.h5")'),
        (Strategy.REBUILD_WEIGHTS, Format.H5_SAVE_FORMAT, 'os.rename("model", "model.h5")'),
        (Strategy.REBUILD_WEIGHTS, Format.WEIGHTS_TF, 'load_checkpoint("weights/weights")'),
        (Strategy.REBUILD_WEIGHTS, Format.SAVEDMODEL_NO_OPTIMIZER, "variables/variables"),
        (Strategy.PLAIN, Format.EXPORT, "loaded.serve(inputs)"),
    ],
)
def test_an_example_is_of_its_format(strategy: Strategy, file_format: Format, text: str) -> None:
    assert text in strategy_advice(strategy, file_format).example


def test_no_compile_advises_to_compile_again() -> None:
    assert strategy_advice(Strategy.NO_COMPILE, Format.KERAS).sentence == (
        "load with compile=False, then compile again"
    )


def test_same_needs_one_piece_of_advice() -> None:
    assert len(advice_for(judged(loaded()))) == 1


def test_assisted_comes_with_the_advice_of_its_strategy() -> None:
    cell = judged(failed(), loaded(Strategy.NO_COMPILE))
    assert advice_for(cell)[1] == strategy_advice(Strategy.NO_COMPILE, Format.H5)


def test_differs_comes_with_the_advice_of_the_strategy_that_would_help() -> None:
    cell = judged(loaded(outputs=0.5), loaded(Strategy.REBUILD_WEIGHTS))
    assert advice_for(cell)[1] == strategy_advice(Strategy.REBUILD_WEIGHTS, Format.H5)
