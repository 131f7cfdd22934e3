"""Whose turn it is: most remaining work first, within the memory that there is."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from crossload.runner.probing.backlog import PendingSave, Queue
from crossload.runner.probing.choice import Pace, Seat, choose
from crossload.runner.probing.worker import Worker
from crossload.runner.records import SaveKey
from crossload.runner.sandbox.target import ProbeTarget
from crossload.runner.words import Format

KEY = SaveKey("a", "dense", Format.H5, "p", "o")


class Live:
    """Stands for a worker of which only the size matters."""

    def __init__(self, rss_mb: float) -> None:
        self.rss_mb = rss_mb


def seat(name: str, saves: int, rss_mb: float | None = None, blocked: int = 0) -> Seat:
    target = ProbeTarget(name, name, Path("p"), Path("e"), Path("b"), "keras", "jax")
    queue = Queue(name, name, blocked=blocked)
    queue.saves.extend(PendingSave(KEY) for _ in range(saves))
    made = Seat(target, queue, 0, Pace(save=1.0, load=1.0, start=3.0))
    if rss_mb is not None:
        made.worker = cast("Worker", Live(rss_mb))
    return made


def chosen(*seats: Seat, jobs: int = 2, budget: float = 8000) -> tuple[str, list[str]] | None:
    choice = choose(seats, jobs, budget)
    if choice is None:
        return None
    return choice.seat.target.id, [one.target.id for one in choice.evict]


def test_the_most_remaining_work_goes_first() -> None:
    assert chosen(seat("a", 2, 500), seat("b", 9, 500), seat("c", 5, 500)) == ("b", [])


def test_work_that_still_waits_for_others_counts_too() -> None:
    assert chosen(seat("a", 5, 500), seat("b", 1, 500, blocked=20)) == ("b", [])


def test_the_start_of_a_worker_is_work() -> None:
    assert chosen(seat("a", 5, 500), seat("b", 4)) == ("b", [])


def test_who_has_nothing_ready_or_is_at_work_is_passed_over() -> None:
    busy = seat("a", 9, 500)
    busy.busy = True
    given_up = seat("c", 9)
    given_up.given_up = True
    assert chosen(busy, seat("b", 0, 500, blocked=50), given_up) is None
    assert chosen(busy, seat("d", 1, 500), given_up) == ("d", [])


def test_a_live_worker_is_used_rather_than_evicted() -> None:
    seats = [seat(name, 3, 500) for name in "abc"]
    assert chosen(*seats, seat("d", 4), budget=1500) == ("a", [])


def test_the_work_that_all_will_wait_for_makes_room_for_itself() -> None:
    seats = [seat("a", 3, 500), seat("b", 1, 500), seat("c", 2, 500)]
    assert chosen(*seats, seat("d", 90), budget=1500) == ("d", ["b", "c"])


def test_idle_workers_without_work_are_evicted_least_needed_first() -> None:
    seats = [seat("a", 0, 500), seat("b", 0, 500, blocked=9), seat("c", 1)]
    assert chosen(*seats, budget=1200) == ("c", ["a"])


def test_no_worker_is_started_while_a_busy_one_holds_the_memory() -> None:
    busy = seat("a", 9, 900)
    busy.busy = True
    assert chosen(busy, seat("b", 1), budget=1000) is None


def test_one_worker_runs_however_small_the_budget_is() -> None:
    assert chosen(seat("a", 1), budget=10) == ("a", [])
