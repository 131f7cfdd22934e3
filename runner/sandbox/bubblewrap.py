"""The command line of bubblewrap for one worker or reader: what it sees, may write, its limits.

Owns the arguments; `containment` finds out whether bubblewrap works on this machine. A worker sees
the system's programs, its interpreter and its environment read-only at their own paths, the probes,
the artifacts read-only, and one scratch folder; no network, no home, no variables but its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crossload.runner.sandbox.target import (
    INSIDE_ARTIFACTS,
    INSIDE_PROBES,
    INSIDE_SCRATCH,
    Place,
    ProbeTarget,
)

if TYPE_CHECKING:
    from crossload.runner.records import Limits

_NAMESPACES = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
               "--unshare-cgroup-try", "--die-with-parent")  # fmt: skip
_AS_NOBODY = ("--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL")
_SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# The loader's cache, the time zone, `c++` and `cc` as Debian links them, and NixOS' packages.
_SYSTEM_EXTRAS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives", "/nix/store")
_TMP_BYTES, _SHARED_MEMORY_BYTES = 256_000_000, 64_000_000
_HOME = "/home/probe"
_FIRST_USER_ID = 200_000
_OPEN_FILES = 512


@dataclass(frozen=True)
class Tools:
    """The programs that the sandbox is made of; `options` are those that this bubblewrap knows.

    `setpriv` is empty unless the caller is root: then mounts are made as root, and the worker
    runs under a user id of its own. (A user namespace made by root would leave files of the
    host's root writable, and would escape the limit on processes.)
    """

    bwrap: str
    prlimit: str
    setpriv: str
    options: frozenset[str]


def user_id(slot: int) -> int:
    """Return the private user (and group) id of a slot where the caller is root."""
    return _FIRST_USER_ID + os.getpid() % 4000 * 100 + slot


def resource_limits(limits: Limits) -> dict[str, int]:
    """Return the kernel's limits on a worker process, by name as `prlimit` has them.

    CPU time is missing on purpose: the worker sets it again for every job. The limit on private
    memory lies above the one that the supervisor watches, so that a slow growth is seen and named,
    and only one huge request is refused at once.
    """
    return {
        "data": limits.memory_mb * 1_500_000,
        "fsize": limits.scratch_mb * 1_000_000,
        "nofile": _OPEN_FILES,
        "core": 0,
    }


def thread_limit(limits: Limits) -> int:
    """Return how many threads a worker may have; frameworks start some per processor."""
    return max(limits.processes, 64 + 8 * (os.cpu_count() or 1))


def wrap(tools: Tools, target: ProbeTarget, place: Place, filter_fd: int | None) -> list[str]:
    """Return everything before the worker's own command; `--info-fd` is the launcher's to add."""
    command = [tools.bwrap, *_NAMESPACES, "--new-session", "--hostname", "probe"]
    if not tools.setpriv:
        command += [*_AS_NOBODY, *_if_known(tools, "--disable-userns")]
    command += _system(tools)
    command += _readable(target)
    command += ["--ro-bind", str(place.probes), str(INSIDE_PROBES)]
    command += ["--ro-bind", str(place.artifacts), str(INSIDE_ARTIFACTS)]
    command += ["--bind", str(place.scratch), str(INSIDE_SCRATCH)]
    command += ["--remount-ro", "/", "--chdir", str(INSIDE_SCRATCH), "--clearenv"]
    for name, value in variables(target, _HOME, "/tmp").items():  # noqa: S108 - the sandbox's own
        command += ["--setenv", name, value]
    if filter_fd is not None:
        command += ["--seccomp", str(filter_fd)]
    return command


def wrap_reader(
    bwrap: str, target: ProbeTarget, shown: Mapping[Path, Path], filter_fd: int | None
) -> list[str]:
    """Return everything before a command that only reads; `shown` are inner paths by outer ones.

    There is nothing to write to in there, no /proc and no device: that is why it needs no user id
    of its own where the caller is root, and can read whatever its caller may.
    """
    command = [bwrap, *_NAMESPACES, *_AS_NOBODY, *_programs(), *_readable(target)]
    for outside, inside in shown.items():
        command += ["--ro-bind", str(outside), str(inside)]
    command += ["--remount-ro", "/", "--chdir", "/"]
    if filter_fd is not None:
        command += ["--seccomp", str(filter_fd)]
    return [*command, "--"]


def confine(tools: Tools, place: Place, limits: Limits) -> list[str]:
    """Return the programs between bubblewrap and the worker: drop the user id, set the limits."""
    command: list[str] = []
    if tools.setpriv:
        user = str(user_id(place.slot))
        command += [tools.setpriv, "--reuid", user, "--regid", user, "--clear-groups"]
        command += ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
    command += [tools.prlimit, f"--nproc={thread_limit(limits)}"]
    command += [f"--{name}={value}" for name, value in resource_limits(limits).items()]
    return command


def variables(target: ProbeTarget, home: str, temporary: str) -> dict[str, str]:
    """Return the whole environment of a worker: a fixed frame and the target's own variables."""
    frame = {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": temporary,
        "KERAS_HOME": f"{temporary}/keras",
        "USER": "probe",
        "LOGNAME": "probe",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }
    return {**frame, **dict(target.variables)}


def _system(tools: Tools) -> list[str]:
    command = [*_folders("/home", _HOME), *_programs()]
    # bubblewrap leaves /proc/sys writable to a process that is root outside.
    command += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"]
    for path_text, size in (("/dev/shm", _SHARED_MEMORY_BYTES), ("/tmp", _TMP_BYTES)):  # noqa: S108 - the sandbox's own
        command += ["--perms", "1777", *_if_known(tools, "--size", str(size))]
        command += ["--tmpfs", path_text]
    return [*command, "--remount-ro", "/dev"]


def _programs() -> list[str]:
    """What every program of this system needs."""
    command = [*_folders("/etc"), "--ro-bind", "/usr", "/usr"]
    for path in map(Path, _SYSTEM_LINKS):
        if path.is_symlink():  # one merged tree, as most systems have today
            command += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            command += ["--ro-bind", str(path), str(path)]
    for extra in _SYSTEM_EXTRAS:
        command += ["--ro-bind-try", extra, extra]
    return command


def _readable(target: ProbeTarget) -> list[str]:
    """Bind the interpreter and the environment at their own paths.

    bubblewrap makes missing parents unreadable to others, so each is made first.
    """
    paths = [path for path in _needed(target) if not _below(path, "/usr")]
    made = {"/", "/tmp", "/home", "/etc"}  # noqa: S108 - the sandbox's own
    command: list[str] = []
    for path in paths:
        for parent in reversed(path.parents):
            if str(parent) not in made:
                made.add(str(parent))
                command += _folders(str(parent))
    for path in paths:
        command += ["--ro-bind", str(path), str(path)]
    return command


def _needed(target: ProbeTarget) -> list[Path]:
    """Return the paths that an environment lives in; parents before what lies in them.

    The environment's `python` may reach the interpreter over several links, each of which must
    exist inside too.
    """
    wanted = [*_prefix(target.base_prefix), *_prefix(target.base_prefix.resolve()), target.prefix]
    wanted += [folder for folder in target.readable if not _is_system(folder)]
    hop = target.python
    for _ in range(8):
        if not any(_below(hop, str(path)) for path in wanted):
            wanted.append(hop)
        if not hop.is_symlink():
            break
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
    unique = sorted(set(wanted), key=lambda path: len(path.parts))
    kept: list[Path] = []
    for path in unique:
        if not any(_below(path, str(above)) for above in kept):
            kept.append(path)
    return kept


def _prefix(prefix: Path) -> list[Path]:
    """Return what to show of an interpreter's prefix: all of it, unless it holds a home."""
    # Not `Path.home()`, which raises where HOME is unset and the user unknown.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - see above
    if prefix == home or prefix in home.parents:
        parts = [prefix / name for name in ("bin", "lib", "lib64")]
        return [part for part in parts if part.is_dir()]
    return [prefix]


def _is_system(folder: Path) -> bool:
    return any(_below(folder, known) for known in ("/usr", *_SYSTEM_LINKS))


def _below(path: Path, folder: str) -> bool:
    return str(path) == folder or str(path).startswith(folder.rstrip("/") + "/")


def _folders(*paths: str) -> list[str]:
    return [word for path in paths for word in ("--perms", "0755", "--dir", path)]


def _if_known(tools: Tools, option: str, *values: str) -> Sequence[str]:
    return (option, *values) if option in tools.options else ()


def known_options(help_text: str) -> frozenset[str]:
    """Return the options that `bwrap --help` lists."""
    words: Iterable[str] = help_text.split()
    return frozenset(word for word in words if word.startswith("--"))
