"""Which executables count as interpreters, and that nobody is asked twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from crossload.runner.environments import interpreters
from crossload.runner.environments.interpreters import find_interpreters
from crossload.runner.environments.model import Interpreter
from tests.environments.conftest import Program

ANSWER = (
    '{"version": [3, 9, 18], "level": "final", "prefix": "/p", "base": "/p", "path": "%s",'
    ' "implementation": "CPython", "bits": 64, "no_gil": false, "real_prefix": false}'
)


def answering(
    program: Program, name: str = "python", change: tuple[str, str] | None = None
) -> Path:
    """An interpreter that gives the answer, with a part of it replaced."""
    text = ANSWER % "/bin/sh"
    if change is not None:
        assert change[0] in text
        text = text.replace(*change)
    return program(name, f"echo x >> '{name}.asked'; echo '{text}'".replace("'python", "'./python"))


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(tmp_path: Path, *paths: Path) -> tuple[Interpreter, ...]:
    (tmp_path / "cache").mkdir(exist_ok=True)
    return find_interpreters(tmp_path / "cache" / "interpreters.json", paths)


def test_this_interpreter_is_found_with_its_version_path_and_prefix(tmp_path: Path) -> None:
    real = Path(sys.executable).resolve()
    (one,) = found(tmp_path, real)
    assert one.version == sys.version_info[:3]
    assert one.path.samefile(real)
    assert str(one.prefix) == sys.base_prefix
    assert one.full == ".".join(map(str, sys.version_info[:3]))


def test_a_virtual_environment_is_left_out(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    assert found(tmp_path, tmp_path / "venv" / "bin" / "python") == ()


def test_a_shim_is_resolved_to_the_interpreter_behind_it(tmp_path: Path, program: Program) -> None:
    real = Path(sys.executable).resolve()
    shim = program("shims/python3", f'exec "{real}" "$@"')
    (one,) = found(tmp_path, shim)
    assert one.path == real


def test_broken_interpreters_are_skipped(tmp_path: Path, program: Program) -> None:
    paths = [
        program("exits", "exit 1"),
        program("babbles", "echo hello"),
        program("lies", "echo '{}'"),
        tmp_path / "absent",
    ]
    assert found(tmp_path, *paths) == ()


def test_a_hanging_interpreter_is_skipped_and_ended_with_its_children(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreters, "_TIMEOUT_SECONDS", 0.3)
    assert found(tmp_path, program("hangs", "sleep 60.125; touch hangs.ended")) == ()
    assert not (tmp_path / "hangs.ended").exists()
    commands = [process.info["cmdline"] for process in psutil.process_iter(["cmdline"])]
    assert ["sleep", "60.125"] not in commands


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(('"final"', '"candidate"'), id="release candidate"),
        pytest.param(('"CPython"', '"PyPy"'), id="other implementation"),
        pytest.param(('"bits": 64', '"bits": 32'), id="32 bit"),
        pytest.param(('"no_gil": false', '"no_gil": true'), id="free-threaded"),
        pytest.param(('"real_prefix": false', '"real_prefix": true'), id="old virtualenv"),
    ],
)
def test_an_interpreter_without_wheels_is_left_out(
    tmp_path: Path, program: Program, change: tuple[str, str]
) -> None:
    assert len(found(tmp_path, answering(program))) == 1
    assert found(tmp_path, answering(program, "python-other", change)) == ()


def test_the_second_search_starts_no_interpreter(tmp_path: Path, program: Program) -> None:
    path = answering(program)
    broken = program("python-broken", "echo x >> ./python-broken.asked; exit 1")
    assert found(tmp_path, path, broken) == found(tmp_path, path, broken)
    assert (tmp_path / "python.asked").read_text() == "x\n"
    assert (tmp_path / "python-broken.asked").read_text() == "x\n"


def test_a_changed_executable_is_asked_again(tmp_path: Path, program: Program) -> None:
    path = answering(program)
    found(tmp_path, path)
    os.utime(path, (1, 1))
    found(tmp_path, path)
    assert (tmp_path / "python.asked").read_text() == "x\nx\n"


def test_a_failure_is_not_believed_for_ever(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = program("python-broken", "echo x >> ./python-broken.asked; exit 1")
    found(tmp_path, broken)
    monkeypatch.setattr(interpreters, "_FAILURE_LASTS_SECONDS", 0.0)
    found(tmp_path, broken)
    assert (tmp_path / "python-broken.asked").read_text() == "x\nx\n"


def test_a_damaged_cache_is_ignored(tmp_path: Path, program: Program) -> None:
    path = answering(program)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "interpreters.json").write_text('{"format": 1, "exec')
    assert len(found(tmp_path, path)) == 1


def test_newest_comes_first_and_one_installation_counts_once(
    tmp_path: Path, program: Program
) -> None:
    older = answering(program, "python-a", ("[3, 9, 18]", "[3, 8, 1]"))
    newer = answering(program, "python-b")
    again = answering(program, "python-c")
    assert [one.minor for one in found(tmp_path, older, newer, again)] == ["3.9", "3.8"]


def test_a_second_search_of_the_whole_machine_starts_no_process(
    known_interpreters: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **_: started.append(args))
    assert sys.version_info[:3] in [one.version for one in find_interpreters(known_interpreters)]
    assert started == []
