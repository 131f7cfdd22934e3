"""On which host the next free token is used, and for which environment.

Owns that order, and when an environment gets a second worker. Among the seats that a host may
serve, `choice` decides. Pure: it starts and ends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crossload.runner.probing.choice import Choice, Seat, choose
from crossload.runner.probing.executor import Host

BUILD_SECONDS = 20.0  # what an environment takes that is not built on a host; an average


@dataclass(frozen=True)
class Placement:
    """A choice, and the host whose token it takes."""

    host: Host
    choice: Choice


def place(seats: Sequence[Seat], hosts: Sequence[Host]) -> Placement | None:
    """Return what to do next, on the least used host that can do something.

    A host serves its own workers, and environments that are built there and have no worker. With
    nothing of that ready, it takes over an environment that is built elsewhere, and then a share
    of one that has workers elsewhere, if that is worth building it.
    """
    if not any(one.queue.ready for one in seats):
        return None
    for host in sorted((one for one in hosts if one.free), key=lambda one: -one.free / one.jobs):
        for candidates in _offers(seats, host, hosts):
            choice = choose(candidates, host.jobs, host.budget_mb)
            if choice is not None:
                return Placement(host, choice)
    return None


def _offers(seats: Sequence[Seat], host: Host, hosts: Sequence[Host]) -> Iterator[list[Seat]]:
    free = [one for one in seats if one.host is None and host not in one.avoided]
    built = [one for one in free if host.has(one.target.id)]
    yield [one for one in seats if one.host is host or one in built]
    if host.built is None:
        return
    foreign = [one for one in free if one not in built and _is_worth_building(one, hosts)]
    yield [one for one in seats if one.host is host or one in foreign]
    shares = [] if any(one.ready for one in built) else _shares(seats, host)
    here = [one for one in seats if one.host is host]
    yield here + [one for one in shares if host.has(one.target.id)]
    yield here + shares


def _is_worth_building(seat: Seat, hosts: Sequence[Host]) -> bool:
    return seat.remaining > BUILD_SECONDS or not any(one.has(seat.target.id) for one in hosts)


def _shares(seats: Sequence[Seat], host: Host) -> list[Seat]:
    """One more seat at each queue that is long enough to be worth another worker."""
    first = {one.target.id: one for one in seats if not one.given_up}
    shares = []
    for seat in first.values():
        price = seat.pace.start + (0.0 if host.has(seat.target.id) else BUILD_SECONDS)
        if host not in seat.avoided and seat.ready_seconds / (seat.sharing + 1) > price:
            share = Seat(seat.target, seat.queue, len(seats), seat.pace)
            share.sharing = seat.sharing + 1
            shares.append(share)
    return shares
