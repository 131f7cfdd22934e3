"""Which host gets which environment: its own first, then others' work that is worth moving."""

from __future__ import annotations

from pathlib import Path

from crossload.runner.probing.backlog import PendingSave, Queue
from crossload.runner.probing.choice import Pace, Seat
from crossload.runner.probing.executor import Host
from crossload.runner.probing.placing import place
from crossload.runner.probing.seating import Seating
from crossload.runner.probing.tasks import ProbeTask
from crossload.runner.records import SaveKey
from crossload.runner.sandbox.target import ProbeTarget
from crossload.runner.words import Format

KEY = SaveKey("a", "dense", Format.H5, "p", "o")


def target(name: str) -> ProbeTarget:
    return ProbeTarget(name, name, Path("p"), Path("e"), Path("b"), "keras", "jax")


def seat(name: str, saves: int) -> Seat:
    """One whose work takes as many seconds as it has saves."""
    queue = Queue(name, name)
    queue.saves.extend(PendingSave(KEY) for _ in range(saves))
    return Seat(target(name), queue, 0, Pace(save=1.0, load=1.0, start=3.0))


def host(name: str, *built: str, jobs: int = 1) -> Host:
    return Host(name, jobs, 8000.0, set(built))


def take_all(seats: list[Seat], *hosts: Host) -> list[str]:
    """Start whatever may be started; what goes where, in order."""
    seating = Seating()
    seating.seats = seats
    taken = []
    while (placed := place(seating.seats, hosts)) is not None:
        placed.host.free -= 1
        seating.take_up(placed.choice.seat, placed.host)
        taken.append(f"{placed.choice.seat.target.id}@{placed.host.name}")
    return taken


def test_a_host_serves_what_is_built_there() -> None:
    seats = [seat("a", 90), seat("b", 10)]
    assert take_all(seats, host("1", "b"), host("2", "a")) == ["b@1", "a@2"]


def test_an_idle_host_takes_over_what_is_worth_building() -> None:
    seats = [seat("a", 90), seat("b", 30), seat("c", 5)]
    hosts = host("1", "a", "b", "c"), host("2")
    assert take_all(seats, *hosts) == ["a@1", "b@2"]
    # Building takes longer than what is left of it.
    assert take_all([seat("a", 9), seat("c", 5)], host("1", "a", "c"), host("2")) == ["a@1"]


def test_what_is_built_nowhere_is_built_however_short_it_is() -> None:
    assert take_all([seat("c", 1)], host("1")) == ["c@1"]


def test_long_work_is_shared_by_hosts_that_have_nothing_else_to_do() -> None:
    hosts = [host("1", "a"), host("2"), host("3"), host("4"), host("5")]
    shared = [seat("a", 100)]
    # Each share must be longer than building (20 s) and starting (3 s).
    assert take_all(shared, *hosts) == ["a@1", "a@2", "a@3", "a@4"]
    assert {one.sharing for one in shared} == {4}
    assert shared[0].remaining == 28.0  # a quarter, and the start


def test_this_machine_shares_nothing() -> None:
    assert take_all([seat("a", 100)], Host("", 8, 8000.0)) == ["a@"]


def test_the_host_with_the_most_room_is_first() -> None:
    busy = host("1", "a", jobs=2)
    busy.free = 1
    assert take_all([seat("a", 3)], busy, host("2", "a", jobs=2)) == ["a@2"]
    busy.free = 0
    assert take_all([seat("a", 9)], busy) == []


def test_a_worker_that_does_not_come_up_is_tried_on_another_host() -> None:
    first, second = host("1", "a"), host("2", "a")
    seating = Seating()
    failing = seat("a", 9)
    seating.take_up(failing, first)
    seating.avoid(failing, [first, second])
    failing.starting, failing.host = False, None
    assert take_all([failing], first, second) == ["a@2"]
    seating.avoid(failing, [first, second])
    assert failing.avoided == set()  # all were tried: start over


def test_a_lost_seat_is_dropped_while_another_has_its_work() -> None:
    seating = Seating()
    seating.take_up(seat("a", 9), host("1", "a"))
    share = seat("a", 9)
    seating.take_up(share, host("2", "a"))
    assert [one.sharing for one in seating.seats] == [2, 2]
    seating.leave(seating.seats[0])
    assert seating.seats == [share]
    seating.leave(share)
    assert (seating.seats, share.sharing, share.host) == ([share], 1, None)


def test_work_is_given_up_once_nobody_is_left_who_would_do_it() -> None:
    seating = Seating()
    first, share = seat("a", 9), seat("a", 9)
    seating.take_up(first, host("1"))
    seating.take_up(share, host("2"))
    first.given_up = True
    assert not seating.is_hopeless(first)
    share.given_up = True
    assert seating.is_hopeless(first)


def test_a_round_gives_every_seat_of_an_environment_the_same_work() -> None:
    seating = Seating()
    seating.seats = [seat("a", 1), seat("a", 1), seat("b", 1)]
    queue, fresh = Queue("a", "a"), Queue("c", "c")
    seating.take_round([ProbeTask(target("a")), ProbeTask(target("c"))], [queue, fresh])
    assert [one.queue is queue for one in seating.seats] == [True, True, False, False]
    assert seating.seats[2].queue.pending_saves == 0
    assert seating.seats[3].queue is fresh
