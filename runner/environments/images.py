"""Container images as environments: who has the image, which one it is, what is installed in it.

Owns the questions to the engines and the notes of their answers. An image is used as it is and
never pulled. `runner.sandbox.containers` has the command lines of what runs in one.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from crossload.runner.config.fields import is_image_file
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.config.problems import shown_path
from crossload.runner.environments.adopting import (
    Distribution,
    described,
    unsupported,
    version_of,
)
from crossload.runner.environments.files import read_json, write_atomically
from crossload.runner.environments.model import Adopted, Environment, Interpreter
from crossload.runner.environments.parts import answered, run_in_image
from crossload.runner.environments.tools import tail
from crossload.runner.hashing import file_sha256
from crossload.runner.records import EnvironmentProblem
from crossload.runner.sandbox.target import Engine, Image
from crossload.runner.words import EnvironmentCause, EnvironmentState

_FOLDER = "images"  # inside the home's cache
_TIMEOUT_SECONDS = 120.0
_PYTHON = "python3"
# docker's and podman's words; anything else means that the engine itself did not work.
_ABSENT = re.compile("no such image|image not known", re.IGNORECASE)
_INFO = re.compile(r"(?P<name>.+?)-(?P<version>\d[^-]*)(-py[\d.]+)?\.(dist|egg)-info")
# Runs in the image under any Python 3.
_QUESTION = """
import json, os, platform, sys
print(json.dumps({
    "version": list(sys.version_info[:3]), "path": sys.executable, "prefix": sys.prefix,
    "implementation": platform.python_implementation(),
    "installed": [name for folder in sys.path if os.path.isdir(folder)
                  for name in sorted(os.listdir(folder)) if name.endswith("-info")],
}))
"""


@dataclass(frozen=True)
class _Found:
    """An image that is there; `digest` is the same for equal images everywhere."""

    image: Image
    digest: str


def adopt_image(spec: EnvironmentSpec, cache: Path | None) -> Environment:
    """The environment in `spec.container`; with a problem if it cannot be used.

    Args:
        spec: the specification; the one that comes back has the versions found.
        cache: the folder in which answers are kept, if it exists: an image does not change.
    """
    assert spec.container is not None
    name = spec.container
    found = _apptainer(name, cache) if is_image_file(name) else _docker_or_podman(name)
    if isinstance(found, EnvironmentProblem):
        return Environment(spec.name, spec, "", None, found)
    note = _note(cache, found.digest.rpartition(":")[2])
    try:
        said = (read_json(note) if note else {}) or _ask(found.image)
        interpreter = Interpreter(version_of(said), Path(said["path"]), Path(said["prefix"]))
        installed = tuple(one for one in map(_distribution, said["installed"]) if one)
        implementation = str(said["implementation"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        problem = _problem(
            f"{_PYTHON} does not answer in the image {name!r}: {_reason(error)}",
            "name an image with Python 3.6 or newer on its PATH",
        )
        return Environment(spec.name, spec, "", None, problem)
    _keep(note, said)
    place = f"the image {name!r}"
    unusable = unsupported(interpreter, implementation, f"{_PYTHON} in {place}")
    if unusable is not None:
        return Environment(spec.id_with(interpreter.minor), spec, interpreter.minor, None, unusable)
    adopted = Adopted(interpreter.path, interpreter.prefix, found.digest, image=found.image)
    return described(spec, interpreter, installed, adopted, place)


def find_engines() -> tuple[Engine, ...]:
    """The engines whose programs are on PATH."""
    return tuple(one for one in Engine if shutil.which(str(one)))


def _docker_or_podman(name: str) -> _Found | EnvironmentProblem:
    """The image in the first engine that has it."""
    complaints: list[tuple[str, str]] = []
    for engine in (Engine.DOCKER, Engine.PODMAN):
        program = shutil.which(str(engine))
        if program is None:
            continue
        done = _run(program, "image", "inspect", "--format", "{{.Id}}", name)
        said = done.stdout.strip()
        if done.returncode == 0 and said:
            digest = f"sha256:{said.rpartition(':')[2]}"
            return _Found(Image(engine, program, digest), digest)
        complaints.append((str(engine), tail(done.stderr, 1) or f"exit code {done.returncode}"))
    if not complaints:
        return _problem(
            f"the image {name!r} needs docker or podman, and neither was found",
            f"install one of them and run `docker pull {name}` or `podman pull {name}`",
        )
    broken = next((one for one in complaints if not _ABSENT.search(one[1])), None)
    if broken is not None:
        asked, text = broken
        return _problem(
            f"{asked} does not say whether it has the image {name!r}: {text}",
            f"start its service, or let this user reach it; `{asked} info` shows what is wrong",
        )
    reasons = "; ".join(f"{engine}: {text}" for engine, text in complaints)
    return _problem(
        f"the image {name!r} was not found ({reasons})",
        f"run `{complaints[0][0]} pull {name}`; crossload pulls no images",
    )


def _apptainer(name: str, cache: Path | None) -> _Found | EnvironmentProblem:
    program = shutil.which(str(Engine.APPTAINER))
    if program is None:
        return _problem(
            f"the image {name!r} needs apptainer, which was not found", "install apptainer"
        )
    path = Path(name)
    try:
        digest = _file_digest(path, cache)
    except OSError as error:
        reason = error.strerror or str(error)
        return _problem(
            f"the image {str(shown_path(path))!r} cannot be read: {reason}",
            "correct the path; relative ones count from the matrix file",
        )
    return _Found(Image(Engine.APPTAINER, program, str(path)), digest)


def _file_digest(path: Path, cache: Path | None) -> str:
    """The digest of an image file; it is read again only when its size or time has changed."""
    status = path.stat()
    subject = f"{path} {status.st_size} {status.st_mtime_ns}"
    note = _note(cache, hashlib.sha256(subject.encode()).hexdigest())
    known = str(read_json(note).get("digest", "")) if note else ""
    if known:
        return known
    digest = f"sha256:{file_sha256(path)}"
    _keep(note, {"digest": digest})
    return digest


def _note(cache: Path | None, name: str) -> Path | None:
    """The file of a note; None where the cache does not exist: looking must not make a home."""
    return cache / _FOLDER / f"{name}.json" if cache is not None and cache.is_dir() else None


def _keep(note: Path | None, content: dict[str, Any]) -> None:
    if note is not None:
        with suppress(OSError):  # without the note the next command asks again
            write_atomically(note, json.dumps(content, indent=1) + "\n")


def _ask(image: Image) -> dict[str, Any]:
    done = run_in_image(image, [_PYTHON, "-I", "-c", _QUESTION], (), {}, _TIMEOUT_SECONDS)
    if done.returncode != 0:
        raise ValueError(tail(done.stderr, 1) or f"exit code {done.returncode}")
    said = json.loads(done.stdout.strip().splitlines()[-1])
    if not isinstance(said, dict):
        raise ValueError("not an answer")  # noqa: TRY004  (callers take it as any other bad answer)
    return said


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"no answer within {_TIMEOUT_SECONDS:.0f} s"
    return str(error) or type(error).__name__


def _distribution(info: str) -> Distribution | None:
    """What the name of a metadata folder says; the image's digest stands for the contents."""
    match = _INFO.fullmatch(info)
    return Distribution(canonicalize_name(match["name"]), match["version"], "") if match else None


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return answered(command, _TIMEOUT_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", _reason(error))


def _problem(message: str, advice: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        EnvironmentState.UNAVAILABLE, EnvironmentCause.MISSING_TOOL, message, advice
    )
