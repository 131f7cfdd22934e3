"""Copies of frozen values with some fields changed."""

from __future__ import annotations

import pytest

from crossload.runner.altering import altered
from crossload.runner.records import SaveKey
from crossload.runner.words import Format

KEY = SaveKey("a", "mlp", Format.H5, "b", "c")


def test_a_copy_has_the_changes_and_the_rest() -> None:
    copy = altered(KEY, saver="d")
    assert copy == SaveKey("d", "mlp", Format.H5, "b", "c")
    assert KEY.saver == "a"


def test_a_field_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(TypeError, match="SaveKey has no field other"):
        altered(KEY, other="c")
