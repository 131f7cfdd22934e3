"""Builds environments with conda, mamba or micromamba, and locks what they resolved.

Owns their command lines and the lock: an explicit list of packages with digests, as `conda list
--explicit --md5` prints it, and what pip installed besides. `conda_files` reads what is asked for;
the caller, a nox session, runs the commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from crossload.runner.config.problems import shown_path
from crossload.runner.environments.causes import install_problem, is_network_failure
from crossload.runner.environments.files import read_json
from crossload.runner.environments.installing import Workshop, failed, finish, held, make_room
from crossload.runner.environments.locking import (
    TITLE,
    find_lock,
    lock_path,
    spec_digest,
    write_lock,
)
from crossload.runner.environments.marker import built, python_in, site_packages
from crossload.runner.environments.model import (
    BuiltEnvironment,
    Environment,
    Lock,
    current_platform,
)
from crossload.runner.environments.tools import conda_command, redact, tail, tool_variables
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause, EnvironmentState

# As variables, since old versions of conda lack the option for some commands.
_ALWAYS = {"CONDA_ALWAYS_YES": "true", "MAMBA_ALWAYS_YES": "true", "NO_COLOR": "1"}
_FROM_PIP = re.compile(r"^# from pip: (.*)$", re.MULTILINE)
_TOKEN = re.compile(r"/t/[^/]+/")  # a channel's, which belongs to its user


def install_conda(
    environment: Environment, folders: Sequence[Path], shop: Workshop
) -> BuiltEnvironment | EnvironmentProblem:
    """Build the environment of an environment.yml unless it is there, and lock it if it is not.

    Args:
        environment: the one to build.
        folders: as `lock_folders` names them; a new lock is written to the first.
        shop: what building needs.

    Raises:
        StorageError: the lock cannot be written.
    """

    def known() -> BuiltEnvironment | EnvironmentProblem | None:
        lock = find_lock(environment, folders)
        return built(shop.envs, environment, lock) if lock is not None else None

    return held(environment, shop, known, lambda: _install(environment, folders, shop))


def explicit_list(prefix: Path) -> tuple[str, ...]:
    """The packages that conda put into an environment, as URLs with digests, in installing order.

    A package comes after those that it needs.
    """
    packages = {str(one["name"]): one for one in _packages(prefix)}
    needed = {
        name: [need for need in map(_name, one.get("depends", ())) if need in packages]
        for name, one in packages.items()
    }
    try:
        order = list(TopologicalSorter(needed).static_order())
    except CycleError:
        order = sorted(packages)
    return tuple(
        f"{redact(_TOKEN.sub('/', str(packages[name]['url'])))}#{packages[name].get('md5', '')}"
        for name in order
    )


def installed_by_pip(prefix: Path) -> tuple[str, ...]:
    """What is installed and no package of conda brought, as requirements."""
    owned = {Path(file).parent.name for one in _packages(prefix) for file in one.get("files", ())}
    infos = (info for site in site_packages(prefix) for info in sorted(site.glob("*.dist-info")))
    parts = (info.name.removesuffix(".dist-info").partition("-") for info in infos
             if info.name not in owned)  # fmt: skip
    return tuple(f"{name}=={version}" for name, _, version in parts)


def _install(
    environment: Environment, folders: Sequence[Path], shop: Workshop
) -> BuiltEnvironment | EnvironmentProblem:
    tool = conda_command()
    if tool is None:
        return failed(environment, "neither conda, mamba nor micromamba was found")
    problem = make_room(environment, shop)
    if problem is not None:
        return problem
    lock = find_lock(environment, folders)
    prefix = shop.envs / environment.id
    variables = {**tool_variables(), **_ALWAYS}
    for command in _commands(environment, lock, prefix, tool):
        ran = shop.run(command, variables)
        if ran.code != 0:
            return _complaint(environment, lock, tool, ran.output)
    if lock is None:
        text = _lock_text(environment, prefix, Path(tool).name)
        lock = write_lock(lock_path(folders[0], environment), text)
    return finish(environment, lock, shop)


def _commands(
    environment: Environment, lock: Lock | None, prefix: Path, tool: str
) -> Iterator[list[str]]:
    where = ["--quiet", "--prefix", str(prefix), "--file"]
    if lock is None:
        yield [tool, "env", "create", *where, str(environment.spec.conda)]
        return
    yield [tool, "create", *where, str(lock.path)]
    match = _FROM_PIP.search(lock.path.read_text("utf-8"))
    if match is not None:
        pip = [str(python_in(prefix)), "-I", "-m", "pip", "install", "--quiet", "--no-input"]
        yield [*pip, "--no-deps", *match[1].split()]


def _complaint(
    environment: Environment, lock: Lock | None, tool: str, output: str
) -> EnvironmentProblem:
    if lock is not None or is_network_failure(output):
        return install_problem(environment.id, output)
    name, file = Path(tool).name, shown_path(Path(str(environment.spec.conda)))
    return EnvironmentProblem(
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.RESOLVE_FAILED,
        f"{name} cannot create the environment of {str(file)!r}",
        f"`{name} env create --file {file}` says the same outside of crossload",
        tail(output),
    )


def _lock_text(environment: Environment, prefix: Path, tool: str) -> str:
    pip = installed_by_pip(prefix)
    lines = [
        TITLE,
        f"# environment: {environment.id}",
        f"# specification: {spec_digest(environment)}",
        f"# python: {environment.python}",
        f"# platform: {current_platform()}",
        f"# resolve: {tool}, on {date.today()}",  # noqa: DTZ011  (a lock's day is a label)
        f"# asked for: {Path(str(environment.spec.conda)).name}",
        *([f"# from pip: {' '.join(pip)}"] if pip else []),
        "@EXPLICIT",
        *explicit_list(prefix),
    ]
    return "\n".join(lines) + "\n"


def _packages(prefix: Path) -> Iterator[Mapping[str, Any]]:
    for path in sorted((prefix / "conda-meta").glob("*.json")):
        content = read_json(path)
        if "name" in content and "url" in content:
            yield content


def _name(dependency: object) -> str:
    return str(dependency).partition(" ")[0]
