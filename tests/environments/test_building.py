"""Many builds, each its own nox process: real processes, sessions that pretend."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest

from crossload.runner.environments import building
from crossload.runner.environments.building import (
    BuildOptions,
    BuildResult,
    build_all,
    log_file,
    present,
    remove,
)
from crossload.runner.environments.model import Environment
from crossload.runner.environments.project import Project, make_project, problem_file
from crossload.runner.environments.resolving import missing_interpreter
from crossload.runner.home import Home
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause
from tests.environments.conftest import MakeEnvironment, problem_of

NOXFILE = """
import json, os, pathlib, subprocess, sys, time
import nox

home = pathlib.Path(os.environ["CROSSLOAD_HOME"])

@nox.session(venv_backend="none")
@nox.parametrize("name", [nox.param(name, id=name + "-py{minor}") for name in NAMES])
def env(session, name):
    (home / (name + ".ran")).write_text(json.dumps(dict(os.environ)))
    if name == "noted":
        note = home / "logs" / "env" / "noted-py{minor}.json"
        note.write_text(json.dumps(dict(state="unavailable", cause="hash-mismatch",
                                        message="m", advice="a", log_tail="t")))
        session.error("bad")
    if name == "slow":
        subprocess.run(["sleep", "60.25"])
        (home / "slow.ended").touch()
    if name == "plain":
        session.error("https://me:secret@host/simple: no space left on device")
    session.error("x")
"""


class Listener:
    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def started(self, environment: Environment) -> None:
        self.events.append(("started", environment.id))

    def waiting(self, text: str) -> None:
        self.events.append(("waiting", text))

    def finished(self, result: BuildResult) -> None:
        self.events.append(("finished", result.environment.id))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = make_project(tmp_path / "matrix.yaml", Home(tmp_path / "home"))
    made.home.prepare()
    return made


@pytest.fixture
def sessions(tmp_path: Path, make_environment: MakeEnvironment) -> Path:
    path = tmp_path / "fake_noxfile.py"
    names = ["noted", "plain", "slow", "other"]
    minor = make_environment().python
    path.write_text(NOXFILE.replace("NAMES", repr(names)).replace("{minor}", minor))
    return path


def problems(results: Iterable[BuildResult]) -> dict[str, EnvironmentProblem]:
    return {each.environment.spec.name: problem_of(each.outcome) for each in results}


def test_every_failure_is_reported_with_its_cause_and_stops_no_other_build(
    project: Project, sessions: Path, make_environment: MakeEnvironment
) -> None:
    listener = Listener()
    environments = [make_environment(name) for name in ("plain", "noted", "other")]
    options = BuildOptions(jobs=2, listener=listener, sessions=sessions)
    found = problems(build_all(environments, project, options))
    assert found["noted"].cause is EnvironmentCause.HASH_MISMATCH
    assert found["plain"].cause is EnvironmentCause.DISK_FULL
    assert found["other"].cause is EnvironmentCause.INSTALL_FAILED
    assert sorted(listener.events) == sorted(
        (kind, each.id) for each in environments for kind in ("started", "finished")
    )


def test_each_build_has_a_log_without_secrets(
    project: Project, sessions: Path, make_environment: MakeEnvironment
) -> None:
    one = make_environment("plain")
    (result,) = build_all([one], project, BuildOptions(sessions=sessions))
    assert result.log == log_file(project, one.id)
    text = result.log.read_text()
    assert "https://***@host/simple" in text
    assert "secret" not in text
    assert "https://***@host/simple" in problem_of(result.outcome).log_tail


def test_a_build_sees_its_project_and_no_secrets(
    project: Project,
    sessions: Path,
    make_environment: MakeEnvironment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    list(build_all([make_environment("other")], project, BuildOptions(sessions=sessions)))
    seen = (project.home.root / "other.ran").read_text()
    assert f'"CROSSLOAD_MATRIX": "{project.matrix}"' in seen
    assert "AWS_SECRET_ACCESS_KEY" not in seen


def test_a_known_problem_is_reported_without_starting_a_process(
    project: Project, make_environment: MakeEnvironment
) -> None:
    one = dataclasses.replace(make_environment(), problem=missing_interpreter("3.9"))
    (result,) = build_all([one], project, BuildOptions(sessions=Path("/nowhere")))
    assert result.outcome == one.problem
    assert present(one, project) == one.problem


def wait_for(path: Path) -> None:
    for _ in range(2400):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(path)


def assert_slow_was_ended(project: Project) -> None:
    assert not (project.home.root / "slow.ended").exists()
    commands = [process.info["cmdline"] for process in psutil.process_iter(["cmdline"])]
    assert ["sleep", "60.25"] not in commands


def test_a_stop_ends_running_builds_with_their_children_and_starts_no_new_ones(
    project: Project, sessions: Path, make_environment: MakeEnvironment
) -> None:
    stop = threading.Event()
    options = BuildOptions(stop=stop, sessions=sessions)
    environments = [make_environment("slow"), make_environment("other")]
    results: list[BuildResult] = []
    thread = threading.Thread(
        target=lambda: results.extend(build_all(environments, project, options))
    )
    thread.start()
    wait_for(project.home.root / "slow.ran")
    stop.set()
    thread.join()
    assert results == []
    assert_slow_was_ended(project)
    assert not (project.home.root / "other.ran").exists()


def test_closing_the_iterator_ends_what_runs(
    project: Project, sessions: Path, make_environment: MakeEnvironment
) -> None:
    options = BuildOptions(jobs=2, sessions=sessions)
    running = build_all([make_environment("slow"), make_environment("other")], project, options)
    assert next(running).environment.spec.name == "other"
    wait_for(project.home.root / "slow.ran")
    running.close()
    assert_slow_was_ended(project)


def test_a_log_that_cannot_be_written_is_a_problem_of_that_environment(
    project: Project, sessions: Path, make_environment: MakeEnvironment
) -> None:
    (project.home.logs / "env").write_text("a file")
    (result,) = build_all([make_environment()], project, BuildOptions(sessions=sessions))
    assert problem_of(result.outcome).cause is EnvironmentCause.INSTALL_FAILED


def test_removing_takes_folder_log_and_note(
    project: Project, make_environment: MakeEnvironment
) -> None:
    one = make_environment()
    prefix = project.home.envs / one.id
    (prefix / "bin").mkdir(parents=True)
    for path in (log_file(project, one.id), problem_file(project, one.id)):
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert remove(project, one.id, print)
    assert not remove(project, one.id, print)
    assert list((project.home.envs).iterdir()) == []
    assert list((project.home.logs / "env").iterdir()) == []


def test_the_shipped_sessions_are_next_to_the_code() -> None:
    assert building._SESSIONS.is_file()
