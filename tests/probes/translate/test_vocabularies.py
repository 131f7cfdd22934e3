"""Vocabularies that lie beside the description of a model are put into it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]


def lookup(kind: str = "StringLookup", **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"vocabulary": None, **config}}


@pytest.fixture
def give(probe: Probe, tmp_path: Path) -> Callable[..., list[Any]]:
    """The vocabularies of layers, after those of an archive were given."""

    def run(layers: list[dict[str, Any]], **stored: str) -> list[Any]:
        with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
            for path, words in stored.items():
                archive.writestr(f"assets/{path.replace('__', '/')}/vocabulary.txt", words)
            probe("translate.vocabularies").give({"config": {"layers": layers}}, archive)
        return [layer["config"]["vocabulary"] for layer in layers]

    return run


def test_layers_that_learned_theirs_get_it_in_their_order(give: Callable[..., Any]) -> None:
    layers = [lookup(), lookup(vocabulary=["given"]), lookup(has_input_vocabulary=False)]
    found = give(layers, layers__string_lookup_2="c\nd", layers__string_lookup="\n[UNK]\na b")
    assert found == [["", "[UNK]", "a b"], ["given"], ["c", "d"]]
    assert "has_input_vocabulary" not in layers[2]["config"]


def test_each_class_has_its_own_and_numbers_are_numbers(give: Callable[..., Any]) -> None:
    stored = {
        "layers__text_vectorization": "the\ncat",
        "layers__text_vectorization___lookup_layer": "the\ncat",
        "layers__integer_lookup": "-1\n7",
    }
    found = give([lookup("IntegerLookup"), lookup("TextVectorization")], **stored)
    assert found == [[-1, 7], ["the", "cat"]]


@pytest.mark.parametrize(
    ("layers", "stored"),
    [
        ([lookup(), lookup()], {"layers__string_lookup": "a"}),
        ([lookup()], {"layers__string_lookup": "a", "layers__string_lookup_1": "b"}),
        (
            [lookup(), lookup()],
            {"layers__string_lookup": "a", "layers__functional__layers__string_lookup": "b"},
        ),
        ([lookup()], {}),
    ],
    ids=["too-few", "too-many", "nested", "none"],
)
def test_nothing_is_given_where_it_is_not_sure_whose_it_is(
    give: Callable[..., Any], layers: list[Any], stored: dict[str, str]
) -> None:
    assert give(layers, **stored) == [None] * len(layers)
