"""Which rows of the shipped matrix stand for versions, and where other rows would be among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.atlas import Atlas
from crossload.runner.bisection.line import Axis, line_of, place_of, with_ends
from crossload.runner.config.load import load_matrix
from crossload.runner.environments.model import Environment
from crossload.runner.environments.project import known_models
from crossload.runner.errors import UsageError
from tests.runs import MISSING

ROOT = Path(__file__).resolve().parent.parent.parent
ATLAS = Atlas.load()
EVERY = tuple(
    Environment(one.name, one, one.python or "3.11", None)
    for one in load_matrix(ROOT / "matrix.yaml", known_models=known_models()).environments
)
BY_NAME = {one.spec.name: one for one in EVERY}
TENSORFLOW, KERAS = line_of(EVERY, Axis.TENSORFLOW), line_of(EVERY, Axis.KERAS)


def names(line: tuple[Environment, ...]) -> list[str]:
    return [one.spec.name for one in line]


def test_every_minor_version_of_tensorflow_has_one_plain_row_in_order() -> None:
    found = names(TENSORFLOW)
    assert found[:4] == ["tf1.15", "tf2.0", "tf2.1", "tf2.2"]
    assert found[-3:] == ["tf2.19", "tf2.20", "tf2.21"]
    assert len(found) == 23
    assert {"tf2.6", "tf2.10", "tf2.15", "tf2.16", "tf2.18"} <= set(found)


def test_along_keras_tensorflow_stays_the_same() -> None:
    newer = [one for one in KERAS if (one.spec.keras or "").startswith("3")]
    assert len(newer) >= 15
    assert names(tuple(newer))[0] == "tf2.16-keras3.0"
    assert names(tuple(newer))[-1] == "tf2.16-keras3.15"
    assert {one.spec.tensorflow for one in newer} <= {"2.16.1", "2.16.2"}


def test_rows_that_cannot_be_are_left_out() -> None:
    gone = [
        one if one.spec.name != "tf2.10" else Environment(one.id, one.spec, "3.10", None, MISSING)
        for one in EVERY
    ]
    assert "tf2.10" not in names(line_of(gone, Axis.TENSORFLOW))
    assert "tf2.10-today" in names(line_of(gone, Axis.TENSORFLOW))


def test_a_named_row_takes_the_place_of_its_version() -> None:
    line = with_ends(TENSORFLOW, [("--bad", BY_NAME["tf2.16-newest"])], Axis.TENSORFLOW)
    assert len(line) == len(TENSORFLOW)
    assert "tf2.16-newest" in names(line)
    assert "tf2.16" not in names(line)


@pytest.mark.parametrize("name", ["keras3-jax", "tf2.21-tfkeras"])
def test_a_row_of_another_kind_cannot_be_an_end_of_the_line(name: str) -> None:
    with pytest.raises(UsageError, match=f"--good: {name} is not a version along tensorflow"):
        with_ends(TENSORFLOW, [("--good", BY_NAME[name]), ("--bad", None)], Axis.TENSORFLOW)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("tf2.10", "tf2.10"),
        ("tf2.10-today", "tf2.10"),
        ("tf2.3-h5py3", "tf2.3-h5py2"),
        ("tf2.21-tfkeras", "tf2.21"),
        ("keras2.3.1-tf1.15", "tf1.15"),
        ("keras2.2.4-theano", "tf1.15"),
        ("keras3-jax", "tf2.21"),
    ],
)
def test_any_row_has_a_place_among_the_versions_of_tensorflow(name: str, place: str) -> None:
    at = place_of(TENSORFLOW, BY_NAME[name], Axis.TENSORFLOW, ATLAS)
    assert TENSORFLOW[at].spec.name == place


@pytest.mark.parametrize(
    ("name", "version"), [("tf2.18", "3.6"), ("tf2.21", "3.15"), ("keras3-jax", "3.15")]
)
def test_any_row_has_a_place_among_the_versions_of_keras(name: str, version: str) -> None:
    at = place_of(KERAS, BY_NAME[name], Axis.KERAS, ATLAS)
    assert (KERAS[at].spec.keras or "").startswith(version)
