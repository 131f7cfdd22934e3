"""The nox sessions `env(<id>)`, one for each environment of a matrix; a noxfile, and part of one.

Owns the sessions alone: `installing` has the steps of a build. The matrix and the home come from
the variables CROSSLOAD_MATRIX and CROSSLOAD_HOME.

Each session makes its virtual environment itself, under the home and behind a lock, so that nox's
own would be a second one: hence `venv_backend="none"`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import nox
from nox.command import CommandFailed

from crossload.runner.environments.conda import install_conda
from crossload.runner.environments.failures import FOLDER
from crossload.runner.environments.files import write_atomically
from crossload.runner.environments.installing import Outcome, Ran, Workshop, install
from crossload.runner.environments.lifeline import end_with_starter
from crossload.runner.environments.locking import ensure_lock
from crossload.runner.environments.marker import problem_as_json
from crossload.runner.environments.model import Environment
from crossload.runner.environments.project import (
    load_environments,
    problem_file,
    project_from_variables,
)
from crossload.runner.environments.tools import redact
from crossload.runner.errors import CrossloadError
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause

_PROJECT = project_from_variables(Path(os.environ.get("PWD", Path.cwd())))
end_with_starter(os.environ)


def _define(environments: Sequence[Environment]) -> None:
    @nox.session(name="env", venv_backend="none")
    @nox.parametrize("environment", [nox.param(each, id=each.id) for each in environments])
    def env(session: nox.Session, environment: Environment) -> None:
        """Build one environment, unless it is up to date."""
        _build(session, environment)


def _define_refusal(reason: str) -> None:
    @nox.session(name="env", venv_backend="none")
    def env(session: nox.Session) -> None:
        """Say what is wrong with the matrix; the other sessions work all the same."""
        session.error(reason)


def _build(session: nox.Session, environment: Environment) -> None:
    note = problem_file(_PROJECT, environment.id)
    with suppress(OSError):
        note.unlink()
    _PROJECT.home.prepare()
    problem = environment.problem
    if environment.adopted is not None:
        session.log(f"{environment.id} exists already and is used as it is")
    elif problem is None and environment.spec.conda is not None:
        problem = _problem_of(install_conda(environment, _PROJECT.lock_folders, _shop(session)))
    elif problem is None:
        failures = _PROJECT.home.cache / FOLDER
        lock = ensure_lock(environment, _PROJECT.lock_folders, failures=failures)
        if isinstance(lock, EnvironmentProblem):
            problem = lock
        else:
            problem = _problem_of(install(environment, lock, _shop(session)))
    if problem is None:
        return
    with suppress(OSError):  # on a full disk the log says it, too
        write_atomically(note, json.dumps(problem_as_json(problem)))
    text = "\n".join(part for part in (problem.message, problem.log_tail, problem.advice) if part)
    if problem.cause is EnvironmentCause.IMPORT_FAILED:
        session.warn(text)  # the build did its work: that it cannot be imported is the result
    else:
        session.error(text)


def _shop(session: nox.Session) -> Workshop:
    return Workshop(_PROJECT.home.envs, _runner(session), session.log)


def _problem_of(outcome: Outcome) -> EnvironmentProblem | None:
    return outcome if isinstance(outcome, EnvironmentProblem) else None


class _runner:  # noqa: N801  (a function with a memory of its session)
    """Run installers through nox, which ends them with the session, and keep what they print."""

    def __init__(self, session: nox.Session) -> None:
        self._session = session

    def __call__(self, command: Sequence[str], variables: Mapping[str, str]) -> Ran:
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            code = 0
            try:
                self._session.run(
                    *command,
                    env=variables,
                    include_outer_env=False,
                    external=True,
                    stdout=output,
                )
            except CommandFailed:
                code = 1
            output.seek(0)
            text = output.read()
        print(redact(text), end="", flush=True)  # noqa: T201  (a session's output is its log)
        return Ran(code, text)


try:
    _define(load_environments(_PROJECT))
except CrossloadError as error:
    _define_refusal(f"{error}\n{error.advice}")
