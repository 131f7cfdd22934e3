"""The seats of a call of `run_probes`: who works for which environment, and where.

Owns their coming and going: a round gives them work, a host takes them up, a loss sets them free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crossload.runner.probing.backlog import Queue
from crossload.runner.probing.choice import Pace, Seat
from crossload.runner.probing.executor import Host
from crossload.runner.probing.tasks import ProbeTask


class Seating:
    """One seat for each environment, and more for those whose work several share."""

    def __init__(self) -> None:
        self.seats: list[Seat] = []

    def take_round(self, tasks: Sequence[ProbeTask], queues: Iterable[Queue]) -> None:
        """Make a round's work that of the seats; a worker that is there already keeps its seat."""
        work = {queue.environment: queue for queue in queues}
        for seat in self.seats:
            nothing = Queue(seat.target.id, seat.target.digest)
            seat.queue = work.get(seat.target.id, nothing)
            seat.given_up, seat.failures = False, 0
        seated = {seat.target.id for seat in self.seats}
        for target in (task.target for task in tasks if task.target.id not in seated):
            pace = Pace(start=target.import_seconds + 0.5)
            self.seats.append(Seat(target, work[target.id], len(self.seats), pace))

    def take_up(self, seat: Seat, host: Host) -> None:
        """Let a host start a worker for a seat, which may be a new one."""
        seat.starting = True
        seat.host = host
        seat.starts += 1
        if seat not in self.seats:
            self.seats.append(seat)
            self._share(seat)

    def leave(self, seat: Seat) -> None:
        """Have a seat without a host; one that shares its work is not needed any more."""
        seat.host = None
        if seat.sharing > 1:
            self.seats.remove(seat)
            self._share(seat)

    def stranded(self, hosts: Sequence[Host]) -> Iterator[Seat]:
        """Idle seats whose host is gone; the others learn it from their jobs."""
        return (one for one in tuple(self.seats) if one.idle and one.host not in hosts)

    def avoid(self, seat: Seat, hosts: Sequence[Host]) -> None:
        """Have a seat whose worker did not come up try another host, if one is left to try."""
        if seat.host is not None:
            seat.avoided.add(seat.host)
        if seat.avoided.issuperset(hosts):
            seat.avoided.clear()

    def is_hopeless(self, seat: Seat) -> bool:
        """Whether nobody is left who would do a seat's work."""
        return all(one.given_up for one in self._sharing(seat))

    def _share(self, seat: Seat) -> None:
        sharing = self._sharing(seat)
        for one in sharing:
            one.sharing = len(sharing)

    def _sharing(self, seat: Seat) -> list[Seat]:
        return [one for one in self.seats if one.target.id == seat.target.id]
