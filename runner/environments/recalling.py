"""Environments that are not there, as an earlier run knew them: enough to look up its results.

Owns the identity of what is not built. Nothing can be measured in a recalled environment; whoever
needs that builds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from crossload.runner.environments.building import present
from crossload.runner.environments.locking import find_lock
from crossload.runner.environments.marker import adopted_digest, environment_digest, python_in
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import Project
from crossload.runner.environments.record import KERAS_IN_USE
from crossload.runner.records import EnvironmentRecord


def identity_of(environment: Environment, project: Project) -> str:
    """The digest that its results are kept under, built or not; empty without a lock or Python."""
    if environment.adopted is not None:
        return adopted_digest(environment)
    if environment.problem is not None or not environment.has_python:
        return ""
    lock = find_lock(environment, project.lock_folders)
    return environment_digest(environment, lock) if lock else ""


def recall_missing(
    environments: Iterable[Environment],
    project: Project,
    find: Callable[[str], EnvironmentRecord | None],
) -> dict[str, BuiltEnvironment]:
    """Those of these environments that are not there and were used before, by id."""
    missing = (one for one in environments if present(one, project) is None)
    found = {one.id: recall(one, project, find) for one in missing}
    return {name: one for name, one in found.items() if one is not None}


def recall(
    environment: Environment,
    project: Project,
    find: Callable[[str], EnvironmentRecord | None],
) -> BuiltEnvironment | None:
    """What an earlier run knew of this very environment; None if none used it.

    Args:
        environment: one that is not built.
        project: where its lock is, and where it would be built.
        find: the latest record of an environment with that digest.
    """
    digest = identity_of(environment, project)
    record = find(digest) if digest else None
    if record is None or record.problem is not None or not environment.has_python:
        return None  # why it could not be used may have been fixed since
    adopted = environment.adopted
    prefix = project.home.envs / environment.id if adopted is None else adopted.prefix
    return BuiltEnvironment(
        environment=environment,
        digest=digest,
        prefix=prefix,
        python=python_in(prefix) if adopted is None else adopted.python,
        base_prefix=environment.interpreter.prefix if environment.interpreter else prefix,
        versions=tuple(one for one in record.versions if one[0] != KERAS_IN_USE),
        import_seconds=record.import_seconds or 0.0,
    )
