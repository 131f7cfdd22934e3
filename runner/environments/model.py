"""The values of this package: interpreter, environment, lock, built or adopted environment.

Owns their shapes and the platform's name; no behaviour beyond that.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.records import EnvironmentProblem
from crossload.runner.sandbox.target import Image

_SYSTEMS = {"darwin": "macos", "win32": "windows"}
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


def current_platform() -> str:
    """Name of this machine's kind, as in the lock folder: `linux-x86_64`, `macos-arm64`."""
    machine = platform.machine().lower()
    return f"{_SYSTEMS.get(sys.platform, sys.platform)}-{_MACHINES.get(machine, machine)}"


@dataclass(frozen=True)
class Interpreter:
    """A usable CPython: its full version, its real executable and its installation's prefix."""

    version: tuple[int, int, int]
    path: Path
    prefix: Path

    @property
    def minor(self) -> str:
        """The version that wheels are built for: `3.11`."""
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def full(self) -> str:
        """The whole version: `3.11.7`."""
        return ".".join(str(part) for part in self.version)


@dataclass(frozen=True)
class Adopted:
    """An existing environment as it is now: never built, never changed.

    `installed` is the digest of its distributions, `readable` are folders outside of its prefix
    that it imports from. With an `image`, the paths are inside, and `installed` is its digest.
    """

    python: Path
    prefix: Path
    installed: str
    readable: tuple[Path, ...] = ()
    image: Image | None = None


@dataclass(frozen=True)
class Environment:
    """A specification resolved against this machine; with a `problem` it cannot be built.

    `like` is the row of the shipped data whose facts stand for it; by default that of its own name.
    """

    id: str
    spec: EnvironmentSpec
    python: str
    interpreter: Interpreter | None
    problem: EnvironmentProblem | None = None
    adopted: Adopted | None = None
    like: str = ""

    @property
    def has_python(self) -> bool:
        """Whether this machine has its Python, or it brings its own as conda's do."""
        return self.interpreter is not None or self.spec.conda is not None

    @property
    def image(self) -> Image | None:
        """The container image that it is; None for all other kinds."""
        return None if self.adopted is None else self.adopted.image

    @property
    def row(self) -> str:
        """The name under which the shipped data describes it."""
        return self.like or self.spec.name


@dataclass(frozen=True)
class Lock:
    """A lock file: `digest` is of its content, `spec_digest` of what it was made for."""

    path: Path
    digest: str
    spec_digest: str
    requirements: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BuiltEnvironment:
    """An environment that is there, was verified, and imports its Keras."""

    environment: Environment
    digest: str
    prefix: Path
    python: Path
    base_prefix: Path
    versions: tuple[tuple[str, str], ...]
    import_seconds: float
