"""The user's own code: what is taken from it, and that its errors are told as theirs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest


class Framework:
    """As much of a framework as running code needs."""

    def __init__(self) -> None:
        self.registered: dict[str, object] = {}
        self.undo: list[Callable[[], None]] = []
        utils = SimpleNamespace(get_custom_objects=lambda: self.registered)
        self.keras = SimpleNamespace(utils=utils)

    def undo_at_clear(self, function: Callable[[], None]) -> None:
        self.undo.append(function)


@pytest.fixture
def code(probe: Callable[[str], ModuleType]) -> ModuleType:
    return probe("subjects.code")


@pytest.fixture
def framework() -> Iterator[Framework]:
    made = Framework()
    yield made
    for function in made.undo:
        function()


@pytest.fixture
def run(code: ModuleType, framework: Framework, tmp_path: Path) -> Callable[[str], Any]:
    """The module of a text."""

    def run_text(text: str) -> Any:
        path = tmp_path / "code.py"
        path.write_text(text, encoding="utf-8")
        return code.run(str(path), "layers_of_mine", framework)

    return run_text


def test_all_that_the_code_defines_is_passed(code: ModuleType, run: Callable[[str], Any]) -> None:
    module = run(
        "from os.path import join\n"
        "class Mine: pass\n"
        "def also(): pass\n"
        "def _not(): pass\n"
        "def build(): pass\n"
        "number = 3\n"
        "class Named: _keras_registered_name = 'pkg>Named'\n"
    )
    assert set(code.objects_of(module)) == {"Mine", "also", "Named", "pkg>Named"}


@pytest.mark.parametrize(
    "text", ["custom_objects = {'A': 1}", "def custom_objects(): return {'A': 1}"]
)
def test_what_the_code_names_itself_wins(
    code: ModuleType, run: Callable[[str], Any], text: str
) -> None:
    assert code.objects_of(run(f"class Mine: pass\n{text}\n")) == {"A": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os\nimport nothing_like_that\n", "line 2: ModuleNotFoundError: No module named"),
        ("def f(:\n", "line 1: SyntaxError"),
        ("x = 1\n\ndef f():\n    return 1 / 0\n\nf()\n", "line 4: ZeroDivisionError"),
    ],
)
def test_an_error_names_the_users_file_and_line(
    code: ModuleType, run: Callable[[str], Any], text: str, said: str
) -> None:
    with pytest.raises(code.OwnCodeFails) as caught:
        run(text)
    assert str(caught.value).startswith(f"layers_of_mine.py, {said}")
    assert "layers_of_mine" not in code._RUN


def test_an_error_of_the_framework_below_build_stays_as_it_is(
    code: ModuleType, run: Callable[[str], Any], framework: Framework
) -> None:
    def refuse() -> None:
        raise ValueError("units must be positive")

    framework.keras.Dense = refuse
    module = run("def build(keras):\n    return keras.Dense()\n")
    with pytest.raises(ValueError, match="units must be positive"):
        code.build(module, framework)
    module.build = None
    with pytest.raises(code.NoBuild, match="defines no function"):
        code.build(module, framework)


def test_build_may_take_keras_and_must_return_a_model(
    code: ModuleType, run: Callable[[str], Any], framework: Framework
) -> None:
    framework.keras.Model = SimpleNamespace(predict=print)
    module = run("def build(keras, size=3): return keras.Model\n")
    assert code.build(module, framework) is framework.keras.Model
    module.build = lambda: 5
    with pytest.raises(code.NoBuild, match="returns int, not a model"):
        code.build(module, framework)


def test_the_next_job_is_a_stranger_to_the_code(
    run: Callable[[str], Any], framework: Framework
) -> None:
    module = run("keras.utils.get_custom_objects()['Mine'] = 1\n")
    assert sys.modules["layers_of_mine"] is module
    assert framework.registered == {"Mine": 1}
    framework.undo.pop()()
    assert framework.registered == {}
    assert "layers_of_mine" not in sys.modules
