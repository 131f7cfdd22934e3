"""A bounded part of what `make kill-test` does: a killed run loses nothing."""

from __future__ import annotations

from tests.killing import kill_often


def test_a_run_that_was_killed_ends_like_an_undisturbed_one() -> None:
    said: list[str] = []
    assert kill_often(2, seed=11, seconds=300, say=said.append) == 2
    assert said[-1] == "2 kills, 1 runs with the ledger of an undisturbed one"
