"""A framework that was never released is found before anything is resolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from packaging.version import Version

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.releases.existence import unreleased
from tests.runs import A

VERSIONS = ("2.15.0", "2.15.1", "2.16.1", "2.30.0rc0")


class Index:
    """Answers with these versions, and remembers what it was asked for."""

    def __init__(self, versions: Sequence[str] | None) -> None:
        self.versions = versions
        self.asked: list[str] = []

    def __call__(self, project: str) -> Sequence[Version] | None:
        self.asked.append(project)
        return None if self.versions is None else [Version(one) for one in self.versions]


def message(index: Index, **spec: str) -> str | None:
    wanted = EnvironmentSpec(name="mine", python="3.11", **spec)  # type: ignore[arg-type]  # texts, as a matrix has them
    problem = unreleased(replace(A, spec=wanted), index)
    return None if problem is None else problem.message


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"tensorflow": "99.0"}, "there is no TensorFlow 99.0; the newest is 2.16.1"),
        (
            {"tensorflow": "2.16.9"},
            "there is no TensorFlow 2.16.9; the newest is 2.16.1",
        ),
        (
            {"tensorflow": "2.15.1", "keras": "9.9"},
            "there is no Keras 9.9; the newest is 2.16.1",
        ),
    ],
    ids=["tensorflow", "patch", "keras"],
)
def test_what_no_index_has_is_named(spec: dict[str, str], text: str) -> None:
    assert message(Index(VERSIONS), **spec) == text


def test_a_version_that_is_known_is_not_asked_for() -> None:
    index = Index(())
    assert message(index, tensorflow="2.15.1") is None
    assert message(index, tensorflow="2.15") is None
    assert index.asked == []


@pytest.mark.parametrize("version", ["2.30", "2.30.0"])
def test_a_version_that_an_index_has_is_none_of_these(version: str) -> None:
    assert message(Index(VERSIONS), tensorflow=version) is None


@pytest.mark.parametrize("versions", [None, ()], ids=["no answer", "an empty one"])
def test_without_an_answer_nothing_is_claimed(versions: Sequence[str] | None) -> None:
    assert message(Index(versions), tensorflow="99.0") is None
