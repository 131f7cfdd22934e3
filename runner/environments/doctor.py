"""What a health check reports about this package's needs: tools, disk space, interpreters.

Owns the findings about environments; others print them and check the sandbox.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from crossload.runner.environments.building import present
from crossload.runner.environments.images import find_engines
from crossload.runner.environments.installing import needed_mb
from crossload.runner.environments.locking import check_lock
from crossload.runner.environments.model import BuiltEnvironment, Environment, Interpreter
from crossload.runner.environments.project import Project
from crossload.runner.environments.tools import conda_command, uv_command
from crossload.runner.records import Finding, FindingState
from crossload.runner.words import EnvironmentState


def tool_findings() -> tuple[Finding, ...]:
    """The programs that building needs (uv, nox, virtualenv), and those that some rows need."""
    return (_uv(), _package("nox", "it runs the builds"), _virtualenv(), _engines(), _conda())


def interpreter_findings(environments: Sequence[Environment]) -> tuple[Finding, ...]:
    """For every environment the Python it takes, or why it has none."""
    findings = []
    for each in environments:
        if each.problem is not None:
            problem = each.problem
            possible = problem.state is EnvironmentState.UNAVAILABLE
            found = Finding(each.id, FindingState.MISSING, problem.message, problem.advice)
            findings.append(found if possible else replace(found, state=FindingState.WARNING))
        elif each.spec.conda is not None:
            where = f"Python {each.python} of its own, by {Path(str(conda_command())).name}"
            findings.append(Finding(each.id, FindingState.OK, where))
        elif each.interpreter is not None:
            where = f"Python {each.interpreter.full} {_place(each, each.interpreter)}"
            findings.append(Finding(each.id, FindingState.OK, where))
    return tuple(findings)


def lock_findings(environments: Sequence[Environment], project: Project) -> tuple[Finding, ...]:
    """For every environment without a current lock, what a run will do about it."""
    states = (
        check_lock(each, project.lock_folders)
        for each in environments
        if not each.problem and not each.adopted
    )
    return tuple(
        Finding(
            f"lock of {status.environment.id}",
            FindingState.WARNING,
            status.state,
            "the next run resolves it again, which needs the network; or run `crossload lock`",
        )
        for status in states
        if status.state != "current"
    )


def disk_finding(environments: Sequence[Environment], project: Project) -> Finding:
    """Whether what is not built yet has room."""
    folder = project.home.envs
    while not folder.exists():
        folder = folder.parent
    free_mb = shutil.disk_usage(folder).free // 10**6
    missing = [
        each
        for each in environments
        if not each.problem
        and not each.adopted
        and not isinstance(present(each, project), BuiltEnvironment)
    ]
    wanted_mb = sum(needed_mb(each) for each in missing)
    found = f"{free_mb / 1000:.1f} GB free at {_short(project.home.root)}"
    if not missing:
        return Finding("disk space", FindingState.OK, f"{found}; nothing to build")
    need = f"{len(missing)} to build need about {wanted_mb / 1000:.1f} GB"
    if free_mb > wanted_mb + 500:
        return Finding("disk space", FindingState.OK, f"{found}; {need}")
    return Finding(
        "disk space",
        FindingState.WARNING,
        f"{found}; {need}",
        "free some space, choose fewer environments, or another disk with --home",
    )


def _uv() -> Finding:
    command = uv_command()
    advice = "install crossload with its dependencies, or uv itself; virtualenv can replace it"
    if command is None:
        return Finding("uv", FindingState.MISSING, "not found", advice)
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return Finding(
            "uv", FindingState.MISSING, f"{_short(Path(command[0]))} does not start", advice
        )
    return Finding("uv", FindingState.OK, done.stdout.strip().partition(" (")[0])


def _virtualenv() -> Finding:
    found = _package("virtualenv", "it is used if uv is missing")
    return (
        found
        if found.state is FindingState.OK
        else Finding(found.subject, FindingState.WARNING, found.found)
    )


def _engines() -> Finding:
    """The container engines; without one, each row that needs it reports so itself."""
    found = " ".join(map(str, find_engines())) or "none found; only `container:` rows need one"
    return Finding("container engine", FindingState.OK, found)


def _conda() -> Finding:
    """Conda's program that is used; without one, each row that needs it reports so itself."""
    tool = conda_command()
    found = Path(tool).name if tool else "none found; only `conda:` rows need one"
    return Finding("conda", FindingState.OK, found)


def _place(environment: Environment, interpreter: Interpreter) -> str:
    adopted = environment.adopted
    if adopted is None or adopted.image is None:
        return f"at {_short(interpreter.path)}"
    name, engine = environment.spec.container, adopted.image.engine
    return f"in {name} ({adopted.installed[:19]}, by {engine})"


def _package(name: str, use: str) -> Finding:
    try:
        return Finding(name, FindingState.OK, f"{name} {version(name)}")
    except PackageNotFoundError:
        return Finding(name, FindingState.MISSING, f"not installed; {use}", f"install {name}")


def _short(path: Path) -> str:
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
