"""Whose turn it is: which environment gets the next free token, and which idle worker must go.

Owns that decision and the estimates it rests on. Pure: it starts and ends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from crossload.runner.probing.backlog import Pending, PendingSave, Queue
from crossload.runner.probing.executor import Hand, Host
from crossload.runner.sandbox.target import ProbeTarget

_SMOOTHING = 0.2
_UNKNOWN_WORKER_MB = 600.0


@dataclass
class Pace:
    """How long one environment's jobs take, in seconds, learned as they end."""

    save: float = 0.8
    load: float = 0.3
    start: float = 3.0

    def learn(self, item: Pending, seconds: float) -> None:
        """Let a job that has just ended count."""
        name = "save" if isinstance(item, PendingSave) else "load"
        old = getattr(self, name)
        setattr(self, name, old + _SMOOTHING * (seconds - old))


@dataclass(eq=False)
class Seat:
    """One environment's place in the run: its work, and its worker if there is one.

    `host` is where that is. `sharing` seats have the same work; `avoided` are the hosts where a
    worker did not come up.
    """

    target: ProbeTarget
    queue: Queue
    slot: int
    pace: Pace = field(default_factory=Pace)
    worker: Hand | None = None
    starting: bool = False
    busy: bool = False
    given_up: bool = False
    starts: int = 0
    failures: int = 0
    first_mb: float | None = None
    host: Host | None = None
    sharing: int = 1
    avoided: set[Host] = field(default_factory=set)

    @property
    def ready(self) -> bool:
        """Whether a token would be of use now."""
        return self.queue.ready and not (self.busy or self.starting or self.given_up)

    @property
    def active(self) -> bool:
        """Whether something is to be expected of it; others may have done the work meanwhile."""
        return self.busy or (self.starting and self.queue.ready)

    @property
    def idle(self) -> bool:
        return self.worker is not None and not self.busy and not self.starting

    @property
    def memory_mb(self) -> float:
        """What its worker uses, or would use."""
        if self.worker is not None and self.worker.rss_mb is not None:
            return self.worker.rss_mb
        return self.first_mb or _UNKNOWN_WORKER_MB

    @property
    def remaining(self) -> float:
        """Return the estimated seconds until all of its work is done, the blocked part too."""
        if self.given_up:
            return 0.0
        seconds = self.queue.pending_saves * self.pace.save
        seconds += self.queue.pending_loads * self.pace.load
        seconds /= self.sharing
        return seconds + (self.pace.start if seconds and self.worker is None else 0.0)

    @property
    def ready_seconds(self) -> float:
        """Return the estimated seconds of that part of its work that waits for nothing."""
        loads = self.queue.pending_loads - self.queue.blocked
        return self.queue.pending_saves * self.pace.save + loads * self.pace.load


@dataclass(frozen=True)
class Choice:
    """The seat that gets the token, and the idle workers that make room for its own."""

    seat: Seat
    evict: tuple[Seat, ...] = ()


def choose(seats: Sequence[Seat], jobs: int, budget_mb: float) -> Choice | None:
    """Return who is next: the one with the most remaining work, so that all end together.

    A worker that would not fit into the memory budget is started only if no live one has work, or
    if its own work is what the whole run will wait for.
    """
    ready = sorted((seat for seat in seats if seat.ready), key=lambda seat: -seat.remaining)
    used = sum(seat.memory_mb for seat in seats if seat.worker is not None)
    total = sum(seat.remaining for seat in seats)
    for seat in ready:
        if seat.worker is not None:
            return Choice(seat)
        excess = used + seat.memory_mb - budget_mb
        if excess <= 0:
            return Choice(seat)
        critical = seat.remaining * jobs >= total
        if critical or not any(other.worker is not None for other in ready):
            victims = _victims(seats, excess)
            freed = sum(victim.memory_mb for victim in victims)
            if freed >= excess or not any(other.busy or other.starting for other in seats):
                return Choice(seat, victims)
    return None


def _victims(seats: Sequence[Seat], excess: float) -> tuple[Seat, ...]:
    victims: list[Seat] = []
    for seat in sorted((seat for seat in seats if seat.idle), key=lambda seat: seat.remaining):
        if excess <= 0:
            break
        victims.append(seat)
        excess -= seat.memory_mb
    return tuple(victims)
