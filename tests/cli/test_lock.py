"""`crossload lock`, as far as it needs no network."""

from __future__ import annotations

import re

from tests.cli.conftest import CommandLine
from tests.cli.matrices import IMPOSSIBLE, LOCKED, knows_wheels


@knows_wheels
def test_all_locks_of_the_shipped_matrix_are_current(crossload: CommandLine) -> None:
    crossload("init")
    said = crossload("lock", "--check")
    assert said.code == 0
    assert re.fullmatch(r"all \d+ locks fit the matrix\n", said.out)


@knows_wheels
def test_the_quick_profile_has_locks_for_every_python(crossload: CommandLine) -> None:
    crossload("init")
    quick = ("tf2.12", "tf2.15", "tf2.16", "tf2.21-tfkeras", "tf2.21")
    said = crossload("lock", "--check", "--every-python", *quick)
    assert said.code == 0, said.out


@knows_wheels
def test_a_lock_is_stale_after_an_edit(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED.replace('python: "3.11"', 'python: "3.11", resolve: latest'))
    said = crossload("lock", "--check")
    assert said.code == 1
    assert said.out.splitlines() == [
        "tf2.15-py3.11: stale",
        "1 of 1 locks are missing or no longer fit the matrix; `crossload lock` makes them",
    ]


def test_a_lock_may_be_missing(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED.replace("tf2.15:", "mine:"))
    said = crossload("lock", "--check")
    assert said.code == 1
    assert said.out.splitlines()[0] == "mine-py3.11: missing"


@knows_wheels
def test_what_cannot_exist_needs_no_lock(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("lock", "--check")
    assert said.code == 0
    assert said.out.splitlines() == [
        "old-py3.3: impossible: TensorFlow 2.3.0 has no build for Python 3.3",
        "new-py3.4: impossible: TensorFlow 2.21.0 has no build for Python 3.4",
        "no lock is needed",
    ]


@knows_wheels
def test_having_no_lock_at_all_is_an_error(crossload: CommandLine) -> None:
    crossload.matrix(IMPOSSIBLE)
    said = crossload("lock", "old")
    assert said.code == 4
    assert said.out.splitlines() == [
        "old-py3.3: no-wheel: TensorFlow 2.3.0 has no build for Python 3.3",
        "    it has builds for Python 3.6, 3.7, 3.8; `python: auto` takes the newest of them",
        f"0 of 1 locks are in {str(crossload.folder / 'locks' / 'linux-x86_64')!r}",
    ]
    assert not (crossload.folder / "locks").exists()
