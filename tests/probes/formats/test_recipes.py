"""How recipes are spelled, and that what runs is the very text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from crossload.runner.recipes import accepted

Probe = Callable[[str], ModuleType]


def load_model(path: str, custom_objects: Any = None, compile: bool = True) -> tuple[Any, ...]:  # noqa: A002, FBT001, FBT002 - as in Keras
    return path, custom_objects, compile


@pytest.fixture
def framework(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A toy whose `import keras` gives this `load_model`, which has no `safe_mode`."""
    keras = SimpleNamespace(
        models=SimpleNamespace(load_model=load_model),
        layers=SimpleNamespace(),
        utils=SimpleNamespace(),
    )
    monkeypatch.setitem(sys.modules, "keras", keras)
    return SimpleNamespace(api="keras", backend="tensorflow", keras=keras)


class Scale:
    """A class of the user."""


def own_code(probe: Probe) -> Any:
    return probe("formats.own_code").of_objects({"Scale": Scale, "package>Scale": Scale})


OBJECTS = 'custom_objects={"Scale": Scale, "package>Scale": Scale}'


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("plain", ["keras.models.load_model($FILE)"]),
        ("no_compile", ["keras.models.load_model($FILE, compile=False)"]),
        (
            "custom_objects",
            [
                f"keras.models.load_model($FILE, {OBJECTS})",
                "with keras.utils.custom_object_scope",
                "compile=False",
                "compile=False",
            ],
        ),
    ],
)
def test_the_recipes_of_a_strategy(
    probe: Probe, framework: SimpleNamespace, strategy: str, expected: list[str]
) -> None:
    found = getattr(probe("formats.reading"), strategy)(framework, "h5", "x", own_code(probe))
    assert len(found) == len(expected)
    for recipe, part in zip(found, expected, strict=True):
        assert part in " ".join(recipe.text.split()).replace('"$FILE"', "$FILE").replace(
            "( $FILE", "($FILE"
        ).replace(", )", ")")
        assert accepted(recipe.text) == recipe.text


def test_what_runs_is_the_text_with_the_path_in_it(
    probe: Probe, framework: SimpleNamespace, tmp_path: Path
) -> None:
    recipes, own = probe("formats.recipes"), own_code(probe)
    path = str(tmp_path / 'odd "name" \\ $FILE \N{SNOWMAN}.h5')
    (recipe, *_) = probe("formats.reading").custom_objects(framework, "h5", path, own)
    assert "from my_code import Scale\n" in recipe.text
    names = recipes.run(framework, recipe, path, own)
    assert names["model"] == (path, {"Scale": Scale, "package>Scale": Scale}, True)
    assert "my_code" not in sys.modules
    assert "crossload_load" not in sys.modules


def test_a_backend_is_chosen_before_keras_is_imported(
    probe: Probe, framework: SimpleNamespace
) -> None:
    framework.backend = "jax"
    (recipe,) = probe("formats.reading").plain(framework, "h5", "x", own_code(probe))
    assert recipe.text == (
        'import os\n\nos.environ["KERAS_BACKEND"] = "jax"\nimport keras\n\n'
        'model = keras.models.load_model("$FILE")\n'
    )


def test_without_code_that_builds_it_nothing_is_rebuilt(
    probe: Probe, framework: SimpleNamespace
) -> None:
    with pytest.raises(probe("formats.recipes").NotApplicable, match="no code at hand builds"):
        probe("formats.rebuilding").rebuilt(framework, "h5", "x", own_code(probe))


@pytest.mark.parametrize(
    "text", ['a"b', "a\\b", "a\nb", "it's", "\N{SNOWMAN}", "a'\"b", "a\\'b", 'a\\"b', "\udc80"]
)
def test_any_text_is_one_literal(probe: Probe, text: str) -> None:
    quoted = probe("formats.recipes").quote(text)
    assert quoted.isascii()
    assert eval(quoted) == text


def test_only_what_a_file_mentions_is_given(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "architecture.json"
    path.write_text('{"class_name": "Gain", "config": {"name": "Gainer"}}')
    module = ModuleType("layers")
    text = "class Gain: pass\nclass Gainer2: pass\nclass Other: pass\n"
    exec(text, module.__dict__)
    own = probe("subjects.code").own_code(module, str(tmp_path))
    assert own.objects == '{"Gain": Gain}'
    path.write_text("{}")
    own = probe("subjects.code").own_code(module, str(tmp_path))
    assert sorted(own.things) == ["Gain", "Gainer2", "Other"]


@pytest.mark.parametrize("strategy", ["plain", "no_compile"])
def test_code_that_registers_its_classes_is_imported(
    probe: Probe, framework: SimpleNamespace, strategy: str
) -> None:
    own = own_code(probe)
    own.registers = True
    (recipe,) = getattr(probe("formats.reading"), strategy)(framework, "h5", "x", own)
    assert "\nimport my_code\n" in recipe.text
    assert accepted(recipe.text) == recipe.text
    (given, *_) = probe("formats.reading").custom_objects(framework, "h5", "x", own)
    assert "\nimport my_code\n" not in given.text


@pytest.mark.parametrize(
    ("package", "installed", "imports"),
    [
        ("keras", "3.15.1", False),
        ("tensorflow", None, False),
        ("tensorflow", "2.3.1", True),
        ("tf_keras", "3.15.1", True),
    ],
)
def test_the_translator_is_shown_a_keras_only_where_it_would_take_another(
    probe: Probe,
    framework: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    package: str,
    installed: str | None,
    imports: bool,  # noqa: FBT001 - a case of a table
) -> None:
    monkeypatch.setattr(
        probe("formats.recipes"), "installed_version", lambda name: {"keras": installed}[name]
    )
    framework.keras.models.Model = type("Model", (), {"__module__": f"{package}.src.models"})
    (recipe,) = probe("formats.reading").translated(framework, "h5", "x", own_code(probe))
    assert ("\nimport keras\n" in recipe.text) is imports
