"""The steps of building one environment, with installers that only pretend."""

from __future__ import annotations

import dataclasses
import functools
import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from crossload.runner.environments import installing
from crossload.runner.environments.installing import Ran, Workshop, clear, install, needed_mb
from crossload.runner.environments.libraries import link_libraries
from crossload.runner.environments.locking import read_lock
from crossload.runner.environments.marker import built
from crossload.runner.environments.model import BuiltEnvironment, Environment, Lock
from crossload.runner.environments.resolving import missing_interpreter
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause
from tests.environments.conftest import MakeEnvironment, full_disk, interpreter_of, problem_of

FACTS = """import json, sys
json.dump({"python": "3", "versions": {"six": "1"}, "import_seconds": 0.5},
          open(sys.argv[sys.argv.index("--out") + 1], "w"))
"""


class Installer:
    """Makes what the real tools would make; fails with `failures`, one a call, before that."""

    def __init__(self, environment: Environment, failures: Iterable[str] = ()) -> None:
        self.environment = environment
        self.failures = list(failures)
        self.commands: list[list[str]] = []
        self.variables: list[dict[str, str]] = []

    def __call__(self, command: Sequence[str], variables: Mapping[str, str]) -> Ran:
        self.commands.append(list(command))
        self.variables.append(dict(variables))
        if "venv" in command or "virtualenv" in command:
            prefix = Path(command[-1])
            (prefix / "bin").mkdir(parents=True)
            (prefix / "bin" / "python").symlink_to(interpreter_of(self.environment).path)
            (prefix / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
        elif self.failures:
            return Ran(1, self.failures.pop(0))
        return Ran(0, "")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "_RETRY_SECONDS", (0.0, 0.0))


@pytest.fixture
def environment(make_environment: MakeEnvironment) -> Environment:
    return make_environment()


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    path = tmp_path / "lock.txt"
    title = "# crossload lock, format 1; made by `crossload lock`, not by hand"
    path.write_text(f"{title}\n# specification: x\n# built from source: gast\nsix==1.16.0\n")
    lock = read_lock(path)
    assert lock is not None
    return lock


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    script = tmp_path / "facts.py"
    script.write_text(FACTS)
    return script


class Build:
    """Builds with the given installer; remembers what was said."""

    def __init__(self, envs: Path, lock: Lock, facts: Path) -> None:
        self.said: list[str] = []
        self._envs, self._lock, self._facts = envs, lock, facts

    def __call__(self, installer: Installer) -> BuiltEnvironment | EnvironmentProblem:
        shop = Workshop(self._envs, installer, self.said.append, self._facts)
        return install(installer.environment, self._lock, shop)


@pytest.fixture
def build(tmp_path: Path, lock: Lock, facts: Path) -> Build:
    return Build(tmp_path / "envs", lock, facts)


def test_it_makes_installs_by_hash_checks_and_marks(
    tmp_path: Path, environment: Environment, lock: Lock, build: Build
) -> None:
    installer = Installer(environment)
    one = build(installer)
    assert isinstance(one, BuiltEnvironment)
    assert one.versions == (("python", "3"), ("six", "1"))
    venv, sync = installer.commands
    assert venv[1:] == [
        *("venv", "--quiet", "--no-project", "--no-python-downloads"),
        *("--python", str(interpreter_of(environment).path)),
        str(tmp_path / "envs" / environment.id),
    ]
    assert sync[1:3] == ["pip", "sync"]
    for option in ("--require-hashes", "--compile-bytecode", "--no-python-downloads"):
        assert option in sync
    assert sync[-5:] == ["--only-binary", ":all:", "--no-binary", "gast", str(lock.path)]
    assert built(tmp_path / "envs", environment, lock) == one


def test_an_up_to_date_environment_is_left_alone_and_reported(
    environment: Environment, build: Build
) -> None:
    build(Installer(environment))
    second = Installer(environment)
    assert isinstance(build(second), BuiltEnvironment)
    assert second.commands == []
    assert build.said[-1] == f"{environment.id} is up to date"


def test_what_is_half_built_is_built_from_scratch(
    tmp_path: Path, environment: Environment, build: Build
) -> None:
    leftover = tmp_path / "envs" / environment.id / "leftover"
    leftover.mkdir(parents=True)
    assert isinstance(build(Installer(environment)), BuiltEnvironment)
    assert not leftover.exists()
    assert build.said[0] == (
        f"{environment.id} is incomplete, changed or out of date: rebuilding it"
    )
    assert not list((tmp_path / "envs").glob(".removed-*"))


def test_installers_see_no_secrets(
    environment: Environment, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    installer = Installer(environment)
    build(installer)
    assert all("SECRET" not in variables for variables in installer.variables)
    assert installer.variables[0]["UV_COMPILE_BYTECODE_TIMEOUT"] == "600"


def test_a_network_failure_is_tried_three_times(environment: Environment, build: Build) -> None:
    assert isinstance(build(Installer(environment, ["dns error"] * 2)), BuiltEnvironment)
    clear_all = Installer(environment, ["dns error"] * 3)
    assert isinstance(build(clear_all), BuiltEnvironment)  # up to date: nothing was run
    assert clear_all.commands == []


def test_three_network_failures_are_a_problem_and_leave_no_marker(
    tmp_path: Path, environment: Environment, build: Build
) -> None:
    installer = Installer(environment, ["dns error"] * 3)
    problem = problem_of(build(installer))
    assert problem.cause is EnvironmentCause.INSTALL_FAILED
    assert len(installer.commands) == 4
    assert not (tmp_path / "envs" / environment.id / "crossload.json").exists()


def test_a_wrong_hash_is_never_tried_again(environment: Environment, build: Build) -> None:
    installer = Installer(environment, ["Hash mismatch for `six` (timed out)"])
    problem = problem_of(build(installer))
    assert problem.cause is EnvironmentCause.HASH_MISMATCH
    assert problem.message == (
        f"a package of {environment.id!r} is not the file that its lock names"
    )
    assert len(installer.commands) == 2


def test_a_failed_import_is_built_once(environment: Environment, build: Build, facts: Path) -> None:
    facts.write_text("raise SystemExit(5)")
    first = problem_of(build(Installer(environment)))
    assert first.cause is EnvironmentCause.IMPORT_FAILED
    second = Installer(environment)
    assert build(second) == first
    assert second.commands == []


def test_a_killed_import_check_is_not_a_result(
    tmp_path: Path, environment: Environment, build: Build, facts: Path
) -> None:
    facts.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    problem = problem_of(build(Installer(environment)))
    assert problem.cause is EnvironmentCause.INSTALL_FAILED
    assert problem.message == (
        f"{environment.id!r} was not built: the import check ended with signal 9"
    )
    assert not (tmp_path / "envs" / environment.id / "crossload.json").exists()


def test_too_little_space_is_reported_before_anything_is_installed(
    environment: Environment, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", full_disk(300 * 10**6))
    installer = Installer(environment)
    problem = problem_of(build(installer))
    assert problem.cause is EnvironmentCause.DISK_FULL
    assert problem.message == (
        f"there is not enough disk space for {environment.id!r} (300 MB free, about 700 MB needed)"
    )
    assert installer.commands == []


def test_an_environment_with_a_problem_is_not_touched(
    tmp_path: Path, build: Build, environment: Environment
) -> None:
    missing = dataclasses.replace(environment, interpreter=None, problem=missing_interpreter("3.9"))
    assert build(Installer(missing)) == missing.problem
    assert not (tmp_path / "envs").exists()


def test_of_two_builders_one_builds_and_the_other_waits(
    environment: Environment, build: Build
) -> None:
    entered, go = threading.Event(), threading.Event()

    class Slow(Installer):
        def __call__(self, command: Sequence[str], variables: Mapping[str, str]) -> Ran:
            entered.set()
            assert go.wait(10)
            return super().__call__(command, variables)

    first, second = Slow(environment), Installer(environment)
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda one=installer: results.append(build(one)))
        for installer in (first, second)
    ]
    threads[0].start()
    assert entered.wait(10)
    threads[1].start()
    go.set()
    for thread in threads:
        thread.join(20)
    assert results[0] == results[1]
    assert (len(first.commands), len(second.commands)) == (2, 0)


def test_without_uv_virtualenv_and_pip_stand_in(
    environment: Environment, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "uv_command", lambda: None)
    monkeypatch.setattr(installing, "virtualenv_command", lambda: ("virtualenv",))
    installer = Installer(environment)
    assert isinstance(build(installer), BuiltEnvironment)
    assert installer.commands[0][:2] == ["virtualenv", "--quiet"]
    for option in ("--require-hashes", "--no-deps", "--no-input"):
        assert option in installer.commands[1]


def test_with_neither_it_says_so(
    environment: Environment, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "uv_command", lambda: None)
    monkeypatch.setattr(installing, "virtualenv_command", lambda: None)
    assert problem_of(build(Installer(environment))).message == (
        f"{environment.id!r} was not built: neither uv nor virtualenv was found"
    )


def test_sizes_are_estimated_from_the_framework(make_environment: MakeEnvironment) -> None:
    assert needed_mb(make_environment()) == 200
    assert needed_mb(make_environment(tensorflow="2.15.1")) == 1200


def test_clearing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    clear(tmp_path / "absent")


def test_what_uv_cannot_compile_the_environment_compiles(
    environment: Environment, build: Build
) -> None:
    installer = Installer(environment, ["error: Failed to bytecode-compile Python file in: x"])
    assert isinstance(build(installer), BuiltEnvironment)
    assert installer.commands[2][1:4] == ["-I", "-m", "compileall"]
    assert len(installer.commands) == 3


def test_the_libraries_of_the_machine_are_linked(
    make_environment: MakeEnvironment, tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "libnew.so.40"
    real.write_bytes(b"")
    monkeypatch.setattr(
        installing,
        "link_libraries",
        functools.partial(link_libraries, find=lambda name: tmp_path / name),
    )
    one = build(Installer(make_environment(libraries={"libold.so.1": "libnew.so.40"})))
    assert isinstance(one, BuiltEnvironment)
    assert (one.prefix / "libraries" / "libold.so.1").resolve() == real


def test_a_page_of_builds_that_cannot_be_reached_is_left_out(
    make_environment: MakeEnvironment, build: Build
) -> None:
    environment = make_environment(keras="3.15.1", api="keras", backend="torch")
    installer = Installer(environment, ["client error (Connect): dns error"])
    assert isinstance(build(installer), BuiltEnvironment)
    pages = [
        [part for part in command if part.startswith("--find-links=https://")]
        for command in installer.commands
    ]
    assert [len(each) for each in pages] == [0, 1, 0]
