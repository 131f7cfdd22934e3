"""From what a tool printed to the cause of a failure and the advice that goes with it.

Owns the patterns and the sentences of failed resolutions, installs and imports.
"""

from __future__ import annotations

import re

from crossload.runner.environments.tools import tail
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause, EnvironmentState

_DISK = re.compile(
    r"No space left on device|os error 28|\[Errno 28\]|Disk quota exceeded", re.IGNORECASE
)
_HASH = re.compile(
    r"hash mismatch|do not match the hashes|HashMismatch|Hashes are required", re.IGNORECASE
)
_NETWORK = re.compile(
    r"error sending request|dns error|failed to lookup address|Connection (?:refused|reset|aborted)"
    r"|connection closed|timed? ?out|Temporary failure in name resolution|Network is unreachable"
    r"|Max retries exceeded|incomplete message|50[0234] (?:Server|Bad|Service|Gateway)"
    r"|status server error|Could not connect|NewConnectionError|ReadTimeout|broken pipe",
    re.IGNORECASE,
)
_NO_WHEEL = re.compile(
    r"no wheels with a matching|does not satisfy Python|we only found wheels for"
    r"|no matching distribution found|is not a supported wheel on this platform",
    re.IGNORECASE,
)
_SOURCE_ONLY = re.compile(
    r"[Bb]ecause (?:all of:\s+)?([\w.-]+)\S*(?:\s+\1[<>=]\S*)*\s+ha(?:s|ve) no usable wheels"
    r"|Wheels are required for `([\w.-]+)`"
)
_NO_VERSION = re.compile(
    r"(?i)(?:there (?:is|are) no versions? of|only \S+ (?:is|are) available and you require)"
    r" ([\w.-]+(?:[=<>!~]=?[\w.*]+)?)"
)


def is_network_failure(text: str) -> bool:
    """Whether trying again can help; never true where a hash was wrong or the disk full."""
    return bool(_NETWORK.search(text)) and not _HASH.search(text) and not _DISK.search(text)


def is_compile_failure(text: str) -> bool:
    """Whether everything was installed, and only its compilation to bytecode failed."""
    return "Failed to bytecode-compile" in text


def source_only_package(text: str) -> str | None:
    """The package that the resolver did not take because it has no wheel, if that was it."""
    found = _SOURCE_ONLY.search(text)
    return (found.group(1) or found.group(2)) if found else None


def is_conflict(text: str) -> bool:
    """Whether the resolver found every package, but no set of them that fits together."""
    other = _NO_WHEEL, _NO_VERSION, _SOURCE_ONLY, _NETWORK, _DISK
    return "No solution found" in text and not any(each.search(text) for each in other)


def resolve_problem(environment_id: str, python: str, output: str) -> EnvironmentProblem:
    """Why the resolver found nothing."""
    if _DISK.search(output):
        return disk_full(environment_id, tail(output))
    if is_network_failure(output):
        return _unavailable(
            EnvironmentCause.RESOLVE_FAILED,
            f"the packages of {environment_id!r} could not be looked up: no package index answered",
            "check the network and run again; a locked environment needs no package index",
            output,
        )
    if _NO_WHEEL.search(output):
        return EnvironmentProblem(
            EnvironmentState.IMPOSSIBLE,
            EnvironmentCause.NO_WHEEL,
            f"a package of {environment_id!r} has no build for Python {python}",
            "choose another `python`, or pin the package to a version that has one",
            tail(output),
        )
    source_only = source_only_package(output)
    if source_only:
        return _unavailable(
            EnvironmentCause.RESOLVE_FAILED,
            f"{environment_id!r} needs {source_only!r}, which had no wheel at that time and must "
            "not be built from source",
            "pin it to a version with a wheel, or set `resolve` to a later day",
            output,
        )
    missing = _NO_VERSION.search(output)
    if missing:
        return _unavailable(
            EnvironmentCause.RESOLVE_FAILED,
            f"{missing.group(1)!r}, which {environment_id!r} asks for, does not exist or is newer "
            "than its `resolve` allows",
            "check the version; packages younger than the framework need `resolve: latest` or a "
            "day such as '2024-03-01'",
            output,
        )
    return _unavailable(
        EnvironmentCause.RESOLVE_FAILED,
        f"the packages of {environment_id!r} cannot be installed together",
        "loosen a pin, or set `resolve` to another day; the resolver's last lines show the "
        "conflict",
        output,
    )


def install_problem(environment_id: str, output: str) -> EnvironmentProblem:
    """Why the installer gave up."""
    if _DISK.search(output):
        return disk_full(environment_id, tail(output))
    if _HASH.search(output):
        return _unavailable(
            EnvironmentCause.HASH_MISMATCH,
            f"a package of {environment_id!r} is not the file that its lock names",
            "do not use it; if the package was replaced on purpose, resolve again with "
            "`crossload lock`",
            output,
        )
    if is_network_failure(output):
        return _unavailable(
            EnvironmentCause.INSTALL_FAILED,
            f"the packages of {environment_id!r} could not be downloaded",
            "check the network and run again; what was downloaded is kept",
            output,
        )
    return _unavailable(
        EnvironmentCause.INSTALL_FAILED,
        f"the packages of {environment_id!r} could not be installed",
        "the installer's last lines say why; a package built from source needs a C compiler",
        output,
    )


def import_problem(environment_id: str, error: str, output: str) -> EnvironmentProblem:
    """Why the installed environment cannot import its Keras: a result, to be kept."""
    return _unavailable(
        EnvironmentCause.IMPORT_FAILED,
        f"the packages of {environment_id!r} install, but its Keras cannot be imported: {error}",
        "set another `resolve` (such as `period`), or pin the package that the error names",
        output,
    )


def disk_full(environment_id: str, log_tail: str = "", needed: str = "") -> EnvironmentProblem:
    """There is no room for the environment."""
    room = f" ({needed})" if needed else ""
    return EnvironmentProblem(
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.DISK_FULL,
        f"there is not enough disk space for {environment_id!r}{room}",
        "free some space, remove environments with `crossload envs remove`, or choose another "
        "disk with --home",
        log_tail,
    )


def _unavailable(
    cause: EnvironmentCause, message: str, advice: str, output: str
) -> EnvironmentProblem:
    return EnvironmentProblem(EnvironmentState.UNAVAILABLE, cause, message, advice, tail(output))
