"""Ends a build as soon as the process that started it is gone, even by `kill -9`.

Owns a pipe that is never written to: the starter keeps one end open, the build waits at the other,
and the operating system closes the first however the starter dies.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

VARIABLE = "CROSSLOAD_LIFELINE"


@contextmanager
def lifeline() -> Iterator[int]:
    """The descriptor to hand to a build; whoever is given it ends when this block does.

    Raises:
        OSError: there are no more descriptors.
    """
    waiting, holding = os.pipe()
    try:
        yield waiting
    finally:
        for end in (waiting, holding):
            os.close(end)


def end_with_starter(variables: Mapping[str, str]) -> threading.Thread | None:
    """Kill this process and its group once its starter is gone.

    Does nothing where no lifeline was given, and in a group that this process does not lead: that
    group is a user's shell.

    Args:
        variables: this process's environment variables.
    """
    given = variables.get(VARIABLE, "")
    if not given.isdecimal() or os.getpgrp() != os.getpid():
        return None
    thread = threading.Thread(target=_wait, args=(int(given),), name="lifeline", daemon=True)
    thread.start()
    return thread


def _wait(descriptor: int) -> None:
    try:
        os.read(descriptor, 1)
    except OSError:
        return  # not a descriptor of ours: the variable was set by hand
    os.killpg(0, signal.SIGKILL)
