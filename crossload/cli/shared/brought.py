"""Environments that the command line names by files: `.`, a folder, a Python, what to install.

Owns telling such a name from one of the matrix, and putting the environment it means into the
matrix under a name of its own. `crossload.cli.shared.environments` reads all other names.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
from pathlib import Path

from crossload.cli.shared.project import Project
from crossload.runner.config.fields import MAX_NAME
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.config.naming import slug
from crossload.runner.environments.active import active_python, chosen_keras, python_of
from crossload.runner.environments.model import Environment
from crossload.runner.errors import EnvironmentsError, UsageError
from crossload.runner.prose import joined
from crossload.runner.words import Backend

ACTIVE = "."
ACTIVE_NAME = "active"
_IS_ACTIVE = re.compile(rf"{ACTIVE_NAME}(-py3\.\d+)?")
_SINGLE = (("source", "--from"), ("saver", "--from"), ("target", "--to"), ("to", "--to"),
           ("good", "--good"), ("bad", "--bad"))  # fmt: skip
_SEVERAL = (("savers", "--from"), ("loaders", "--to"), ("pairs", "--pairs"))
_IN_LISTS, _IN_PAIRS = re.compile("(,)"), re.compile("([,:])")
_REQUIREMENTS = re.compile(r".+\.(txt|in|toml|lock)(:[\w.-]+)?")
_CONDA = re.compile(r".+\.ya?ml")
_SOURCES = ("interpreter", "requirements", "conda")
_GENERIC = {"venv", "env", "virtualenv", "bin"}  # folder names that say nothing; the one above does


def with_named(project: Project, args: argparse.Namespace) -> Project:
    """The project with the environments that options name by their files.

    The options then hold the names that these environments have in it.

    Raises:
        UsageError: there is no such environment.
        EnvironmentsError: it has no Keras.
    """
    brought = _Brought(project)
    for attribute, option in _SINGLE:
        text = getattr(args, attribute, None)
        if isinstance(text, str):
            setattr(args, attribute, brought.named(text, option))
    for attribute, option in _SEVERAL:
        texts = getattr(args, attribute, None) or []
        between = _IN_PAIRS if option == "--pairs" else _IN_LISTS
        setattr(args, attribute, [
            "".join(brought.named(part, option) for part in between.split(text)) for text in texts
        ])  # fmt: skip
    return brought.project


class _Brought:
    """Collects environments; one that is named twice is there once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._names: dict[str, str] = {}

    def named(self, text: str, option: str) -> str:
        """The name in the project of what a text means; the text itself if it names no files."""
        text = text.strip()
        if _IS_ACTIVE.fullmatch(text) and not self._is_known(text):
            text = ACTIVE  # as reports name it
        if not _names_files(text):
            return text
        values = _values_of(text, option)
        key = str(next(values[one] for one in _SOURCES if one in values))
        if key not in self._names:
            wanted = ACTIVE_NAME if text == ACTIVE else _name_of(Path(key))
            spec = EnvironmentSpec.model_validate({**values, "name": self._name_for(wanted)})
            project = self.project.with_brought([spec])
            _check_usable(project.environments([spec])[0], text, option)
            self.project = project
            self._names[key] = spec.name
        return self._names[key]

    def _is_known(self, text: str) -> bool:
        name = text.rpartition("-py")[0] or text
        return any(one.name in {text, name} for one in self.project.matrix.environments)

    def _name_for(self, wanted: str) -> str:
        """The wanted name, or one like it that nothing else has."""
        taken = {one.name for one in self.project.matrix.environments}
        numbered = (f"{wanted}-{number}" for number in itertools.count(2))
        return next(one for one in itertools.chain([wanted], numbered) if one not in taken)


def _names_files(text: str) -> bool:
    is_path = text.startswith((".", "~")) or "/" in text or os.sep in text
    return is_path or bool(_REQUIREMENTS.fullmatch(text) or _CONDA.fullmatch(text))


def _values_of(text: str, option: str) -> dict[str, object]:
    """The keys of a specification that a text stands for.

    Raises:
        UsageError: there is nothing, or it is no environment.
    """
    if text == ACTIVE:
        python = active_python(os.environ)
        if python is None:
            raise UsageError(
                f"{option} {text!r}: no environment is active, and no python is on PATH",
                "activate the environment that your model runs in, or name its interpreter",
            )
        return {"interpreter": str(python.absolute()), **_chosen(option)}
    place = Path(text).expanduser().absolute()
    if _REQUIREMENTS.fullmatch(text):
        return {"requirements": str(place)}
    if _CONDA.fullmatch(text):
        return {"conda": str(place)}
    found = python_of(place)
    if found is None:
        what = "has no bin/python" if place.is_dir() else "does not exist"
        raise UsageError(
            f"{option} {text!r} {what}",
            "name an environment of the matrix, an existing environment's folder or its python, "
            "or '.' for the active one",
        )
    return {"interpreter": str(found)}


def _chosen(option: str) -> dict[str, object]:
    """What the shell's variables say of the active Keras, where crossload knows it."""
    values = chosen_keras(os.environ)
    backend = values.get("backend")
    if backend is not None and backend not in list(map(str, Backend)):
        raise UsageError(
            f"{option} {ACTIVE!r}: KERAS_BACKEND is {backend!r}, which crossload cannot measure",
            f"set it to one of {joined(list(map(str, Backend)))}",
        )
    return values


def _name_of(python: Path) -> str:
    """What to call the environment: its file of requirements, or the folder that it lies in."""
    if python.suffix in {".txt", ".in", ".yml", ".yaml"}:
        return slug(python.stem).lstrip("._+-")[:MAX_NAME] or "requirements"
    parents = [one.name for one in python.parents if one.name]
    telling = (one for one in parents if one.lstrip(".").lower() not in _GENERIC)
    return slug(next(telling, "")).lstrip("._+-")[:MAX_NAME] or "python"


def _check_usable(environment: Environment, text: str, option: str) -> None:
    problem = environment.problem
    if problem is not None and environment.spec.interpreter is not None:
        kind = UsageError if environment.interpreter is None else EnvironmentsError
        raise kind(f"{option} {text!r}: {problem.message}", problem.advice)
