"""Which matrix and home a nox session belongs to, and the environments of that matrix.

Owns the variables through which a parent passes it, and their defaults.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.config.load import load_matrix
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.frameworks import use_knowledge_of
from crossload.runner.environments.interpreters import find_interpreters
from crossload.runner.environments.locking import lock_folders
from crossload.runner.environments.model import Environment
from crossload.runner.environments.resolving import interpreter_cache, resolve_environments
from crossload.runner.home import FOLDER_NAME, Home
from crossload.runner.models.listing import read_models
from crossload.runner.shipped import is_installed, probes_folder, shipped_path

MATRIX_VARIABLE = "CROSSLOAD_MATRIX"
HOME_VARIABLE = "CROSSLOAD_HOME"
BROUGHT_VARIABLE = "CROSSLOAD_ENVIRONMENTS"
_MATRIX_NAME = "matrix.yaml"


@dataclass(frozen=True)
class Project:
    """A matrix file and the home of what is generated from it, both absolute.

    `brought` are environments that a command line named by their own files: no matrix has them.
    """

    matrix: Path
    home: Home
    brought: tuple[EnvironmentSpec, ...] = ()

    @property
    def lock_folders(self) -> tuple[Path, ...]:
        """Where locks are looked for; the first is where new ones are written."""
        folders = lock_folders(self.matrix)
        if self.brought or (
            is_installed() and self.matrix.parent == shipped_path(_MATRIX_NAME).parent
        ):
            return (self.home.root / "locks", *folders)
        return folders

    def variables(self) -> dict[str, str]:
        """The variables for a child process."""
        brought = [one.model_dump(mode="json", exclude_unset=True) for one in self.brought]
        return {
            MATRIX_VARIABLE: str(self.matrix),
            HOME_VARIABLE: str(self.home.root),
            BROUGHT_VARIABLE: json.dumps(brought),
        }


def make_project(matrix: Path, home: Home, brought: tuple[EnvironmentSpec, ...] = ()) -> Project:
    """The project with absolute paths: nox changes to its file's folder."""
    return Project(matrix.absolute(), Home(home.root.absolute()), brought)


def project_from_variables(invoked_from: Path) -> Project:
    """The project that the variables name; else the current one.

    Args:
        invoked_from: The folder that the user was in; relative paths count from there.
    """
    named = os.environ.get(MATRIX_VARIABLE)
    here = invoked_from / _MATRIX_NAME
    if named:
        matrix = invoked_from / named
    else:
        matrix = here if here.is_file() else shipped_path(_MATRIX_NAME)
    folder = os.environ.get(HOME_VARIABLE)
    if folder:
        home = Home(invoked_from / folder)
    else:
        # Nothing is generated inside an installation.
        beside = matrix.parent if os.access(matrix.parent / ".git", os.F_OK) else invoked_from
        home = Home((matrix.parent if named or matrix == here else beside) / FOLDER_NAME)
    brought = json.loads(os.environ.get(BROUGHT_VARIABLE, "[]"))
    return make_project(matrix, home, tuple(map(EnvironmentSpec.model_validate, brought)))


def problem_file(project: Project, environment_id: str) -> Path:
    """Where a session records why it failed, for the process that started it."""
    return project.home.logs / "env" / f"{environment_id}.json"


def known_models() -> tuple[str, ...]:
    """Names of the reference models, in order."""
    return tuple(read_models(probes_folder()))


def load_environments(project: Project) -> tuple[Environment, ...]:
    """All environments of the project's matrix, resolved against this machine.

    Raises:
        ConfigurationError: the matrix has mistakes.
    """
    use_knowledge_of(project.matrix)
    matrix = load_matrix(project.matrix, known_models=known_models())
    interpreters = find_interpreters(interpreter_cache(project.home.cache))
    specs = (*matrix.environments, *project.brought)
    return resolve_environments(specs, interpreters, cache=project.home.cache)
