"""What is known of a file while the rest of it is still read, in case that never ends.

Owns the limit on the processor time that HDF5 may take without getting on, when the facts read so
far are kept, and how the child says that it reads. It works in the reading child; elsewhere nothing
is kept and nothing is limited.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from math import ceil

from crossload.runner.inspection.model import Inspection

BEGUN = b"reading\n"  # what a reading child says first, when nothing but reading is left to do
KEPT_CAP = 4_000_000  # of what is known before the whole is read
STUCK_SECONDS = 3  # of processor time
_EVERY = 0.2  # seconds of processor time at first, twice as long each time


class Progress:
    """Hands on what is known, and keeps the process alive as long as there is more of it."""

    def __init__(self, keep: Callable[[Inspection], None] | None = None) -> None:
        self._keep = keep
        self._next, self._interval = 0.0, _EVERY

    def made(self, known: Callable[[], Inspection]) -> None:
        """Something was read: restart the clock, and now and then keep what is known."""
        if time.process_time() >= self._next:
            self.reached(known)

    def reached(self, known: Callable[[], Inspection]) -> None:
        """A part was read to its end: keep what is known at once."""
        if self._keep is None:
            return
        self._keep(known())
        now = time.process_time()
        self._next, self._interval = now + self._interval, self._interval * 2
        limit_time(now + STUCK_SECONDS + self._interval)

    def ended(self) -> None:
        """HDF5 is done with: what follows may take all the time that the process has."""
        if self._keep is not None:
            limit_time(None)


def limit_time(seconds: float | None) -> None:
    """End this process once it has used so much processor time; None for the most it may."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = most if seconds is None else ceil(seconds)
    if most not in {resource.RLIM_INFINITY, wanted}:
        wanted = min(wanted, most)
    resource.setrlimit(resource.RLIMIT_CPU, (wanted, most))


_state = Progress()


def progress() -> Progress:
    """That of this process."""
    return _state


def keep_with(keep: Callable[[Inspection], None]) -> None:
    """From now on hand what is known to `keep`, and limit what HDF5 takes."""
    global _state  # noqa: PLW0603 - one process reads one file
    _state = Progress(keep)
