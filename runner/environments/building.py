"""Builds many environments: one nox process for each, several at a time, each on its own.

Owns the processes, their logs and their end, wanted or not. `sessions` and `installing` do the work
inside one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from crossload.runner.environments.adopted_facts import known_facts, look
from crossload.runner.environments.causes import disk_full, install_problem
from crossload.runner.environments.files import read_json, write_atomically
from crossload.runner.environments.holding import HolderWatch, forget, hold
from crossload.runner.environments.installing import clear
from crossload.runner.environments.lifeline import VARIABLE, lifeline
from crossload.runner.environments.locking import find_lock
from crossload.runner.environments.marker import built, problem_from
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import Project, problem_file
from crossload.runner.environments.tools import redact, tool_variables
from crossload.runner.records import EnvironmentProblem
from crossload.runner.shipped import import_root

_SESSIONS = Path(__file__).with_name("sessions.py")
_POLL_SECONDS = 0.1
# How long a build may take to end after each signal, so that all is over within 5 s.
_ENDING = ((signal.SIGINT, 2.0), (signal.SIGTERM, 1.0), (signal.SIGKILL, 1.0))

Outcome: TypeAlias = "BuiltEnvironment | EnvironmentProblem"


@dataclass(frozen=True)
class BuildResult:
    """What became of one environment, after how many seconds; `log` may not exist."""

    environment: Environment
    outcome: Outcome
    seconds: float
    log: Path


class Listener(Protocol):
    """Is notified of what happens, from the threads in which it happens."""

    def started(self, environment: Environment) -> None:
        """A build begins (never called for an environment that is up to date)."""

    def waiting(self, text: str) -> None:
        """A build waits for another process; the sentence says for which and for what."""

    def finished(self, result: BuildResult) -> None:
        """A build ended, well or not."""


class _Silence:
    def started(self, environment: Environment) -> None:
        del environment

    def waiting(self, text: str) -> None:
        del text

    def finished(self, result: BuildResult) -> None:
        del result


@dataclass(frozen=True)
class BuildOptions:
    """How to build: how many at a time, what to notify, and what stops it.

    `sessions` is the noxfile that has the `env` sessions.
    """

    jobs: int = 1
    listener: Listener | None = None
    stop: threading.Event | None = None
    sessions: Path = _SESSIONS


def log_file(project: Project, environment_id: str) -> Path:
    """The log of an environment's last build."""
    return project.home.logs / "env" / f"{environment_id}.log"


def build_all(
    environments: Sequence[Environment], project: Project, options: BuildOptions | None = None
) -> Generator[BuildResult, None, None]:
    """Build every environment that is not up to date; yields each result as it ends.

    One that cannot be built never stops the others. Once `options.stop` is set, or the iterator
    is closed, nothing new starts, running builds are ended, and nothing more is yielded. Close it
    (`contextlib.closing`): an exception in the loop over it, Ctrl-C above all, does not.
    """
    options = options or BuildOptions()
    pending: list[Environment] = []
    for environment in environments:
        outcome = present(environment, project)
        if outcome is None:
            pending.append(environment)
        else:
            yield BuildResult(environment, outcome, 0.0, log_file(project, environment.id))
    if not pending:
        return
    abandoned = threading.Event()
    stops = [event for event in (options.stop, abandoned) if event is not None]
    with ThreadPoolExecutor(max(1, options.jobs), "build") as pool, _set_at_the_end(abandoned):
        jobs = [pool.submit(_build, each, project, options, stops) for each in pending]
        for job in as_completed(jobs):
            result = job.result()
            if result is not None:
                yield result


@contextmanager
def _set_at_the_end(event: threading.Event) -> Generator[None, None, None]:
    try:
        yield
    finally:
        event.set()


def present(environment: Environment, project: Project) -> Outcome | None:
    """What is known without building anything; None if the environment has to be built."""
    if environment.problem is not None:
        return environment.problem
    if environment.adopted is not None:
        return known_facts(project.home.cache, environment)
    lock = find_lock(environment, project.lock_folders)
    return None if lock is None else built(project.home.envs, environment, lock)


def remove(project: Project, environment_id: str, waiting: Callable[[str], None]) -> bool:
    """Remove a built environment and its log; whether it was there.

    Args:
        project: whose environment.
        environment_id: which one.
        waiting: called with a sentence while another process builds it.

    Raises:
        OSError: it cannot be removed.
    """
    envs = project.home.envs
    prefix = envs / environment_id
    for path in (log_file(project, environment_id), problem_file(project, environment_id)):
        path.unlink(missing_ok=True)
    if not prefix.exists():
        return False
    with hold(envs, environment_id, waiting):
        clear(prefix)
    forget(envs, environment_id)
    return True


def _build(
    environment: Environment,
    project: Project,
    options: BuildOptions,
    stops: Sequence[threading.Event],
) -> BuildResult | None:
    if any(event.is_set() for event in stops):
        return None
    started = time.monotonic()
    listener = options.listener or _Silence()
    listener.started(environment)
    log = log_file(project, environment.id)
    if environment.adopted is not None:
        seen = look(project.home.cache, environment)
        result = BuildResult(environment, seen, time.monotonic() - started, log)
        listener.finished(result)
        return result
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output, lifeline() as line:
            process = _start(environment, project, options.sessions, (output.fileno(), line))
            stopped = _wait(
                process,
                stops,
                HolderWatch(project.home.envs, environment.id, process.pid, listener.waiting),
            )
        if stopped:
            return None
        text = redact(log.read_text("utf-8", "replace"))
        write_atomically(log, text)
    except OSError as error:
        outcome: Outcome = _os_problem(environment, error)
    else:
        outcome = _outcome(environment, project, text)
    result = BuildResult(environment, outcome, time.monotonic() - started, log)
    listener.finished(result)
    return result


def _start(
    environment: Environment, project: Project, sessions: Path, descriptors: tuple[int, int]
) -> subprocess.Popen[bytes]:
    """Start nox; the descriptors are those of its log and of its lifeline."""
    output, line = descriptors
    command = [sys.executable, "-m", "nox", "--nocolor", "--noxfile", str(sessions)]
    return subprocess.Popen(
        [*command, "--session", f"env({environment.id})"],
        cwd=import_root(),  # so that `crossload` is importable, installed or not
        env={**tool_variables(), **project.variables(), "NO_COLOR": "1", VARIABLE: str(line)},
        pass_fds=(line,),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # one signal reaches nox and the installer below it
    )


def _wait(
    process: subprocess.Popen[bytes], stops: Sequence[threading.Event], watch: HolderWatch
) -> bool:
    """Wait for the end of the build; whether it was brought about by a stop."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_SECONDS)
            return False
        watch.look()
        if any(event.is_set() for event in stops):
            _end(process)
            return True


def _end(process: subprocess.Popen[bytes]) -> None:
    for number, seconds in _ENDING:
        with suppress(OSError):  # it ended by itself in between
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            break
    with suppress(OSError):  # an installer that outlived nox
        os.killpg(process.pid, signal.SIGKILL)


def _outcome(environment: Environment, project: Project, log: str) -> Outcome:
    known = present(environment, project)
    if known is not None:
        return known
    with suppress(KeyError, ValueError):
        return problem_from(read_json(problem_file(project, environment.id)))
    return install_problem(environment.id, log)


def _os_problem(environment: Environment, error: OSError) -> EnvironmentProblem:
    text = f"{error.strerror} ({error})"
    problem = install_problem(environment.id, text)
    return disk_full(environment.id, text) if "No space left" in text else problem
