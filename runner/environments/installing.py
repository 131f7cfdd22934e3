"""Builds one environment: folder, packages by hash, import check, marker.

Owns the order of the steps and the installers' command lines; the caller (a nox session) runs the
commands. Nothing here decides when to build.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from crossload.runner.environments.causes import (
    disk_full,
    install_problem,
    is_compile_failure,
    is_network_failure,
)
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.holding import hold
from crossload.runner.environments.importing import ImportCheckStoppedError, check_import
from crossload.runner.environments.integrity import note_unlike_record
from crossload.runner.environments.libraries import link_libraries
from crossload.runner.environments.locking import locked_source
from crossload.runner.environments.marker import built, python_in, write_marker
from crossload.runner.environments.model import BuiltEnvironment, Environment, Lock
from crossload.runner.environments.requirements import pages_of
from crossload.runner.environments.tools import (
    find_links,
    tool_variables,
    uv_command,
    virtualenv_command,
    without_links,
)
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import Backend, EnvironmentCause, EnvironmentState

_SPARE_MB = 500
_UNKNOWN_MB = 200
# A read-only environment that is not byte-compiled imports TensorFlow three times slower.
_SYNC = ("--require-hashes", "--compile-bytecode", "--allow-empty-requirements")
_RETRY_SECONDS = (3.0, 10.0)


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code and everything it printed."""

    code: int
    output: str


Run = Callable[[Sequence[str], Mapping[str, str]], Ran]
Say = Callable[[str], None]
Outcome: TypeAlias = "BuiltEnvironment | EnvironmentProblem"


@dataclass(frozen=True)
class Workshop:
    """What building needs from its caller: where, a way to run commands and to say something."""

    envs: Path
    run: Run
    say: Say
    facts_script: Path | None = None


def install(environment: Environment, lock: Lock, shop: Workshop) -> Outcome:
    """Build the environment unless it is there; of two builders one builds, the other waits."""
    return held(
        environment,
        shop,
        lambda: built(shop.envs, environment, lock),
        lambda: _install(environment, lock, shop),
    )


def held(
    environment: Environment,
    shop: Workshop,
    known: Callable[[], Outcome | None],
    build: Callable[[], Outcome],
) -> Outcome:
    """What is known of an environment, else what building it comes to, while no other builds it."""
    if environment.problem is not None:
        return environment.problem
    shop.envs.mkdir(parents=True, exist_ok=True)
    with hold(shop.envs, environment.id, shop.say):
        present = known()
        if present is not None:
            shop.say(f"{environment.id} is up to date")
            return present
        try:
            return build()
        except ImportCheckStoppedError as error:
            return failed(environment, str(error))
        except OSError as error:
            return install_problem(environment.id, f"{error.strerror} ({error})")


def clear(prefix: Path) -> None:
    """Remove an environment's folder; it is gone at once, or not touched.

    Raises:
        OSError: it cannot be removed.
    """
    if not prefix.exists() and not prefix.is_symlink():
        return
    doomed = prefix.with_name(f".removed-{prefix.name}-{os.getpid()}")
    prefix.rename(doomed)
    shutil.rmtree(doomed)


def needed_mb(environment: Environment) -> int:
    """Estimate of what the built environment takes, in MB (10**6 bytes)."""
    if environment.adopted is not None:
        return 0
    spec, frameworks = environment.spec, load_frameworks()
    sizes = [_UNKNOWN_MB]
    if spec.tensorflow:
        sizes.append(frameworks.minor_of(spec.tensorflow).disk_mb)
    if spec.backend is not Backend.TENSORFLOW:
        sizes.append(frameworks.backends[spec.backend].disk_mb)
    return max(sizes)


def make_room(environment: Environment, shop: Workshop) -> EnvironmentProblem | None:
    """Clear the environment's folder; a problem if what comes there has no room."""
    prefix = shop.envs / environment.id
    if prefix.exists():
        shop.say(f"{environment.id} is incomplete, changed or out of date: rebuilding it")
    clear(prefix)
    free_mb, wanted_mb = shutil.disk_usage(shop.envs).free // 10**6, needed_mb(environment)
    if free_mb >= wanted_mb + _SPARE_MB:
        return None
    return disk_full(
        environment.id, needed=f"{free_mb} MB free, about {wanted_mb + _SPARE_MB} MB needed"
    )


def finish(environment: Environment, lock: Lock, shop: Workshop) -> Outcome:
    """Import the Keras of what was installed, and declare it built."""
    prefix = shop.envs / environment.id
    shop.say(f"importing Keras in {environment.id}")
    facts = check_import(environment, python_in(prefix), shop.facts_script)
    note_unlike_record(prefix)
    write_marker(shop.envs, environment, lock, facts)
    present = built(shop.envs, environment, lock)
    return present or failed(environment, "its folder changed while it was being built")


def _install(environment: Environment, lock: Lock, shop: Workshop) -> Outcome:
    problem = make_room(environment, shop)
    if problem is not None:
        return problem
    prefix = shop.envs / environment.id
    commands = _commands(environment, lock, prefix)
    if commands is None:
        return failed(environment, "neither uv nor virtualenv was found")
    for command in commands:
        ran = _with_retries(command, shop)
        if is_compile_failure(ran.output):
            # uv's compiler needs Python 3.7. That some file does not compile is no failure here.
            ran = Ran(0, shop.run(_compile_command(prefix), tool_variables()).output)
        if ran.code != 0:
            return install_problem(environment.id, ran.output)
    link_libraries(environment.spec.libraries, prefix)
    return finish(environment, lock, shop)


def failed(environment: Environment, reason: str) -> EnvironmentProblem:
    """The problem of an environment that was not built, for a reason that may pass."""
    return EnvironmentProblem(
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.INSTALL_FAILED,
        f"{environment.id!r} was not built: {reason}",
        "run it again",
    )


def _with_retries(command: Sequence[str], shop: Workshop) -> Ran:
    """Run it, again after network failures alone: a wrong hash stays wrong."""
    variables = {
        **tool_variables(),
        "NO_COLOR": "1",
        "UV_COMPILE_BYTECODE_TIMEOUT": "600",  # the default is too short for a busy machine
    }
    for pause in _RETRY_SECONDS:
        ran = shop.run(command, variables)
        if ran.code == 0 or not is_network_failure(ran.output):
            return ran
        if without_links(command) != list(command):
            command = without_links(command)  # what is configured here may have the build, too
            continue
        shop.say(f"no connection, trying again in {pause:.0f} s")
        time.sleep(pause)
    return shop.run(command, variables)


def _compile_command(prefix: Path) -> list[str]:
    """Compile what is installed with the environment's own means, as uv would have."""
    return [str(python_in(prefix)), "-I", "-m", "compileall", "-q", "-j", "0", str(prefix / "lib")]


def _commands(environment: Environment, lock: Lock, prefix: Path) -> list[list[str]] | None:
    assert environment.interpreter is not None
    base = str(environment.interpreter.path)
    allowed = [part for name in locked_source(lock.path) for part in ("--no-binary", name)]
    binary = ["--only-binary", ":all:", *allowed]
    binary += find_links(pages_of(environment.spec, load_frameworks()))
    python = str(python_in(prefix))
    uv, virtualenv = uv_command(), virtualenv_command()
    if uv is not None:
        never = "--no-python-downloads"
        return [
            [*uv, "venv", "--quiet", "--no-project", never, "--python", base, str(prefix)],
            [*uv, "pip", "sync", "--python", python, never, *_SYNC, *binary, str(lock.path)],
        ]
    if virtualenv is not None:
        pip = [python, "-I", "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
        return [
            [*virtualenv, "--quiet", "--python", base, str(prefix)],
            [*pip, "--require-hashes", *binary, "--requirement", str(lock.path)],
        ]
    return None
