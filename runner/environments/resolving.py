"""Which Python of this machine each environment takes, and what is in the way of it.

Owns the meaning of `python: auto`. `interpreters` finds interpreters, `locking` packages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from packaging.version import Version

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.adopting import adopt
from crossload.runner.environments.conda_files import with_conda
from crossload.runner.environments.frameworks import Frameworks, load_frameworks
from crossload.runner.environments.images import adopt_image
from crossload.runner.environments.interpreters import download_interpreter
from crossload.runner.environments.libraries import FindLibrary, find_library, missing_library
from crossload.runner.environments.model import Environment, Interpreter, current_platform
from crossload.runner.environments.requirement_files import with_requirements
from crossload.runner.environments.tools import conda_command, uv_command
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import Backend, EnvironmentCause, EnvironmentState

AUTO = "auto"
_DATA_PLATFORM = "linux-x86_64"  # the one whose wheels the data lists


def resolve_environments(
    specs: Sequence[EnvironmentSpec],
    interpreters: Sequence[Interpreter],
    find: FindLibrary = find_library,
    cache: Path | None = None,
) -> tuple[Environment, ...]:
    """Each specification with its Python; a missing or impossible one has a problem instead.

    Args:
        specs: In the order of the matrix, which is kept.
        interpreters: As `find_interpreters` returns them.
        find: Says where a library of this machine is.
        cache: A project's cache folder, in which what images hold is remembered.
    """
    frameworks = load_frameworks()

    def resolved(spec: EnvironmentSpec) -> Environment:
        if spec.interpreter is not None:
            return adopt(spec)
        if spec.container is not None:
            return adopt_image(spec, cache)
        if spec.conda is not None:
            return _by_conda(with_conda(spec))
        return _resolve(_with_lines(spec), interpreters, frameworks)

    return tuple(_with_libraries(resolved(each), find, frameworks) for each in specs)


def supported_pythons(spec: EnvironmentSpec, frameworks: Frameworks) -> tuple[str, ...] | None:
    """Minor versions with wheels, oldest first; None where nothing limits them."""
    limits: list[set[str]] = []
    if spec.tensorflow:
        limits.append(set(frameworks.minor_of(spec.tensorflow).pythons))
    if spec.backend is not Backend.TENSORFLOW:
        limits.append(set(frameworks.backends[spec.backend].pythons))
    if not limits:
        return None
    return tuple(sorted(set.intersection(*limits), key=Version))


def download_missing(environments: Sequence[Environment]) -> dict[str, str]:
    """Let uv install the Pythons that environments are missing, if the user asked for it.

    Returns:
        Each Python tried, with "" or uv's last lines where it could not be installed. Find the
        interpreters and resolve again afterwards.
    """
    missing = [
        each.python
        for each in environments
        if each.problem
        and each.problem.cause is EnvironmentCause.MISSING_INTERPRETER
        and not (each.spec.interpreter or each.spec.container)
    ]
    uv = uv_command()
    if uv is None:
        return dict.fromkeys(missing, "uv, which downloads interpreters, was not found")
    return {minor: download_interpreter(minor, uv) for minor in dict.fromkeys(missing)}


def _with_lines(spec: EnvironmentSpec) -> EnvironmentSpec:
    return spec if spec.requirements is None else with_requirements(spec)


def _by_conda(spec: EnvironmentSpec) -> Environment:
    """The environment of an environment.yml, which brings its own Python."""
    problem = None
    if conda_command() is None:
        problem = EnvironmentProblem(
            EnvironmentState.UNAVAILABLE,
            EnvironmentCause.MISSING_TOOL,
            f"{spec.name!r} needs conda, mamba or micromamba, and none of them was found",
            "install one of them, such as micromamba, and put it on PATH",
        )
    return Environment(spec.id_with(spec.python), spec, spec.python, None, problem)


def _resolve(
    spec: EnvironmentSpec, interpreters: Sequence[Interpreter], frameworks: Frameworks
) -> Environment:
    supported = supported_pythons(spec, frameworks)
    if supported == ():
        minor = spec.python if spec.python != AUTO else _running_minor()
        return Environment(spec.id_with(minor), spec, minor, None, _no_common_python(spec))
    minor = _chosen_minor(spec, interpreters, supported)
    interpreter = next((one for one in interpreters if one.minor == minor), None)
    problem = None
    if _is_impossible(spec, minor, supported, frameworks):
        problem = _no_wheel(spec, minor, supported or ())
    elif interpreter is None:
        problem = missing_interpreter(minor)
    return Environment(spec.id_with(minor), spec, minor, interpreter, problem)


def _chosen_minor(
    spec: EnvironmentSpec, interpreters: Sequence[Interpreter], supported: tuple[str, ...] | None
) -> str:
    if spec.python != AUTO:
        return spec.python
    present = [one.minor for one in interpreters if supported is None or one.minor in supported]
    if present:
        return max(present, key=Version)
    return supported[-1] if supported else _running_minor()


def _running_minor() -> str:
    import sys  # noqa: PLC0415  (the only use; a fallback for a machine without any interpreter)

    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _is_impossible(
    spec: EnvironmentSpec, minor: str, supported: tuple[str, ...] | None, frameworks: Frameworks
) -> bool:
    """Only where the data can know it: its platform, its versions; else the resolver decides."""
    if supported is None or minor in supported or current_platform() != _DATA_PLATFORM:
        return False
    return spec.tensorflow is None or frameworks.knows(spec.tensorflow)


def _with_libraries(
    environment: Environment, find: FindLibrary, frameworks: Frameworks
) -> Environment:
    """The environment, with a problem if this machine lacks a library that it needs."""
    name = missing_library(environment.spec.libraries, find)
    if name is None or environment.problem is not None:
        return environment
    source = frameworks.libraries.get(
        name, f"look for the package of this system that has the file {name!r}"
    )
    problem = EnvironmentProblem(
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.MISSING_LIBRARY,
        f"the library {name!r} was not found on this machine",
        source,
    )
    return replace(environment, problem=problem)


def missing_interpreter(minor: str) -> EnvironmentProblem:
    """The problem of an environment whose Python is not on this machine."""
    return EnvironmentProblem(
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.MISSING_INTERPRETER,
        f"python {minor} was not found on this machine",
        f"install it with `uv python install {minor}` or `pyenv install {minor}`, "
        "or let crossload do it with --download-pythons",
    )


def _no_wheel(spec: EnvironmentSpec, minor: str, supported: tuple[str, ...]) -> EnvironmentProblem:
    what = f"TensorFlow {spec.tensorflow}" if spec.tensorflow else f"the backend {spec.backend}"
    return EnvironmentProblem(
        EnvironmentState.IMPOSSIBLE,
        EnvironmentCause.NO_WHEEL,
        f"{what} has no build for Python {minor}",
        f"it has builds for Python {', '.join(supported)}; `python: auto` takes the newest of them",
    )


def _no_common_python(spec: EnvironmentSpec) -> EnvironmentProblem:
    return EnvironmentProblem(
        EnvironmentState.IMPOSSIBLE,
        EnvironmentCause.NO_WHEEL,
        f"TensorFlow {spec.tensorflow} and the backend {spec.backend} have no Python in common",
        "choose versions that were released at about the same time",
    )


def interpreter_cache(cache: Path) -> Path:
    """The cache file of `find_interpreters` inside a project's cache folder."""
    return cache / "interpreters.json"
