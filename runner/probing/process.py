"""A started worker process: its pipes, its end, and the killing of everything it started.

Owns the operating system's side of a worker; `worker` speaks over the pipes. It must be started
from a thread that outlives it (the main thread): the sandbox dies with that thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable

from crossload.runner.records import Limits
from crossload.runner.sandbox.seccomp import filter_pipe
from crossload.runner.sandbox.starting import Containment, Descriptors
from crossload.runner.sandbox.target import Place, ProbeTarget

_POLL_SECONDS = 0.01
_GUARDIAN_SECONDS = 3.0


class Process:
    """One worker and whatever contains it; `on_exit` is called once, in the event loop."""

    def __init__(
        self,
        popen: subprocess.Popen[bytes],
        jobs: int,
        answers: int,
        info: int,
        lifeline: int | None,
    ) -> None:
        self.popen = popen
        self.jobs: int | None = jobs
        self.answers: int | None = answers
        self._info: int | None = info
        self._told = b""
        self._lifeline = lifeline
        self._guarded = lifeline is not None
        self._init_pid: int | None = None
        self._init_fd: int | None = None
        self._outer_fd = _pidfd(popen.pid)
        self._killed_at: float | None = None
        self._loop = asyncio.get_running_loop()
        self._on_exit: Callable[[int], None] | None = None
        self._unsent = b""
        self._loop.add_reader(info, self._read_info)

    @property
    def pid(self) -> int:
        return self.popen.pid

    def watch(self, on_exit: Callable[[int], None]) -> None:
        """Ask to be told the exit status (128 + signal for signals) when all has ended."""
        self._on_exit = on_exit
        if self._outer_fd is not None:
            self._loop.add_reader(self._outer_fd, self.poll)

    def poll(self) -> None:
        """Notice an end; needed from time to time where the kernel cannot tell by itself."""
        if self._killed_at is not None and self._guarded:
            self._insist()
        code = self.popen.poll()
        if code is None or not self._init_gone():
            if code is not None:
                self._stop_watching()
                self._loop.call_later(_POLL_SECONDS, self.poll)
            return
        self._stop_watching()
        callback, self._on_exit = self._on_exit, None
        if callback is not None:
            callback(128 - code if code < 0 else code)

    def kill(self) -> None:
        """Kill the worker and everything it started; returns at once, `on_exit` tells the end."""
        if self._killed_at is None:
            self._killed_at = time.monotonic()
        self._read_info()
        if self._guarded:
            self._close_lifeline()
        elif self._init_fd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init_fd, signal.SIGKILL)
        else:
            # Too early to know its first process: that one dies with this one.
            self.popen.kill()
        if self._guarded or self._outer_fd is None:
            self._loop.call_later(_POLL_SECONDS, self._poll_until_gone)

    def send(self, line: bytes) -> bool:
        """Write a job; what the pipe does not take at once follows. False if it is closed."""
        if self.jobs is None:
            return False
        try:
            written = os.write(self.jobs, line)
        except OSError:
            return False
        self._unsent = line[written:]
        if self._unsent:
            self._loop.add_writer(self.jobs, self._send_more)
        return True

    def _send_more(self) -> None:
        """Go on with a long job; a reader that is gone is noticed by its end."""
        assert self.jobs is not None  # hanging up ends the writing
        try:
            self._unsent = self._unsent[os.write(self.jobs, self._unsent) :]
        except BlockingIOError:
            return
        except OSError:
            self._unsent = b""
        if not self._unsent:
            self._loop.remove_writer(self.jobs)

    def hang_up(self) -> None:
        """Close the pipe of jobs: a healthy worker ends by itself."""
        if self.jobs is not None:
            self._loop.remove_writer(self.jobs)
            os.close(self.jobs)
            self.jobs = None

    def close(self) -> None:
        """Give all descriptors back; the process must have ended."""
        self._stop_watching()
        self.hang_up()
        self._close_lifeline()
        for name in ("answers", "_info", "_init_fd", "_outer_fd"):
            descriptor = getattr(self, name)
            if descriptor is not None:
                self._loop.remove_reader(descriptor)
                os.close(descriptor)
                setattr(self, name, None)

    def _poll_until_gone(self) -> None:
        self.poll()
        if self._on_exit is not None:
            self._loop.call_later(_POLL_SECONDS, self._poll_until_gone)

    def _insist(self) -> None:
        """A guardian that does not answer has been tampered with: kill what can be named."""
        assert self._killed_at is not None
        if time.monotonic() - self._killed_at > _GUARDIAN_SECONDS:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                self.popen.kill()
            if self._init_pid is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._init_pid, signal.SIGKILL)

    def _read_info(self) -> None:
        """Learn the sandbox's first process, whose death is the death of all in there."""
        if self._info is None:
            return
        try:
            data = os.read(self._info, 4096)
        except BlockingIOError:
            return
        self._told += data
        # It arrives in pieces, and closing before the last one would kill the writer (SIGPIPE).
        if data and b"}" not in self._told:
            return
        self._loop.remove_reader(self._info)
        os.close(self._info)
        self._info = None
        with contextlib.suppress(ValueError, KeyError, TypeError):
            self._init_pid = int(json.loads(self._told)["child-pid"])
        if self._init_pid is not None and not self._guarded:
            self._init_fd = _pidfd(self._init_pid)

    def _init_gone(self) -> bool:
        """A pid's descriptor turns readable only when its whole namespace has been reaped."""
        if self._init_fd is None:
            return True
        return bool(select.select([self._init_fd], [], [], 0)[0])

    def _stop_watching(self) -> None:
        if self._outer_fd is not None:
            self._loop.remove_reader(self._outer_fd)

    def _close_lifeline(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None


def launch(
    sandbox: Containment, target: ProbeTarget, place: Place, limits: Limits, script: str
) -> Process:
    """Start a worker; the scratch folder in `place` must exist and be its own.

    Raises:
        OSError: a program cannot be started or a pipe cannot be made.
    """
    given: list[int] = []  # the worker's ends
    kept: list[int] = []
    try:
        for ours in (1, 0, 0):  # jobs: we write; answers and info: we read
            pipe = os.pipe()
            kept.append(pipe[ours])
            given.append(pipe[1 - ours])
        lifeline = None
        if sandbox.guarded:
            reading, lifeline = os.pipe()
            given.append(reading)
            kept.append(lifeline)
        elif sandbox.filtered:
            given.append(filter_pipe())
        extra = given[3] if len(given) > 3 else None
        descriptors = Descriptors(jobs=given[0], answers=given[1], info=given[2], extra=extra)
        command, environment = sandbox.command(target, place, limits, descriptors, script)
        popen = _start(command, environment, place, given)
    except BaseException:
        for descriptor in kept:
            os.close(descriptor)
        raise
    finally:
        for descriptor in given:
            os.close(descriptor)
    for descriptor in kept[:3]:
        os.set_blocking(descriptor, False)
    return Process(popen, kept[0], kept[1], kept[2], lifeline)


def _start(
    command: list[str], environment: dict[str, str], place: Place, given: list[int]
) -> subprocess.Popen[bytes]:
    with place.log.open("wb") as log:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=place.scratch,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=given,
            start_new_session=True,
        )


def _pidfd(pid: int) -> int | None:
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None
