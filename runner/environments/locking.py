"""Makes lock files, finds them, and says whether they still fit their specification.

Owns the lock's header and where locks lie. `requirements` says what is asked for; uv resolves.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from crossload.runner.environments.causes import (
    is_conflict,
    is_network_failure,
    resolve_problem,
    source_only_package,
)
from crossload.runner.environments.conda_files import conda_digest
from crossload.runner.environments.failures import recall, remember
from crossload.runner.environments.files import write_atomically
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.model import Environment, Lock, current_platform
from crossload.runner.environments.requirement_files import is_hashed
from crossload.runner.environments.requirements import (
    UnknownReleaseError,
    Wish,
    wish_digest,
    wish_of,
)
from crossload.runner.environments.tools import (
    find_links,
    tool_variables,
    uv_command,
    without_links,
)
from crossload.runner.errors import StorageError
from crossload.runner.records import EnvironmentProblem
from crossload.runner.shipped import shipped_path
from crossload.runner.words import EnvironmentCause, EnvironmentState

TITLE = "# crossload lock, format 1; made by `crossload lock`, not by hand"
_HEADER = re.compile(r"^# ([a-z ]+): (.*)$")
_PACKAGE = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_RETRY_SECONDS = (2.0, 6.0)


@dataclass(frozen=True)
class LockStatus:
    """Whether an environment's lock fits its specification, and which file that is about."""

    environment: Environment
    state: Literal["current", "stale", "missing"]
    path: Path | None


def lock_folders(matrix: Path) -> tuple[Path, ...]:
    """Where locks are looked for, in order: beside the matrix, then what was shipped."""
    return tuple(dict.fromkeys((matrix.resolve().parent / "locks", shipped_path("locks"))))


def lock_path(folder: Path, environment: Environment) -> Path:
    """The file of this environment's lock in one of the `lock_folders`."""
    return folder / current_platform() / f"{environment.id}.txt"


def find_lock(environment: Environment, folders: Sequence[Path]) -> Lock | None:
    """The first lock that was made for this very specification; None if there is none."""
    wanted = spec_digest(environment)
    for folder in folders:
        lock = read_lock(lock_path(folder, environment))
        if lock is not None and lock.spec_digest == wanted:
            return lock
    return None


def check_lock(environment: Environment, folders: Sequence[Path]) -> LockStatus:
    """The state of the lock that a run would use, for `lock --check`."""
    lock = find_lock(environment, folders)
    if lock is not None:
        return LockStatus(environment, "current", lock.path)
    paths = (lock_path(folder, environment) for folder in folders)
    stale = next((path for path in paths if path.is_file()), None)
    return LockStatus(environment, "stale" if stale else "missing", stale)


def spec_digest(environment: Environment) -> str:
    """Digest of everything a lock of this environment depends on."""
    if environment.spec.conda is not None:
        return conda_digest(environment.spec, current_platform())
    return wish_digest(environment.spec, environment.python, current_platform(), load_frameworks())


def read_lock(path: Path) -> Lock | None:
    """The lock in this file; None if it is missing or not a lock of ours."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if not text.startswith(TITLE):
        return None
    headers = (match for line in text.splitlines() if (match := _HEADER.match(line)))
    header = {match.group(1): match.group(2) for match in headers}
    packages = (_PACKAGE.match(line) for line in text.splitlines())
    return Lock(
        path=path,
        digest=hashlib.sha256(content).hexdigest(),
        spec_digest=header.get("specification", ""),
        requirements=tuple((found.group(1), found.group(2)) for found in packages if found),
    )


def locked_source(path: Path) -> tuple[str, ...]:
    """The packages that the lock allows to be built from source."""
    for line in path.read_text("utf-8").splitlines():
        match = _HEADER.match(line)
        if match and match.group(1) == "built from source":
            return tuple(name for name in match.group(2).split() if name != "nothing")
    return ()


def ensure_lock(
    environment: Environment,
    folders: Sequence[Path],
    *,
    failures: Path | None = None,
    today: date | None = None,
) -> Lock | EnvironmentProblem:
    """The current lock; made again next to the matrix if it is missing or stale.

    Args:
        environment: The one to be built.
        folders: As `lock_folders` names them.
        failures: Where what cannot be resolved is remembered for the rest of the day, if anywhere.
        today: For tests.
    """
    found = find_lock(environment, folders)
    if found is not None or failures is None:
        return found or make_lock(environment, folders[0])
    day = today or date.today()  # noqa: DTZ011  (the user's day)
    digest = spec_digest(environment)
    known = recall(failures, digest, day)
    if known is not None:
        return known
    result = make_lock(environment, folders[0])
    if isinstance(result, EnvironmentProblem):
        remember(failures, digest, result, day)
    return result


def make_lock(
    environment: Environment,
    folder: Path,
    *,
    uv: Sequence[str] | None = None,
    today: date | None = None,
) -> Lock | EnvironmentProblem:
    """Resolve the environment's packages and write `<folder>/<platform>/<id>.txt`.

    Needs no interpreter of the environment's own Python unless a package is built from source.

    Raises:
        StorageError: the lock cannot be written.
    """
    if environment.spec.conda is not None:
        return _cannot_resolve(
            f"{environment.id!r} is locked when it is built",
            f"run `crossload envs build {environment.spec.name}`",
        )
    day = today or date.today()  # noqa: DTZ011  (a lock's day is a label)
    command = tuple(uv) if uv is not None else uv_command()
    if command is None:
        return _cannot_resolve("uv, which resolves packages, was not found", "install uv")
    try:
        wish = wish_of(
            environment.spec, environment.python, current_platform(), load_frameworks(), day
        )
    except UnknownReleaseError as error:
        return _cannot_resolve(
            f"{error}, so {environment.id!r} has no period to resolve in",
            "write `resolve: latest` or a day such as `resolve: '2024-03-01'`",
        )
    if is_hashed(environment.spec.lines):
        answer = _Answer(0, "", "\n".join(environment.spec.lines) + "\n")  # taken over as it is
    else:
        answer = _resolve(command, environment, wish)
    if answer.code != 0:
        return resolve_problem(environment.id, environment.python, answer.messages)
    text = _header(environment, wish, day, answer) + answer.resolved
    return write_lock(lock_path(folder, environment), text)


def write_lock(path: Path, text: str) -> Lock:
    """Write a lock, and read it back.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        write_atomically(path, text)
    except OSError as error:
        raise StorageError(
            f"the lock {str(path)!r} cannot be written: {error.strerror or error}",
            "make its folder writable: locks are kept next to the matrix",
        ) from error
    lock = read_lock(path)
    assert lock is not None
    return lock


def _cannot_resolve(message: str, advice: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        EnvironmentState.UNAVAILABLE, EnvironmentCause.RESOLVE_FAILED, message, advice
    )


@dataclass(frozen=True)
class _Answer:
    code: int
    messages: str
    resolved: str
    forced: bool = False
    built: tuple[str, ...] = ()


def _resolve(uv: Sequence[str], environment: Environment, wish: Wish) -> _Answer:
    """Resolve; where others' requirements forbid a pin of the matrix, again with the pin forced."""
    answer = _run_with_sources(uv, environment, wish, forced=())
    if answer.code == 0 or not wish.pins or not is_conflict(answer.messages):
        return answer
    second = _run_with_sources(uv, environment, wish, forced=wish.pins)
    # The second failure is told where it says more than that things do not fit together.
    return answer if is_conflict(second.messages) else replace(second, forced=True)


def _run_with_sources(
    uv: Sequence[str], environment: Environment, wish: Wish, forced: Sequence[str]
) -> _Answer:
    """Resolve to wheels; let in source builds one by one, those that are needed and allowed."""
    built: tuple[str, ...] = ()
    while True:
        answer = _run([*_command(uv, environment), *_options(wish, built)], wish, forced)
        name = source_only_package(answer.messages) if answer.code != 0 else None
        if name is None or name not in wish.source or name in built:
            return replace(answer, built=built)
        built = (*built, name)


def _run(resolve: Sequence[str], wish: Wish, forced: Sequence[str]) -> _Answer:
    """Run uv, again after a network failure."""
    with TemporaryDirectory(prefix="crossload-lock-") as scratch:
        overrides = Path(scratch) / "overrides.txt"
        # A marker that is never true drops the package from everybody's requirements.
        lines = [*(f"{name} ; sys_platform == 'never'" for name in wish.dropped), *forced]
        overrides.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [*resolve, "--override", str(overrides)]
        for pause in (*_RETRY_SECONDS, None):
            done = subprocess.run(
                command,
                input="\n".join(wish.requirements) + "\n",
                capture_output=True,
                text=True,
                errors="replace",
                env={**tool_variables(), "NO_COLOR": "1"},
                cwd=scratch,
                check=False,
            )
            if done.returncode == 0 or pause is None or not is_network_failure(done.stderr):
                break
            if wish.find_links and command != without_links(command):
                command = without_links(command)  # what is configured here may have the build, too
            else:
                time.sleep(pause)
    return _Answer(done.returncode, done.stderr, done.stdout)


def _command(uv: Sequence[str], environment: Environment) -> list[str]:
    interpreter = environment.interpreter
    command = [*uv, "pip", "compile", "-", "--quiet", "--no-python-downloads"]
    command += ["--python", str(interpreter.path) if interpreter else sys.executable]
    command += ["--python-version", environment.python]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--only-binary", ":all:"]
    return command


def _options(wish: Wish, built: Iterable[str]) -> list[str]:
    options = find_links(wish.find_links)
    options += [part for name in built for part in ("--no-binary", name)]
    if wish.until is not None:
        options += ["--exclude-newer", wish.until.isoformat()]
    return options


def _asked(environment: Environment, wish: Wish) -> str:
    file = environment.spec.requirements
    return " ".join(wish.requirements) or "nothing" if file is None else Path(file).name


def _header(environment: Environment, wish: Wish, day: date, answer: _Answer) -> str:
    until = f"releases until {wish.until}" if wish.until else f"all releases, on {day}"
    lines = [
        TITLE,
        f"# environment: {environment.id}",
        f"# specification: {wish.digest}",
        f"# python: {environment.python}",
        f"# platform: {current_platform()}",
        f"# resolve: {wish.resolve} ({until})",
        f"# asked for: {_asked(environment, wish)}",
        f"# forced on others: {' '.join(wish.pins) if answer.forced else 'nothing'}",
        f"# left out: {' '.join(wish.dropped) or 'nothing'}",
        f"# built from source: {' '.join(sorted(answer.built)) or 'nothing'}",
    ]
    return "\n".join(lines) + "\n"
