"""The command lines of container engines: what a process in an image sees, may use, and its end.

Owns the arguments of docker, podman and apptainer. Which image an environment lies in is found out
by `runner.environments.images`.

A container sees its image read-only, the folders that are mounted, and nothing else of this
machine; it has no network, no capabilities and no root. Docker and podman limit it by a control
group. Apptainer, which needs no service, runs it as an ordinary process below its caller, whose
limits it inherits.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.records import Limits
from crossload.runner.sandbox import bubblewrap
from crossload.runner.sandbox.starting import Descriptors, guarded, worker_command
from crossload.runner.sandbox.target import (
    INSIDE_ARTIFACTS,
    INSIDE_PROBES,
    INSIDE_SCRATCH,
    Engine,
    Image,
    Place,
    ProbeTarget,
)

_NOBODY = 65534
_TMP = "/tmp"  # noqa: S108 - the container's own
_TMP_BYTES, _SHARED_MEMORY_BYTES = 256_000_000, 64_000_000
# The engine's pipes arrive as standard input and output, which belong to the framework.
_PIPES = (3, 4)
_MOVE_PIPES = (
    "import os, sys; os.dup2(0, 3); os.dup2(1, 4); os.dup2(2, 1); "
    "os.execv(sys.executable, [sys.executable] + sys.argv[1:])"
)
# What clients need of the caller's variables; none of it reaches a container.
_CLIENT_NAMES = {"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "DBUS_SESSION_BUS_ADDRESS"}
_CLIENT_PREFIXES = ("XDG_", "DOCKER_", "CONTAINER", "APPTAINER_", "SSH_")
_INTO_APPTAINER = "APPTAINERENV_"
_IMAGES_OWN = {"PATH"}  # among a probe's variables: the image knows where its programs are


@dataclass(frozen=True)
class Mount:
    """A folder of this machine and where a container sees it."""

    source: Path
    target: Path
    writable: bool = False


@dataclass(frozen=True)
class Invocation:
    """A client's command line and variables, and the command that ends what it started, if any."""

    command: tuple[str, ...]
    variables: Mapping[str, str]
    ending: tuple[str, ...]


@dataclass(frozen=True)
class Container:
    """The containment of workers that live in an image."""

    image: Image

    @property
    def guarded(self) -> bool:
        """Whether a guardian starts it: yes, a client that is killed leaves its container."""
        return True

    @property
    def filtered(self) -> bool:
        """Whether it is started with a filter of system calls: engines have their own."""
        return False

    @property
    def is_remote(self) -> bool:
        """Whether a service runs it, so that its memory cannot be seen from here."""
        return self.image.engine is not Engine.APPTAINER

    def owner(self, slot: int) -> int | None:
        """Return the user id that must own the scratch folder, if not the caller's."""
        del slot
        return user_inside() if os.geteuid() == 0 else None

    def inside(self, place: Place) -> Place:
        """Return the folders as the worker sees them."""
        return Place(INSIDE_PROBES, INSIDE_ARTIFACTS, INSIDE_SCRATCH, place.log, place.slot)

    def command(
        self, target: ProbeTarget, place: Place, limits: Limits, descriptors: Descriptors,
        script: str,
    ) -> tuple[list[str], dict[str, str]]:  # fmt: skip
        """Return the argument list and the environment that start the worker `script`."""
        worker = worker_command(target, self.inside(place), script, _PIPES)
        words = [worker[0], "-I", "-B", "-c", _MOVE_PIPES, *worker[1:]]
        mounts = (
            Mount(place.probes, INSIDE_PROBES),
            Mount(place.artifacts, INSIDE_ARTIFACTS),
            Mount(place.scratch, INSIDE_SCRATCH, writable=True),
        )
        made = invoke(self.image, words, mounts, bubblewrap.variables(target, _TMP, _TMP), limits)
        inherited = {} if self.is_remote else bubblewrap.resource_limits(limits)
        command = guarded(descriptors, inherited, made.command, made.ending)
        return command, dict(made.variables)


def user_inside() -> int:
    """Return the user (and group) id of processes in containers: the caller's, but never root's."""
    return os.geteuid() or _NOBODY


def invoke(
    image: Image,
    words: Sequence[str],
    mounts: Sequence[Mount],
    variables: Mapping[str, str],
    limits: Limits,
) -> Invocation:
    """Return how to run a command in a new container of an image.

    Args:
        image: which image.
        words: the command, as paths inside.
        mounts: the folders it sees; it starts in the writable one, if any.
        variables: what is added to the image's own.
        limits: what it may use.
    """
    folder = next((str(one.target) for one in mounts if one.writable), "/")
    wanted = {name: value for name, value in variables.items() if name not in _IMAGES_OWN}
    client = _client_variables()
    if image.engine is Engine.APPTAINER:
        wanted.pop("HOME", None)  # apptainer sets it, to an empty folder
        client |= {f"{_INTO_APPTAINER}{name}": value for name, value in wanted.items()}
        return Invocation((*_apptainer(image, mounts, folder), *words), client, ())
    name = f"crossload-{secrets.token_hex(6)}"
    command = [image.program, "run", "--rm", "--interactive", "--init", "--name", name]
    command += _isolation(image.engine)
    command += _limits(limits)
    for one in mounts:
        end = "" if one.writable else ",readonly"
        command += ["--mount", f"type=bind,source={one.source},target={one.target}{end}"]
    command += ["--tmpfs", f"{_TMP}:rw,exec,mode=1777,size={_TMP_BYTES}", "--workdir", folder]
    for variable, value in wanted.items():
        command += ["--env", f"{variable}={value}"]
    command += ["--entrypoint", words[0], image.reference, *words[1:]]
    return Invocation(tuple(command), client, (image.program, "rm", "--force", name))


def _isolation(engine: Engine) -> Iterable[str]:
    user = user_inside()
    yield from ("--pull", "never", "--network", "none", "--read-only", "--cap-drop", "ALL")
    # Without the second, SELinux hides folders that are not labelled for containers.
    yield from ("--security-opt", "no-new-privileges", "--security-opt", "label=disable")
    yield from ("--user", f"{user}:{os.getegid() or _NOBODY}")
    if engine is Engine.PODMAN and os.geteuid() != 0:
        yield from ("--userns", "keep-id")  # else the scratch folder belongs to another user inside


def _limits(limits: Limits) -> Iterable[str]:
    memory = str(limits.memory_mb * 1_000_000)
    yield from ("--memory", memory, "--memory-swap", memory)
    yield from ("--pids-limit", str(bubblewrap.thread_limit(limits)))
    yield from ("--shm-size", str(_SHARED_MEMORY_BYTES))
    for name, value in bubblewrap.resource_limits(limits).items():
        yield from ("--ulimit", f"{name}={value}:{value}")


def _apptainer(image: Image, mounts: Sequence[Mount], folder: str) -> Iterable[str]:
    yield from (image.program, "--quiet", "exec", "--containall", "--cleanenv", "--no-privs")
    yield from ("--net", "--network", "none")
    if os.geteuid() == 0:
        yield from ("--security", f"uid:{_NOBODY}", "--security", f"gid:{_NOBODY}")
    for one in mounts:
        yield from ("--bind", f"{one.source}:{one.target}:{'rw' if one.writable else 'ro'}")
    yield from ("--pwd", folder, image.reference)


def _client_variables() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _CLIENT_NAMES or name.startswith(_CLIENT_PREFIXES)
    }
