"""`--shard`, `plan --shards` and `plan --github-matrix`."""

from __future__ import annotations

import json

import pytest

from crossload.cli.plan import PlanDocument
from tests.cli.conftest import CommandLine
from tests.cli.matrices import LOCKED


def cells(crossload: CommandLine, *options: str) -> list[str]:
    said = crossload("plan", "--json", *options)
    assert said.code == 0
    return [one.id for one in PlanDocument.model_validate_json(said.out).cells]


def test_the_shards_of_a_plan_are_the_plan(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    parts = [cells(crossload, "--shard", f"{number}/3") for number in (1, 2, 3)]
    assert all(parts)
    assert sorted(one for part in parts for one in part) == sorted(cells(crossload))


def test_the_table_states_what_is_repeated(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    said = crossload("plan", "--shards", "2")
    assert said.code == 0
    assert [line.split() for line in said.out.splitlines()[:3]] == [
        ["shard", "environments", "saves", "cells", "minutes"],
        ["1/2", "1", "2", "2", "0.3"],
        ["2/2", "1", "2", "2", "0.3"],
    ]
    assert said.words.endswith(
        "each file is saved once and each cell measured once; 1 environment built 2 times in "
        "all: 48% of the estimated time is repeated work"
    )


def test_github_gets_the_shards_that_have_work(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    said = crossload("plan", "--github-matrix", "--shards", "6")
    rows = json.loads(said.out)["include"]
    assert len(rows) == 4
    assert sum(row["cells"] for row in rows) == 4
    for row in rows:
        assert row["name"] == row["shard"].replace("/", "-of-")
        assert row["environments"] == 1
        assert len(cells(crossload, "--shard", row["shard"])) == row["cells"]


def test_a_short_run_is_one_shard(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    said = crossload("plan", "--github-matrix")
    expected = {"shard": "1/1", "name": "1-of-1", "environments": 1, "cells": 4}
    assert json.loads(said.out) == {"include": [expected]}


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "1/", "a/b", "1/300", "-1/2", "1/2/3"])
def test_a_shard_is_checked(crossload: CommandLine, shard: str) -> None:
    said = crossload("run", f"--shard={shard}")
    assert said.code == 2
    expected = f"{shard!r} is not a shard such as 2/8: K/N with K up to N, and N up to 256"
    assert said.err.splitlines()[-1] == f"crossload run: error: argument --shard: {expected}"


def test_a_number_of_shards_is_checked(crossload: CommandLine) -> None:
    said = crossload("plan", "--shards", "0")
    assert said.code == 2
    assert said.err.splitlines()[-1].endswith("'0' is not a number from 1 to 256")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--shards", "2", "--json"], "a list of shards has a form of its own"),
        (["--shards", "2", "--shard", "1/2"], "a list of shards has a form of its own"),
        (["--durations", "x"], "--durations is for dividing a run among machines"),
        (["--shards", "2", "--durations", "x"], "cannot read the export 'x': no such file"),
    ],
)
def test_options_that_do_not_go_together_are_reported(
    crossload: CommandLine, options: list[str], message: str
) -> None:
    crossload.matrix(LOCKED)
    said = crossload("plan", *options)
    assert said.code in {2, 5}
    assert said.err.splitlines()[0].startswith(f"crossload: {message}")


def test_a_shard_without_work_is_reported(crossload: CommandLine) -> None:
    crossload.matrix(LOCKED)
    empty = next(
        shard
        for shard in (f"{one}/6" for one in range(1, 7))
        if not cells(crossload, "--shard", shard)
    )
    said = crossload("run", "--shard", empty)
    assert said.code == 2
    assert "leave nothing to run" in said.err
