"""The marker of a built environment: written last, read to know that nothing needs building.

Owns an environment's digest, what the marker holds, and the cheap test whether what it says is
still so. A marker that is damaged or of another format counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossload.runner.environments.files import read_json, write_atomically
from crossload.runner.environments.libraries import are_linked
from crossload.runner.environments.model import (
    BuiltEnvironment,
    Environment,
    Lock,
    current_platform,
)
from crossload.runner.environments.variables import probe_variables
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause, EnvironmentState

MARKER = "crossload.json"
_FORMAT = 1
_BUILD_RECIPE = 1  # raise it when every environment should be built anew


@dataclass(frozen=True)
class Facts:
    """What the import check found: versions by package name, seconds; or why it failed."""

    versions: Mapping[str, str]
    import_seconds: float
    problem: EnvironmentProblem | None = None


def environment_digest(environment: Environment, lock: Lock, *, platform: str = "") -> str:
    """Identity of the environment: equal digests, equal results; by default on this platform."""
    return _digest(environment, {"recipe": _BUILD_RECIPE, "lock": lock.digest}, platform)


def adopted_digest(environment: Environment) -> str:
    """Identity of an existing environment: what is installed in it, wherever it is."""
    assert environment.adopted is not None
    return _digest(environment, {"installed": environment.adopted.installed}, "")


def _digest(environment: Environment, packages: Mapping[str, object], platform: str) -> str:
    interpreter = environment.interpreter
    subject: dict[str, object] = {
        **packages,
        "python": interpreter.full if interpreter else environment.python,
        "platform": platform or current_platform(),
        "api": str(environment.spec.api),
        "backend": str(environment.spec.backend),
        "variables": probe_variables(environment.spec),
    }
    if environment.spec.libraries:
        subject["libraries"] = dict(environment.spec.libraries)
    return hashlib.sha256(json.dumps(subject, sort_keys=True).encode()).hexdigest()


def built(
    envs: Path, environment: Environment, lock: Lock
) -> BuiltEnvironment | EnvironmentProblem | None:
    """The environment as its marker tells; None if it has to be built (again).

    A problem is the environment's own (its Python is missing, ...) or an import that failed,
    which is a result like any other and not tried again.
    """
    if environment.problem is not None or not environment.has_python:
        return environment.problem
    prefix = envs / environment.id
    marker = read_json(prefix / MARKER)
    digest = environment_digest(environment, lock)
    try:
        intact = (
            marker.get("format") == _FORMAT
            and marker.get("digest") == digest
            and marker.get("interpreter") == _stamp(environment)
            and python_in(prefix).exists()
            and are_linked(environment.spec.libraries, prefix)
            and marker.get("seal") == _seal(prefix)
        )
        if not intact:
            return None
        if marker["problem"] is not None:
            return problem_from(marker["problem"])
        versions = tuple((str(name), str(text)) for name, text in marker["versions"].items())
        seconds = float(marker["import_seconds"])
    except (OSError, KeyError, TypeError, ValueError, AttributeError):
        return None
    return BuiltEnvironment(
        environment=environment,
        digest=digest,
        prefix=prefix,
        python=python_in(prefix),
        base_prefix=environment.interpreter.prefix if environment.interpreter else prefix,
        versions=versions,
        import_seconds=seconds,
    )


def write_marker(envs: Path, environment: Environment, lock: Lock, facts: Facts) -> None:
    """Declare the environment built; the last step of building it.

    Raises:
        OSError: the disk is full or the folder gone.
    """
    assert environment.has_python
    prefix = envs / environment.id
    content = {
        "format": _FORMAT,
        "environment": environment.id,
        "digest": environment_digest(environment, lock),
        "interpreter": _stamp(environment),
        "versions": dict(facts.versions),
        "import_seconds": facts.import_seconds,
        "problem": problem_as_json(facts.problem) if facts.problem else None,
        "seal": _seal(prefix),
    }
    write_atomically(prefix / MARKER, json.dumps(content, indent=1) + "\n")


def withdraw_marker(envs: Path, environment_id: str) -> None:
    """Declare the environment not built, so that it is built again before it is used.

    Raises:
        OSError: the marker cannot be removed.
    """
    (envs / environment_id / MARKER).unlink(missing_ok=True)


def python_in(prefix: Path) -> Path:
    """The interpreter of a virtual environment."""
    return prefix / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def site_packages(prefix: Path) -> list[Path]:
    """The folders that a virtual environment's packages lie in: one, if it is whole."""
    pattern = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    return sorted(prefix.glob(pattern))


def problem_as_json(problem: EnvironmentProblem) -> dict[str, str]:
    """A problem as it is kept in files."""
    return {
        "state": str(problem.state),
        "cause": str(problem.cause),
        "message": problem.message,
        "advice": problem.advice,
        "log_tail": problem.log_tail,
    }


def problem_from(content: Mapping[str, Any]) -> EnvironmentProblem:
    """A problem read back.

    Raises:
        KeyError, ValueError: it is not what `problem_as_json` writes.
    """
    return EnvironmentProblem(
        state=EnvironmentState(content["state"]),
        cause=EnvironmentCause(content["cause"]),
        message=str(content["message"]),
        advice=str(content["advice"]),
        log_tail=str(content["log_tail"]),
    )


def _stamp(environment: Environment) -> list[int]:
    """Size and time of the interpreter that it was made with; empty where it brings its own."""
    if environment.interpreter is None:
        return []
    status = environment.interpreter.path.stat()
    return [int(status.st_mtime), status.st_size]


def _seal(prefix: Path) -> str:
    """Digest of the names and times of what lies in site-packages: sees a package come or go.

    One folder is listed, not the thousands of files below it; times in whole seconds, which every
    archive keeps.
    """
    lines: list[str] = []
    for folder in site_packages(prefix):
        with os.scandir(folder) as entries:
            lines += [f"{entry.name} {int(entry.stat().st_mtime)}" for entry in entries]
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()
