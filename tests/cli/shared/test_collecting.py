"""The garbage collector is off for a while only."""

from __future__ import annotations

import gc

import pytest

from crossload.cli.shared.collecting import without_collection


def test_it_is_off_inside_and_on_again_afterwards() -> None:
    with without_collection():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_switches_it_on_again() -> None:
    with pytest.raises(ValueError, match="gone"), without_collection():
        raise ValueError("gone")
    assert gc.isenabled()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with without_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
