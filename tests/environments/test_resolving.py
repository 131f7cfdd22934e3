"""Which Python an environment takes, and what it says when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments import resolving
from crossload.runner.environments.model import Environment, Interpreter
from crossload.runner.environments.resolving import download_missing, resolve_environments
from crossload.runner.words import EnvironmentCause, EnvironmentState
from tests.environments.conftest import Program, problem_of


def interpreter(text: str) -> Interpreter:
    major, minor, micro = (int(part) for part in text.split("."))
    return Interpreter((major, minor, micro), Path(f"/opt/{text}/bin/python"), Path(f"/opt/{text}"))


MACHINE = tuple(interpreter(text) for text in ("3.13.0", "3.12.1", "3.11.7", "3.10.13", "3.7.16"))


@pytest.fixture(autouse=True)
def _on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "current_platform", lambda: "linux-x86_64")


def resolve(machine: tuple[Interpreter, ...] = MACHINE, **values: object) -> Environment:
    (one,) = resolve_environments(
        [EnvironmentSpec.model_validate({"name": "it", **values})], machine
    )
    return one


def test_auto_takes_the_newest_python_that_has_wheels() -> None:
    one = resolve(tensorflow="2.15.1")
    assert (one.id, one.python, one.problem) == ("it-py3.11", "3.11", None)
    assert one.interpreter == interpreter("3.11.7")


def test_auto_without_a_fitting_python_names_the_newest_and_how_to_get_it() -> None:
    one = resolve(machine=(interpreter("3.13.0"),), tensorflow="2.15.1")
    assert one.id == "it-py3.11"
    assert one.interpreter is None
    problem = problem_of(one.problem)
    assert problem.cause is EnvironmentCause.MISSING_INTERPRETER
    assert problem.state is EnvironmentState.UNAVAILABLE
    assert problem.message == "python 3.11 was not found on this machine"
    assert problem.advice == (
        "install it with `uv python install 3.11` or `pyenv install 3.11`, "
        "or let crossload do it with --download-pythons"
    )


def test_a_written_python_is_taken_as_it_is() -> None:
    assert resolve(tensorflow="2.15.1", python="3.10").id == "it-py3.10"


def test_a_python_without_wheels_is_impossible_and_the_others_are_named() -> None:
    problem = problem_of(resolve(tensorflow="2.15.1", python="3.13").problem)
    assert problem.state is EnvironmentState.IMPOSSIBLE
    assert problem.cause is EnvironmentCause.NO_WHEEL
    assert problem.message == "TensorFlow 2.15.1 has no build for Python 3.13"
    assert "Python 3.9, 3.10, 3.11;" in problem.advice


def test_on_other_platforms_the_resolver_decides_what_is_impossible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resolving, "current_platform", lambda: "macos-arm64")
    assert resolve(tensorflow="2.15.1", python="3.13").problem is None


def test_a_version_newer_than_the_data_takes_the_pythons_of_the_newest_known() -> None:
    one = resolve(tensorflow="2.99.0")
    assert (one.python, one.problem) == ("3.13", None)
    assert resolve(tensorflow="2.99.0", python="3.12").problem is None


def test_a_backend_limits_the_pythons() -> None:
    one = resolve(keras="2.2.4", api="keras", backend="theano")
    assert one.python == "3.7"


def test_versions_without_a_common_python_are_impossible() -> None:
    problem = problem_of(resolve(tensorflow="2.21.0", backend="theano").problem)
    assert problem.state is EnvironmentState.IMPOSSIBLE
    assert problem.message == "TensorFlow 2.21.0 and the backend theano have no Python in common"


def test_without_a_framework_auto_is_the_newest_interpreter() -> None:
    assert resolve(packages={"six": "1.16.0"}).python == "3.13"


def test_missing_pythons_are_downloaded_once_each(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = program("uv", 'test "$3" != 3.9 || { echo "no network" >&2; exit 1; }')
    monkeypatch.setattr(resolving, "uv_command", lambda: (str(uv),))
    specs = [
        EnvironmentSpec(name=f"e{index}", tensorflow="2.15.1", python=python)
        for index, python in enumerate(("3.11", "3.11", "3.9"))
    ]
    assert download_missing(resolve_environments(specs, ())) == {"3.11": "", "3.9": "no network"}


def test_no_python_is_downloaded_for_an_environment_that_brings_its_own(tmp_path: Path) -> None:
    spec = EnvironmentSpec(name="mine", interpreter=str(tmp_path / "gone" / "bin" / "python"))
    (environment,) = resolve_environments([spec], ())
    assert problem_of(environment.problem).cause is EnvironmentCause.MISSING_INTERPRETER
    assert download_missing([environment]) == {}
