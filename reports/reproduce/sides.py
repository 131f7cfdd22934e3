"""The two environments of a cell as a folder needs them: lock, variables, libraries, options.

Owns finding the lock that the run used, and saying where that cannot be known; the words about it
are `readme`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from crossload.reports.document import EnvironmentRow
from crossload.reports.reproduce.templates import Side
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.libraries import SEARCH_PATH
from crossload.runner.environments.locking import locked_source, read_lock
from crossload.runner.environments.marker import environment_digest
from crossload.runner.environments.model import Environment, Interpreter, Lock
from crossload.runner.environments.requirements import pages_of
from crossload.runner.environments.variables import probe_variables
from crossload.runner.errors import UsageError
from crossload.runner.versions import minor_of, release_of
from crossload.runner.words import Api, Backend

_THREADS = re.compile(r"_NUM_(\w+_)?THREADS$")  # within the tolerance, they change nothing
LEGACY = "TF_USE_LEGACY_KERAS"
# Of the machine's frame, which every program has anyway; a row of a matrix may name them all the
# same.
_OF_A_MACHINE = frozenset({"PATH", "LANG", "LC_ALL", "TZ"})


@dataclass(frozen=True)
class Prepared:
    """One environment of a cell.

    Attributes:
        row: what the run recorded of it.
        lock: the lock file that is copied.
        is_measured: whether that lock, with the variables and libraries here, is what was measured.
        side: how a script uses Keras there.
        declared: names of the variables that the environment's row of the matrix sets.
        search_path: `LD_LIBRARY_PATH` as the matrix declares it, empty where it does not.
        libraries: wanted name -> library of the machine that stands for it.
        options: what pip and uv have to be told besides the lock.
    """

    row: EnvironmentRow
    lock: Lock
    is_measured: bool
    side: Side
    declared: tuple[str, ...]
    search_path: str
    libraries: Mapping[str, str]
    options: tuple[str, ...]


def prepare(
    row: EnvironmentRow, digest: str, specs: Sequence[EnvironmentSpec], locks: Sequence[Path]
) -> Prepared:
    """The environment with the lock that the run used, or with the next best.

    Args:
        row: what the run recorded of the environment.
        digest: its identity in that run, which its lock is a part of.
        specs: the environments of the matrices at hand.
        locks: the folders of locks at hand.

    Raises:
        UsageError: there is no lock of that name at all.
    """
    candidates = [(spec, lock) for spec in _specs_of(row, specs) for lock in _locks_of(row, locks)]
    if not candidates:
        raise UsageError(
            f"there is no lock of {row.id!r} for {row.platform}",
            "create it with `crossload lock`, with a matrix that has this environment; those that "
            "crossload does not resolve itself have none",
        )
    for spec, lock in candidates:
        if _digest(row, spec, lock) == digest:
            return _prepared(row, spec, lock, is_measured=True)
    return _prepared(row, *candidates[0], is_measured=False)


def _locks_of(row: EnvironmentRow, folders: Sequence[Path]) -> Iterator[Lock]:
    for folder in folders:
        lock = read_lock(folder / row.platform / f"{row.id}.txt")
        if lock is not None and lock.requirements:  # conda's are not for pip
            yield lock


def _specs_of(row: EnvironmentRow, specs: Sequence[EnvironmentSpec]) -> tuple[EnvironmentSpec, ...]:
    """The rows of that id; without any, one that has just what the run recorded."""
    minor = minor_of(row.python)
    found = tuple(one for one in specs if one.id_with(minor) == row.id)
    plain = EnvironmentSpec.model_construct(
        name=row.id, api=Api(row.api), backend=Backend(row.backend), variables={}, libraries={}
    )
    return found or (plain,)


def _digest(row: EnvironmentRow, spec: EnvironmentSpec, lock: Lock) -> str:
    """What the run would have called the environment, had it been made of these."""
    python = release_of(row.version("python") or row.python) or Version("0")
    nowhere = Path()
    interpreter = Interpreter((python.major, python.minor, python.micro), nowhere, nowhere)
    environment = Environment(row.id, spec, minor_of(row.python), interpreter)
    return environment_digest(environment, lock, platform=row.platform)


def _is_keras_3(row: EnvironmentRow, variables: Mapping[str, str]) -> bool:
    """Whether the API of the environment is that of Keras 3."""
    if row.api == "tf_keras" or (row.api == "tf.keras" and LEGACY in variables):
        return False
    return (row.version("keras") or "").startswith("3.")


def _prepared(
    row: EnvironmentRow, spec: EnvironmentSpec, lock: Lock, *, is_measured: bool
) -> Prepared:
    variables = {
        name: value
        for name, value in probe_variables(spec).items()
        if not (name in _OF_A_MACHINE or _THREADS.search(name)) or name in spec.variables
    }
    search_path = variables.pop(SEARCH_PATH, "")  # read when a program starts: too late in a script
    frameworks = load_frameworks()
    options = [part for page in pages_of(spec, frameworks) for part in ("--find-links", page)]
    options += ["--only-binary", ":all:"]
    options += [part for name in locked_source(lock.path) for part in ("--no-binary", name)]
    return Prepared(
        row=row,
        lock=lock,
        is_measured=is_measured,
        side=Side(row.api, row.backend, variables, keras_3=_is_keras_3(row, variables)),
        declared=tuple(name for name in spec.variables if name in variables),
        search_path=search_path,
        libraries=dict(spec.libraries),
        options=tuple(options),
    )
