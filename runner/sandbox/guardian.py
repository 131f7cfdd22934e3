"""Starts one worker without a sandbox and leaves nothing of it behind; standard library only.

Run as `python -I guardian.py --lifeline FD --info FD --limits data=N,... [--pipes FD,FD]
[--ending COMMAND] -- COMMAND...`. Owns the worker's process session, its resource limits and its
end: when the worker exits, or when the other end of the lifeline pipe closes (which the kernel does
for a supervisor that dies, however it dies), everything that the worker started is killed. Ends
with the worker's exit status, or 128 plus the signal that ended it. It is no protection against
hostile code; that is the sandbox's.

The client of a container engine gets `--pipes` as its standard input and output. Its container
outlives it: `--ending`, a JSON list, is run if the client did not end well.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import pathlib
import resource
import select
import signal
import subprocess
import sys
import time

_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36
_LIMITS = {
    "data": resource.RLIMIT_DATA,
    "fsize": resource.RLIMIT_FSIZE,
    "nofile": resource.RLIMIT_NOFILE,
    "core": resource.RLIMIT_CORE,
}
_SET_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)  # ignored here; a worker starts with defaults
_GIVE_UP_SECONDS = 10.0
_ENDING_SECONDS = 60.0


def main(arguments: list[str]) -> int:
    """Run the worker to its end, or to the supervisor's; return the status to exit with."""
    split = arguments.index("--")
    options = dict(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    lifeline, info = int(options["--lifeline"]), int(options["--info"])
    for own in (lifeline, info):
        fcntl.fcntl(own, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    _prctl(_SET_CHILD_SUBREAPER, 1)  # a daemon's new parent is this process, not the system's
    wakeup, woken = os.pipe()
    for end in (wakeup, woken):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    worker = _start(arguments[split + 1 :], options, lifeline)
    with contextlib.suppress(OSError):
        os.write(info, json.dumps({"child-pid": worker}).encode())
    os.close(info)
    _close_others(lifeline, wakeup, woken)
    status = _watch(worker, lifeline, wakeup)
    _kill_all(worker)
    if status != 0 and "--ending" in options:
        _end(json.loads(options["--ending"]))
    return status


def _start(command: list[str], options: dict[str, str], lifeline: int) -> int:
    guardian = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        os.close(lifeline)
        os.setsid()
        _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != guardian:
            os._exit(126)
        signal.set_wakeup_fd(-1)
        for number in (
            signal.SIGCHLD,
            signal.SIGINT,
            signal.SIGTERM,
            signal.SIGHUP,
            *_SET_BY_PYTHON,
        ):
            signal.signal(number, signal.SIG_DFL)
        for pair in filter(None, options.get("--limits", "").split(",")):
            name, _, value = pair.partition("=")
            _limit(_LIMITS[name], int(value))
        for standard, pipe in enumerate(filter(None, options.get("--pipes", "").split(","))):
            os.dup2(int(pipe), standard)
            os.close(int(pipe))
        os.execv(command[0], command)  # noqa: S606 - a list, no shell
    except (OSError, ValueError, KeyError) as error:
        os.write(2, f"cannot start {command[0]!r}: {error}\n".encode())
    finally:
        os._exit(127)


def _close_others(*kept: int) -> None:
    """Let go of the worker's pipes: while they are open here, its closing them goes unnoticed."""
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, 1024)


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    # macOS refuses some limits; a limit less is better than no probe.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(which, (value, value))


def _watch(worker: int, lifeline: int, wakeup: int) -> int:
    """Reap until the worker is gone or the lifeline is; return the status to pass on."""
    while True:
        ready, _, _ = select.select([lifeline, wakeup], [], [], 1.0)
        if lifeline in ready:
            return 128 + signal.SIGKILL
        with contextlib.suppress(BlockingIOError):
            os.read(wakeup, 4096)
        status = _reap(worker)
        if status is not None:
            return status


def _reap(worker: int) -> int | None:
    """Collect whatever has ended; return the worker's exit status if it was among that."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == worker:
            code = os.waitstatus_to_exitcode(status)
            found = 128 - code if code < 0 else code


def _kill_all(worker: int) -> None:
    """Kill everything below this process; stop first, so that a fork bomb cannot run ahead."""
    deadline = time.monotonic() + _GIVE_UP_SECONDS
    while time.monotonic() < deadline:
        below = _descendants(os.getpid())
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in below:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(worker, number)
        _reap(worker)
        if not _descendants(os.getpid()):
            return
        time.sleep(0.005)


def _end(command: list[str]) -> None:
    """Run the command that ends what the worker left to a service."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_ENDING_SECONDS,
            check=False,
        )


def _descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for pid, parent in _parents():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    todo = list(children.get(root, ()))
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, ())
    return found


def _parents() -> list[tuple[int, int]]:
    """Return (process, its parent) for every process that can be seen."""
    if not pathlib.Path("/proc/self/stat").exists():
        return _parents_by_ps()
    pairs = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            pairs.append((int(folder.name), int(fields[1])))
    return pairs


def _parents_by_ps() -> list[tuple[int, int]]:
    with subprocess.Popen(
        ["/bin/ps", "-axo", "pid=,ppid="], stdout=subprocess.PIPE, text=True
    ) as listing:
        rows = [line.split() for line in listing.communicate()[0].splitlines()]
    # `ps` lists itself, and is gone by now.
    return [(int(row[0]), int(row[1])) for row in rows if int(row[0]) != listing.pid]


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
