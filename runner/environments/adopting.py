"""Existing environments, used as they are: what is installed there, and which Keras that is.

Owns their identity and the reading of their distributions. Nothing here writes into one;
`active` finds the one that the shell uses, `building` checks that its Keras imports.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.interpreters import ask
from crossload.runner.environments.model import Adopted, Environment, Interpreter
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import Api, Backend, EnvironmentCause, EnvironmentState

_OLDEST = (3, 6)  # what probes are written for
_TENSORFLOW = re.compile(r"tensorflow(-(cpu|gpu|intel|macos|aws|rocm))?|tf-nightly(-(cpu|gpu))?")
# Files that differ between two installations of one wheel: who installed it, where, and its caches.
_INCIDENTAL = ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD", "uv_cache.json")


@dataclass(frozen=True)
class Distribution:
    """One installed distribution; `record` is the digest of its RECORD, empty without one."""

    name: str
    version: str
    record: str


def adopt(spec: EnvironmentSpec) -> Environment:
    """The environment of `spec.interpreter` as it is now; with a problem if it cannot be used.

    The specification that comes back has the versions found, and the api and backend that follow
    from them unless they were written.
    """
    assert spec.interpreter is not None
    path = Path(spec.interpreter)
    try:
        said = ask(path)
        version, prefix = version_of(said), Path(said["prefix"])
        search = [Path(one) for one in said["search"] if one]
        base, implementation = Path(said["base"]), str(said["implementation"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        problem = _unusable(
            f"{str(path)!r} is not a Python that answers",
            "name the python of an existing environment, such as .venv/bin/python",
        )
        return Environment(spec.name, spec, "", None, problem)
    interpreter = Interpreter(version, path, base)
    unusable = unsupported(interpreter, implementation, repr(str(path)))
    if unusable is not None:
        return _environment(spec, interpreter, unusable)
    installed = tuple(distributions(search))
    adopted = Adopted(path, prefix, installed_digest(installed), _outside(search, prefix, base))
    return described(spec, interpreter, installed, adopted, f"the environment in {str(prefix)!r}")


def unsupported(
    interpreter: Interpreter, implementation: str, place: str
) -> EnvironmentProblem | None:
    """Why probes cannot run in an interpreter, whose place is given in words; None if they can."""
    if implementation == "CPython" and interpreter.version[:2] >= _OLDEST:
        return None
    return _unusable(
        f"{place} is {implementation} {interpreter.full}",
        "crossload measures in CPython 3.6 and newer",
    )


def described(
    spec: EnvironmentSpec,
    interpreter: Interpreter,
    installed: Iterable[Distribution],
    adopted: Adopted,
    place: str,
) -> Environment:
    """The environment with the versions found in it; with a problem if it has no Keras.

    Args:
        spec: what was written.
        interpreter: its Python.
        installed: its distributions.
        adopted: where it is, and its identity.
        place: the same in words.
    """
    found = with_found_versions(spec, installed)
    return _environment(found, interpreter, _missing_keras(found, place), adopted)


def distributions(search: Iterable[Path]) -> Iterator[Distribution]:
    """The distributions that an interpreter with this `sys.path` sees, each name once."""
    seen: set[str] = set()
    for folder in search:
        for info in sorted((*folder.glob("*.dist-info"), *folder.glob("*.egg-info"))):
            one = _distribution(info)
            if one is not None and one.name not in seen:
                seen.add(one.name)
                yield one


def installed_digest(installed: Iterable[Distribution]) -> str:
    """Digest of a set of distributions, whatever folder they are in and whoever put them there."""
    lines = sorted(f"{one.name} {one.version} {one.record}" for one in installed)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def with_found_versions(
    spec: EnvironmentSpec, installed: Iterable[Distribution]
) -> EnvironmentSpec:
    """The specification, with the versions found and the api and backend that follow from them."""
    versions = {one.name: one.version for one in installed}
    tensorflow = next((versions[one] for one in versions if _TENSORFLOW.fullmatch(one)), None)
    keras = versions.get(load_frameworks().keras.distribution)
    values: dict[str, Any] = {
        "tensorflow": tensorflow or None,
        "tf_keras": versions.get(load_frameworks().tf_keras.distribution) or None,
    }
    written = spec.model_fields_set
    api = spec.api if "api" in written or tensorflow is not None else Api.KERAS
    if "backend" not in written and tensorflow is None:
        values["backend"] = _backend(versions)
    elif spec.backend is not Backend.TENSORFLOW and "api" not in written:
        api = Api.KERAS
    return spec.model_copy(
        update={**values, "api": api, "keras": (keras or None) if api is Api.KERAS else None}
    )


def _environment(
    spec: EnvironmentSpec,
    interpreter: Interpreter,
    problem: EnvironmentProblem | None,
    adopted: Adopted | None = None,
) -> Environment:
    minor = interpreter.minor
    return Environment(spec.id_with(minor), spec, minor, interpreter, problem, adopted)


def version_of(said: Mapping[str, Any]) -> tuple[int, int, int]:
    """The version in what an interpreter says of itself."""
    major, minor, micro = (int(part) for part in said["version"])
    return major, minor, micro


def _outside(search: Iterable[Path], prefix: Path, base: Path) -> tuple[Path, ...]:
    """The folders that are imported from and lie in neither prefix: sources installed editable."""
    return tuple(
        folder
        for folder in dict.fromkeys(search)
        if folder.is_dir() and not any(folder.is_relative_to(one) for one in (prefix, base))
    )


def _missing_keras(spec: EnvironmentSpec, place: str) -> EnvironmentProblem | None:
    if spec.tensorflow or spec.keras:
        return None
    return _unusable(
        f"{place} has neither TensorFlow nor Keras installed",
        "activate the environment that your model runs in, or name its interpreter",
    )


def _unusable(message: str, advice: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        EnvironmentState.UNAVAILABLE, EnvironmentCause.MISSING_INTERPRETER, message, advice
    )


def _backend(versions: Mapping[str, str]) -> Backend:
    """The backend of a Keras without TensorFlow: the one that is installed."""
    for backend in Backend:
        if str(backend) in versions:
            return backend
    return Backend.TENSORFLOW


def _distribution(info: Path) -> Distribution | None:
    metadata = info if info.is_file() else _first_file(info, ("METADATA", "PKG-INFO"))
    if metadata is None:
        return None
    try:
        headers = HeaderParser().parsestr(metadata.read_text("utf-8", "replace"))
    except OSError:
        return None
    name, version = headers.get("Name"), headers.get("Version")
    if not name or not version:
        return None
    return Distribution(canonicalize_name(name), version, _record_digest(info / "RECORD"))


def _first_file(folder: Path, names: Iterable[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _record_digest(record: Path) -> str:
    """Digest of what a RECORD lists, without what depends on the place and the installer."""
    try:
        with record.open(encoding="utf-8", newline="") as file:
            rows = sorted(
                row
                for row in csv.reader(file)
                if row and not _is_incidental(row[0], record.parent.name)
            )
    except (OSError, ValueError, csv.Error):
        return ""
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _is_incidental(path: str, info: str) -> bool:
    own, _, name = path.rpartition("/")
    scripts = path.startswith("../")  # their first line names the interpreter
    return scripts or path.endswith(".pyc") or (own == info and name in _INCIDENTAL)
