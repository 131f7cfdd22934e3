"""`crossload atlas`: what it says of a name, and how it ends."""

from __future__ import annotations

import json

import pytest

from crossload.runner.atlas.store import write
from tests.atlas.conftest import made
from tests.cli.conftest import CommandLine


@pytest.fixture
def small(crossload: CommandLine) -> CommandLine:
    write(crossload.folder / "a.xz", made())
    return crossload


def test_the_summary_lists_environments(small: CommandLine) -> None:
    said = small("atlas", "--file", "a.xz")
    assert said.code == 0
    assert "middle-py3.10" in said.out
    assert "3 environments, 5 names" in said.words
    facts = json.loads(small("atlas", "--file", "a.xz", "--json").out)
    assert facts["environments"][0]["id"] == "old-py3.10"
    assert facts["names"]["losses"] == 3


def test_a_name_has_its_keys(small: CommandLine) -> None:
    said = small("atlas", "LSTM", "--file", "a.xz")
    assert said.code == 0
    assert "LSTM (layers) in: tf.keras 2.3; all of Keras 3" in said.words
    (line,) = (line for line in said.out.splitlines() if "time_major" in line)
    assert line.split("  ")[1:] != []
    assert line.index("tf.keras") < line.index("all of Keras 3")
    (story,) = json.loads(small("atlas", "LSTM", "--file", "a.xz", "--json").out)
    assert story["keys"]["time_major"]["refused"] == ["middle-py3.10", "new-py3.10"]


def test_an_alias_shows_its_other_names(small: CommandLine) -> None:
    said = small("atlas", "mse", "--file", "a.xz")
    assert "also called: MSE, mean_squared_error" in said.words
    assert "not in: all of Keras 3" in said.words


def test_an_unknown_name_has_a_near_one(small: CommandLine) -> None:
    said = small("atlas", "lsmt", "--file", "a.xz")
    assert said.code == 2
    assert "has 'lsmt'; did you mean 'LSTM'" in said.err
    said = small("atlas", "LSTM", "--kind", "losses", "--file", "a.xz")
    assert said.code == 2


def test_a_missing_atlas_is_reported(crossload: CommandLine) -> None:
    said = crossload("atlas", "LSTM", "--file", "none.xz")
    assert said.code == 3
    assert "no such file or directory" in said.err


def test_the_shipped_one_is_the_default(crossload: CommandLine) -> None:
    said = crossload("atlas", "ThresholdedReLU")
    assert said.code == 0
    assert "not in: all of Keras 3" in said.words


def test_refresh_needs_an_environment(crossload: CommandLine) -> None:
    crossload.matrix(
        'environments: {old: {tensorflow: "2.15.1", python: "3.13"}}\n'
        "profiles: {full: {environments: all}}\n"
    )
    said = crossload("atlas", "refresh", "--file", "new.xz")
    assert said.code == 4
    assert "old-py3.13 is left out" in said.words
    assert not (crossload.folder / "new.xz").exists()
