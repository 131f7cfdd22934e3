"""Formats and strategies are known in one place: adding one touches three files and its probe."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from crossload.runner.formats import (
    BY_CONTAINER,
    BY_SUFFIX,
    FORMATS,
    WHOLE_FORMATS,
    WRITTEN_FORMATS,
    WRITTEN_SUFFIXES,
)
from crossload.runner.strategies import STRATEGIES, Part, strategies_that_need
from crossload.runner.words import MODEL_FORMATS, Container, Format, Strategy, Word

ROOT = Path(__file__).resolve().parent.parent
MOST_FILES = 3
WORDS = Path("runner/words.py")
# Scripts for a user are made there from the source of the probe, one way of loading after another.
OF_THE_PROBE = Path("reports/reproduce")
# Not added as others are: what a case's scripts write, and what every strategy is measured against.
BASES = (Format.SCRIPT, Strategy.PLAIN)
# Several files of weights are read as one there, and found to be this format.
ALSO = {Format.WEIGHTS_H5: {Path("runner/inspection/shards.py")}}


@cache
def named_in(path: Path) -> frozenset[tuple[str, str]]:
    """The members of enums, as (class, member), that the code of a file names."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    )


@cache
def texts_in(path: Path) -> frozenset[str]:
    """The texts that are constants in the code of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(one for one in constants if isinstance(one, str))


@cache
def sources() -> list[Path]:
    files = [
        path.relative_to(ROOT)
        for folder in ("crossload/cli", "runner", "reports")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    return [path for path in files if not path.is_relative_to(OF_THE_PROBE)]


@pytest.mark.parametrize("word", [*Format, *Strategy])
def test_a_format_or_strategy_is_named_in_at_most_three_files(word: Word) -> None:
    if word in BASES:
        pytest.skip("part of the program's structure")
    member = (type(word).__name__, word.name)
    files = {path for path in sources() if member in named_in(path)}
    files = (files | {WORDS}) - (ALSO.get(word, set()) if isinstance(word, Format) else set())
    assert len(files) <= MOST_FILES, files


@pytest.mark.parametrize("strategy", Strategy)
def test_no_text_is_used_for_a_strategy(strategy: Strategy) -> None:
    """A text would escape the count above; three are also words of other things, or of verdicts."""
    if strategy in {Strategy.PLAIN, Strategy.UNSAFE, Strategy.TRANSLATED}:
        pytest.skip("an everyday word")
    assert {path for path in sources() if str(strategy) in texts_in(path)} == {WORDS}


def test_every_member_has_a_record() -> None:
    assert (set(FORMATS), set(STRATEGIES)) == (set(Format), set(Strategy))


def test_options_of_a_format() -> None:
    bases = {str(one): str(one.base) for one in Format if one.base is not one}
    assert bases == {
        "h5+no-optimizer": "h5",
        "h5+save-format": "h5",
        "savedmodel+no-optimizer": "savedmodel",
        "savedmodel+save-format": "savedmodel",
    }
    assert [str(one) for one in Format if one.drops_optimizer] == [
        "h5+no-optimizer",
        "savedmodel+no-optimizer",
    ]


def test_whole_formats_and_the_order_in_which_migrate_writes_them() -> None:
    assert WHOLE_FORMATS == (Format.H5, Format.SAVEDMODEL, Format.KERAS)
    assert WRITTEN_FORMATS == (Format.KERAS, Format.H5, Format.SAVEDMODEL)
    assert [FORMATS[one].suffix_text for one in WRITTEN_FORMATS] == [
        ".keras",
        ".h5",
        "no suffix (a SavedModel)",
    ]


def test_the_format_from_a_name_or_a_container() -> None:
    assert BY_SUFFIX == {".h5": Format.H5, ".hdf5": Format.H5, ".keras": Format.KERAS}
    assert WRITTEN_SUFFIXES == {**BY_SUFFIX, "": Format.SAVEDMODEL}
    assert BY_CONTAINER == {
        Container.HDF5: Format.H5,
        Container.KERAS_ZIP: Format.KERAS,
        Container.KERAS_FOLDER: Format.KERAS,
        Container.SAVEDMODEL: Format.SAVEDMODEL,
    }


def test_formats_that_need_code_or_hold_no_model() -> None:
    needing = [one for one in MODEL_FORMATS if FORMATS[one].needs_build]
    assert needing == [Format.WEIGHTS_H5, Format.WEIGHTS_TF]
    assert [one for one in MODEL_FORMATS if not FORMATS[one].holds_model] == [Format.EXPORT]


@pytest.mark.parametrize(
    ("part", "strategies"),
    [
        (Part.TRAINING, [Strategy.NO_COMPILE]),
        (Part.OWN_CLASSES, [Strategy.CUSTOM_OBJECTS]),
        (Part.CODE, [Strategy.UNSAFE]),
        (Part.TF_KERAS, [Strategy.LEGACY]),
        (Part.NAME, [Strategy.RENAMED]),
        (Part.WEIGHTS, [Strategy.TRANSLATED, Strategy.REBUILD_WEIGHTS]),
        (Part.BUILDER, [Strategy.REBUILD_WEIGHTS]),
        (Part.SIGNATURE, [Strategy.SERVING]),
    ],
)
def test_what_a_strategy_needs(part: Part, strategies: list[Strategy]) -> None:
    assert strategies_that_need(part) == tuple(strategies)


def test_what_strategies_give_up() -> None:
    whole = {one for one, spec in STRATEGIES.items() if spec.is_whole}
    assert set(Strategy) - whole == {Strategy.REBUILD_WEIGHTS, Strategy.SERVING}
    assert {str(one): spec.takes for one, spec in STRATEGIES.items() if spec.takes} == {
        "custom-objects": "custom objects",
        "renamed": "another file name",
        "translated": "crossload's translator",
        "unsafe": "safe_mode=False",
    }
