"""What the tests of environments share: specifications, stand-ins for interpreters and for uv."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TypeAlias

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.model import BuiltEnvironment, Environment, Interpreter
from crossload.runner.records import EnvironmentProblem

Program: TypeAlias = Callable[[str, str], Path]
MakeEnvironment: TypeAlias = Callable[..., Environment]


def this_interpreter() -> Interpreter:
    major, minor, micro = sys.version_info[:3]
    return Interpreter((major, minor, micro), Path(sys.executable).resolve(), Path(sys.base_prefix))


def problem_of(outcome: BuiltEnvironment | EnvironmentProblem | None) -> EnvironmentProblem:
    """The outcome, which must be a problem."""
    assert isinstance(outcome, EnvironmentProblem), outcome
    return outcome


def interpreter_of(environment: Environment) -> Interpreter:
    """The environment's interpreter, which must be there."""
    assert environment.interpreter is not None
    return environment.interpreter


def full_disk(free: int) -> Callable[[object], SimpleNamespace]:
    """Stands in for `shutil.disk_usage`; `free` in bytes."""
    return lambda _: SimpleNamespace(free=free)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Write an executable shell script."""

    def write(name: str, script: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


@pytest.fixture
def make_environment() -> MakeEnvironment:
    """An environment of this very interpreter, with the specification's values as given."""

    def make(name: str = "plain", **values: object) -> Environment:
        spec = EnvironmentSpec.model_validate({"name": name, **values})
        interpreter = this_interpreter()
        return Environment(spec.id_with(interpreter.minor), spec, interpreter.minor, interpreter)

    return make
