"""What scripts call, as lines: calls in order, plain arguments, no name that an author chose."""
# ruff: noqa: E501 - a table reads best with one case on one line

from __future__ import annotations

import pytest

from crossload.runner.cases.calls import calls_of
from crossload.runner.probing.material import Scripts


def lines(load: str, save: str = "") -> list[str]:
    return calls_of(Scripts(save, load)).split("\n")


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("model.predict(x)", "load calls predict"),
        ("load_model(path)", "load calls load_model"),
        ("m.load_weights('a/b.weights.h5', by_name=True)", "load calls load_weights .weights.h5 by_name=True"),
        ("m.save_weights(filepath='b.h5')", "load calls save_weights filepath=.h5"),
        ("keras.layers.Dense(4, name='mine', activation='tanh')", "load calls Dense 4 activation=tanh"),
        ("Dense(4, input_shape=(3, 2))", "load calls Dense 4 input_shape=(3,2)"),
        ("Dense(4, input_shape=shape)", "load calls Dense 4 input_shape=?"),
        ("m.fit(x, callbacks=[one])", "load calls fit callbacks=?"),
        ("m.compile('mine', loss='a b')", "load calls compile loss=?"),
        ("a = getattr(keras.callbacks, 'BackupAndRestore', None)", "load names BackupAndRestore"),
        ("a = keras.callbacks.experimental.BackupAndRestore", "load names BackupAndRestore"),
        ("a = x.shape", ""),
        ("calls[0]()", ""),
    ],
)  # fmt: skip
def test_a_line_has_what_matters_to_keras(script: str, line: str) -> None:
    assert lines(script) == [line]


def test_lines_are_in_the_order_of_the_scripts_and_of_their_text() -> None:
    save = "model = Sequential([Dense(1)])\nmodel.save('m.h5')\nmodel.fit(x)"
    assert lines("load_model('m.h5')", save) == [
        "save calls Sequential",
        "save calls Dense 1",
        "save calls save .h5",
        "save calls fit",
        "load calls load_model .h5",
    ]


@pytest.mark.parametrize("script", ["print 'old'", "def f(:", "\0", f"{'(' * 5000}{')' * 5000}"])
def test_a_script_that_is_no_python_today_has_no_lines(script: str) -> None:
    assert lines(script) == [""]
