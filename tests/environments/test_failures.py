"""What cannot be resolved is believed for a day, and no longer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crossload.runner.environments import locking
from crossload.runner.environments.failures import recall, remember
from crossload.runner.environments.locking import ensure_lock
from crossload.runner.environments.model import Environment
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause, EnvironmentState
from tests.environments.conftest import MakeEnvironment

TODAY = date(2026, 1, 2)
TOMORROW = date(2026, 1, 3)


def problem(cause: EnvironmentCause, tail: str) -> EnvironmentProblem:
    return EnvironmentProblem(EnvironmentState.UNAVAILABLE, cause, "a", "b", tail)


CONFLICT = problem(EnvironmentCause.RESOLVE_FAILED, "No solution found")


def test_a_failure_is_remembered_for_its_wish_and_its_day(tmp_path: Path) -> None:
    remember(tmp_path, "wish", CONFLICT, TODAY)
    assert recall(tmp_path, "wish", TODAY) == CONFLICT
    assert recall(tmp_path, "wish", TOMORROW) is None
    assert recall(tmp_path, "other", TODAY) is None
    for file in tmp_path.iterdir():
        file.write_text("{")
    assert recall(tmp_path, "wish", TODAY) is None


def test_another_index_may_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(tmp_path, "wish", CONFLICT, TODAY)
    with monkeypatch.context() as patch:
        patch.setenv("UV_DEFAULT_INDEX", "https://other.example/simple")
        assert recall(tmp_path, "wish", TODAY) is None


@pytest.mark.parametrize(
    "moment",
    [
        problem(EnvironmentCause.RESOLVE_FAILED, "error sending request: dns error"),
        problem(EnvironmentCause.DISK_FULL, "No space left on device"),
        problem(EnvironmentCause.RESOLVE_FAILED, ""),
    ],
)
def test_what_depends_on_the_moment_is_forgotten(
    tmp_path: Path, moment: EnvironmentProblem
) -> None:
    remember(tmp_path, "wish", moment, TODAY)
    assert list(tmp_path.iterdir()) == []


def test_a_build_asks_the_resolver_once_a_day(
    tmp_path: Path, make_environment: MakeEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def make_lock(environment: Environment, _: Path) -> EnvironmentProblem:
        asked.append(environment.id)
        return CONFLICT

    monkeypatch.setattr(locking, "make_lock", make_lock)
    one, folders, failures = make_environment(), (tmp_path / "locks",), tmp_path / "failures"
    for day in (TODAY, TODAY, TOMORROW):
        assert ensure_lock(one, folders, failures=failures, today=day) == CONFLICT
    assert len(asked) == 2
