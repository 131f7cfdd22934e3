"""What a look at an existing environment found is remembered until the environment changes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from crossload.runner.environments import adopted_facts
from crossload.runner.environments.adopted_facts import known_facts, look
from crossload.runner.environments.causes import import_problem
from crossload.runner.environments.marker import Facts
from crossload.runner.environments.model import Adopted, BuiltEnvironment, Environment
from tests.environments.conftest import MakeEnvironment, problem_of


@pytest.fixture
def environment(make_environment: MakeEnvironment, tmp_path: Path) -> Environment:
    adopted = Adopted(tmp_path / "bin" / "python", tmp_path, "digest of what is installed")
    return dataclasses.replace(make_environment("mine"), adopted=adopted)


def say(monkeypatch: pytest.MonkeyPatch, facts: Facts) -> None:
    monkeypatch.setattr(adopted_facts, "check_import", lambda *_: facts)


def test_versions_are_remembered(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert known_facts(tmp_path, environment) is None
    say(monkeypatch, Facts({"keras": "3.1.1"}, 4.5))
    seen = look(tmp_path, environment)
    assert isinstance(seen, BuiltEnvironment)
    assert (seen.prefix, seen.versions, seen.import_seconds) == (
        tmp_path, (("keras", "3.1.1"),), 4.5,
    )  # fmt: skip
    assert known_facts(tmp_path, environment) == seen
    assert environment.adopted is not None
    changed = dataclasses.replace(environment.adopted, installed="another")
    assert known_facts(tmp_path, dataclasses.replace(environment, adopted=changed)) is None


def test_a_failed_import_is_tried_again(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, Facts({}, 0.0, import_problem(environment.id, "ImportError: x", "")))
    problem = problem_of(look(tmp_path, environment))
    assert problem.message == f"the Keras of {environment.id!r} cannot be imported: ImportError: x"
    assert known_facts(tmp_path, environment) is None
