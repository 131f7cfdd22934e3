"""Copies of frozen values with some fields changed."""

from __future__ import annotations

import pytest

from crossload.runner.altering import altered
from crossload.runner.records import Cell
from crossload.runner.words import Format

CELL = Cell("a", "mlp", Format.H5, "b")


def test_a_copy_has_the_changes_and_the_rest() -> None:
    copy = altered(CELL, loader="c")
    assert copy == Cell("a", "mlp", Format.H5, "c")
    assert CELL.loader == "b"


def test_a_field_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TypeError, match="Cell has no field other"):
        altered(CELL, other="c")
