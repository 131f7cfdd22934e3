"""Runs a program and takes what it says, up to a size and for a time.

Owns the reading child's life: it is gone when this returns, with all that it started.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass
from enum import Enum
from typing import IO, cast

WALL_SECONDS = 30.0
ANSWER_CAP = 64_000_000
_SAID_CAP = 100_000  # of standard error, kept from its end
_CHUNK = 1 << 16
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "HDF5_USE_FILE_LOCKING": "FALSE",
    "HDF5_PLUGIN_PATH": "/nonexistent",  # a file may name a filter that is loaded from there
}


class Ending(Enum):
    """How a child ended."""

    EXITED = "exited"  # by itself, or by a signal that its limits or its file sent
    TOO_LONG = "too long"
    TOO_MUCH = "too much"


@dataclass(frozen=True)
class Answer:
    """The end of a child: its exit code (negative: a signal), its output, its last words."""

    ending: Ending
    code: int
    text: bytes = b""
    said: str = ""


def ask(
    command: list[str],
    *,
    seconds: float = WALL_SECONDS,
    cap: int = ANSWER_CAP,
    given: tuple[int, ...] = (),
) -> Answer:
    """Run a command with an environment of its own; standard output is the answer.

    Args:
        command: what to run.
        seconds: how long it may take.
        cap: how many bytes it may say.
        given: descriptors that it gets.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_ENVIRONMENT,
        pass_fds=given,
        start_new_session=True,
    ) as child:
        try:
            ending, text, said = _listen(child, time.monotonic() + seconds, cap)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        code = child.wait()
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return Answer(ending, code, text, lines[-1] if lines else "")


def _listen(child: subprocess.Popen[bytes], end: float, cap: int) -> tuple[Ending, bytes, bytes]:
    """Read both pipes until they close and the child has ended."""
    answer, said = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for stream, kept in ((child.stdout, answer), (child.stderr, said)):
            selector.register(cast("IO[bytes]", stream), selectors.EVENT_READ, kept)
        while selector.get_map():
            left = end - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                return Ending.TOO_LONG, bytes(answer), bytes(said)
            for key, _ in ready:
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fileobj)
                key.data.extend(data)
            del said[:-_SAID_CAP]
            if len(answer) > cap:
                return Ending.TOO_MUCH, b"", bytes(said)
    try:
        child.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return Ending.TOO_LONG, bytes(answer), bytes(said)
    return Ending.EXITED, bytes(answer), bytes(said)
