"""The home of a machine that measures for others: environments that it builds from their locks.

Owns where that home is, and the project that stands for an order. `runner.environments` builds.
"""

from __future__ import annotations

import hashlib
import os
import platform
from contextlib import closing
from pathlib import Path

import platformdirs

from crossload.runner.cluster.orders import BuildOrder, Built, Refusal
from crossload.runner.environments.building import BuildOptions, build_all, present
from crossload.runner.environments.files import write_atomically
from crossload.runner.environments.frameworks import DATA
from crossload.runner.environments.integrity import withdraw_damaged
from crossload.runner.environments.locking import lock_path
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.project import Project, load_environments, make_project
from crossload.runner.home import Home
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause, EnvironmentState

HOME_VARIABLE = "CROSSLOAD_WORKER_HOME"
# A project needs a matrix; what is built is brought to it, as by a command line.
_MATRIX = 'environments:\n  nothing: {tensorflow: "2.15.1"}\n'


def worker_home() -> Home:
    """`CROSSLOAD_WORKER_HOME`, or a folder of this machine in the user's cache.

    The machine's name is part of it: home folders of users are often shared between machines.
    """
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Home(Path(named).absolute())
    cache = platformdirs.user_cache_path("crossload")
    return Home(cache / "workers" / (platform.node() or "host"))


def build(order: BuildOrder, home: Home, options: BuildOptions) -> Built:
    """Have an environment built here, if it is not; blocks.

    Raises:
        OSError: the home cannot be written.
        StorageError: likewise.
    """
    home.prepare()
    project = _project(order, home)
    environment = next(one for one in load_environments(project) if one.id == order.id)
    if environment.problem is not None:
        return Refusal(environment.problem)
    known = present(environment, project)
    if isinstance(known, BuiltEnvironment):
        withdraw_damaged([known])
    with closing(build_all([environment], project, options)) as results:
        result = next((one.outcome for one in results), None)
    if result is None:
        return Refusal(_problem(f"building {order.id!r} was stopped"))
    if isinstance(result, BuiltEnvironment) and result.digest != order.digest:
        return Refusal(_other_python(order, environment))
    return result


def _project(order: BuildOrder, home: Home) -> Project:
    """A project of this order alone: its lock first, then what the order knows of releases."""
    knowledge = order.knowledge or ""
    folder = home.root / "projects" / hashlib.sha256(knowledge.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    if order.knowledge is not None:
        write_atomically(folder / DATA.name, order.knowledge)
    write_atomically(folder / "matrix.yaml", _MATRIX)
    project = make_project(folder / "matrix.yaml", home, brought=(order.spec,))
    environment = next(one for one in load_environments(project) if one.id == order.id)
    write_atomically(lock_path(project.lock_folders[0], environment), order.lock)
    return project


def _other_python(order: BuildOrder, environment: Environment) -> EnvironmentProblem:
    here = environment.interpreter.full if environment.interpreter else "none"
    return _problem(
        f"{order.id!r} needs Python {order.python} on the platform of the run, and this machine "
        f"has {here}"
    )


def _problem(message: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.MISSING_INTERPRETER,
        message,
        "give all machines of the cluster the same Pythons",
    )
