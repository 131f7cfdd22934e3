"""How a run scales over the workers of a cluster: a simulation from measured durations.

    python benchmarks/scale.py [EXPORT] [--workers 1,4,16]

Owns the simulation and its table. Who does what is decided by the schedule of a real run
(`runner.probing.placing`); how long saves, loads and imports take, and how big files are, comes
from an exported run, by default the published reference. The rest are the costs below. For 100
environments, each of the 25 stands for four, and every file is loaded in all of them.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crossload.runner.cluster.executor import COLLECTING  # noqa: E402 - path first
from crossload.runner.ledger.importing import Saved, Tried, items  # noqa: E402
from crossload.runner.probing.backlog import Pending, PendingLoad, PendingSave, Queue  # noqa: E402
from crossload.runner.probing.choice import Pace, Seat  # noqa: E402
from crossload.runner.probing.executor import Host  # noqa: E402
from crossload.runner.probing.placing import BUILD_SECONDS, place  # noqa: E402
from crossload.runner.probing.seating import Seating  # noqa: E402
from crossload.runner.probing.tasks import LoadTask  # noqa: E402
from crossload.runner.records import EnvironmentRecord, SaveKey  # noqa: E402
from crossload.runner.sandbox.target import ProbeTarget  # noqa: E402

PUBLISHED = ROOT / "reports" / "published" / "run.jsonl.xz"
WORKERS = (1, 2, 4, 8, 16, 32, 64)
GOAL = 0.8  # of what 16 workers could do, is spent on saves and loads
BEYOND_PAYLOAD = 50_000  # bytes of an artifact besides the model: inputs, outputs, weights
NO_KEY = cast("SaveKey", None)
NO_TASK = cast("LoadTask", None)


@dataclass(frozen=True)
class Costs:
    """Seconds: to build, to hand out a job, for a request to the store; and bytes a second.

    Each worker has a core and takes as many jobs at a time as it has `threads`.
    """

    threads: int = 2
    build: float = BUILD_SECONDS
    hand_out: float = 0.015
    request: float = 0.05
    bandwidth: float = 100e6

    def transfer(self, size: float, files: int = 1) -> float:
        """How long it takes to put or fetch so many bytes in so many files."""
        return files * self.request + size / self.bandwidth


@dataclass
class File:
    """A saved file, or several that are saved and loaded together."""

    saver: int
    saves: list[float] = field(default_factory=list)
    size: int = 0
    files: int = 0
    loads: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    attempts: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class Work:
    """What a run measured: seconds to import, by environment, and its files."""

    imports: list[float]
    files: list[File]

    @property
    def seconds(self) -> float:
        """How long all saves and loads take, one after the other."""
        return sum(sum(one.saves) + sum(one.loads.values()) for one in self.files)

    def times(self, copies: int) -> Work:
        """The same with so many environments in place of each."""
        count = len(self.imports)
        files = []
        for copy in range(copies):
            for one in self.files:
                loads = {
                    loader + count * other: seconds
                    for loader, seconds in one.loads.items()
                    for other in range(copies)
                }
                saver = one.saver + count * copy
                attempts = {loader: one.attempts[loader % count] for loader in loads}
                files.append(File(saver, one.saves, one.size, one.files, loads, attempts))
        return Work(self.imports * copies, files)


def read_work(path: Path, grain: int) -> Work:
    """The work of an exported run; `grain` files of a saver are one, for speed."""
    at: dict[str, int] = {}
    imports: list[float] = []
    groups: dict[int, list[File]] = defaultdict(list)
    holders: dict[str, list[File]] = defaultdict(list)
    for item in items(path):
        if isinstance(item, EnvironmentRecord) and item.problem is None:
            at.setdefault(item.digest, len(imports))
            imports.append(item.import_seconds or 3.0)
        elif isinstance(item, Saved) and item.key.saver in at:
            saver = at[item.key.saver]
            if not groups[saver] or len(groups[saver][-1].saves) >= grain:
                groups[saver].append(File(saver))
            group = groups[saver][-1]
            group.saves.append(item.outcome.report.total_seconds)
            if item.outcome.artifact is not None:
                group.size += (item.outcome.payload_bytes or 0) + BEYOND_PAYLOAD
                group.files += 1
                holders[item.outcome.artifact].append(group)
        elif isinstance(item, Tried) and item.key.loader in at:
            for group in holders[item.key.artifact][:1]:
                group.loads[at[item.key.loader]] += item.outcome.report.total_seconds
                group.attempts[at[item.key.loader]] += 1
    return Work(imports, [one for group in groups.values() for one in group])


@dataclass(eq=False)
class Save(PendingSave):
    """One save of a file."""

    file: File | None = None
    seconds: float = 0.0


@dataclass(eq=False)
class Load(PendingLoad):
    """All attempts at loading a file in one environment."""

    file: File | None = None
    seconds: float = 0.0
    tries: int = 1


@dataclass
class Spent:
    """Seconds of all workers together, and bytes."""

    building: float = 0.0
    starting: float = 0.0
    store: float = 0.0
    handing_out: float = 0.0
    builds: int = 0
    bytes: float = 0.0


class Simulation:
    """One run over so many workers."""

    def __init__(self, work: Work, workers: int, costs: Costs) -> None:
        self.now = 0.0
        self.spent = Spent()
        self._work = work
        self._costs = costs
        self._hosts = [Host(str(one), costs.threads, 1e9, set()) for one in range(workers)]
        self._computing = dict.fromkeys(self._hosts, 0.0)
        self._numbers = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._unsaved = {id(one): len(one.saves) for one in work.files}
        self._fetched: set[tuple[int, Host]] = set()
        self._fetching = [0.0] * COLLECTING
        self._queues = [Queue(str(one), str(one)) for one in range(len(work.imports))]
        self._waiting: dict[int, list[Load]] = defaultdict(list)
        self._seating = Seating()

    def run(self) -> float:
        """Do all of it; returns the seconds that it took."""
        self._build_all()
        self._prepare()
        self._go_on()
        while any(one.ready or one.blocked for one in self._queues) or self._is_busy():
            self.now, _, event = heapq.heappop(self._events)
            event()
            self._go_on()
        return self.now

    def _is_busy(self) -> bool:
        return any(one.busy for one in self._seating.seats)

    def _build_all(self) -> None:
        """Each environment once, on the worker that is free first; measuring begins after that."""
        for number in range(len(self._queues)):
            host = self._hosts[number % len(self._hosts)]
            assert host.built is not None
            host.built.add(str(number))
        waves = -(-len(self._queues) // len(self._hosts))
        self.now = waves * self._costs.build
        self.spent.builds = len(self._queues)
        self.spent.building = len(self._queues) * self._costs.build

    def _prepare(self) -> None:
        for one in self._work.files:
            own = self._queues[one.saver]
            own.saves.extend(Save(NO_KEY, file=one, seconds=each) for each in one.saves)
            for loader, seconds in one.loads.items():
                queue = self._queues[loader]
                queue.blocked += 1
                load = Load(NO_TASK, queue, file=one, seconds=seconds, tries=one.attempts[loader])
                self._waiting[id(one)].append(load)
        for number, queue in enumerate(self._queues):
            name, nowhere = str(number), Path()
            target = ProbeTarget(name, name, nowhere, nowhere, nowhere, "", "")
            pace = Pace(start=self._work.imports[number] + 0.5)
            self._seating.seats.append(Seat(target, queue, number, pace))

    def _go_on(self) -> None:
        while (placed := place(self._seating.seats, self._hosts)) is not None:
            seat, host = placed.choice.seat, placed.host
            host.free -= 1
            if seat.worker is None:
                self._seating.take_up(seat, host)
                self._after(self._start(seat, host), partial(self._started, seat))
            else:
                item = seat.queue.take()
                seat.busy = True
                seconds = self._do(item, host)
                self._after(seconds, partial(self._ended, seat, item))

    def _start(self, seat: Seat, host: Host) -> float:
        assert host.built is not None
        seconds = self._work.imports[int(seat.target.id)] + 0.5
        self.spent.starting += seconds
        if seat.target.id not in host.built:
            host.built.add(seat.target.id)
            self.spent.builds += 1
            self.spent.building += self._costs.build
            seconds += self._costs.build
        # Building and importing keep a core busy, too.
        begun = max(self.now, self._computing[host])
        self._computing[host] = begun + seconds
        return begun + seconds - self.now

    def _started(self, seat: Seat) -> None:
        assert seat.host is not None
        seat.starting = False
        seat.worker = cast("None", _Live())
        seat.host.free += 1

    def _do(self, item: Pending, host: Host) -> float:
        assert isinstance(item, Save | Load)
        assert item.file is not None
        store = 0.0
        share = 1 / len(item.file.saves) if isinstance(item, Save) else 1.0
        if isinstance(item, Save) or (id(item.file), host) not in self._fetched:
            store = self._costs.transfer(item.file.size, item.file.files) * share
            self.spent.bytes += item.file.size * share
        if isinstance(item, Load):
            self._fetched.add((id(item.file), host))
        away = self._costs.hand_out * (item.tries if isinstance(item, Load) else 1)
        self.spent.store += store
        self.spent.handing_out += away
        # A core computes one thing after the other; meanwhile, other jobs fetch and report.
        begun = max(self.now + store + away, self._computing[host])
        self._computing[host] = begun + item.seconds
        return begun + item.seconds - self.now

    def _ended(self, seat: Seat, item: Pending) -> None:
        assert seat.host is not None
        assert isinstance(item, Save | Load)
        seat.busy = False
        seat.host.free += 1
        seat.pace.learn(item, item.seconds)
        if isinstance(item, Save):
            assert item.file is not None
            self._unsaved[id(item.file)] -= 1
            if not self._unsaved[id(item.file)]:
                self._fetch(item.file)

    def _fetch(self, file: File) -> None:
        """The machine of the run fetches some files at a time; then they may be loaded."""
        seconds = self._costs.transfer(file.size, file.files)
        self.spent.bytes += file.size
        end = max(self._fetching[0], self.now) + seconds
        heapq.heapreplace(self._fetching, end)
        self._after(end - self.now, lambda: self._release(file))

    def _release(self, file: File) -> None:
        for load in self._waiting.pop(id(file), []):
            load.queue.blocked -= 1
            load.queue.loads.append(load)

    def _after(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._numbers), event))


class _Live:
    """Stands for a worker."""

    rss_mb = 500.0


def rest_of(simulation: Simulation, workers: int, useful: float) -> str:
    """What else the workers' time goes to: building and starting, and waiting."""
    spent, all_seconds = simulation.spent, workers * simulation.now
    building = (spent.building + spent.starting) / all_seconds
    waiting = 1 - useful / all_seconds - building
    return f"{building:8.0%}{waiting:9.0%}"


def table(work: Work, workers: Iterable[int], costs: Costs) -> dict[int, float]:
    """Print a row for each number of workers; returns the efficiencies."""
    useful = work.seconds
    print(f"\n{len(work.imports)} environments, {useful / 3600:.1f} hours of saves and loads")
    print("workers  minutes  efficiency  builds  gigabytes  building  waiting")
    efficiencies = {}
    for count in workers:
        simulation = Simulation(work, count, costs)
        wall = simulation.run()
        efficiencies[count] = useful / (count * wall)
        print(
            f"{count:7}{wall / 60:9.1f}{efficiencies[count]:12.0%}{simulation.spent.builds:8}"
            f"{simulation.spent.bytes / 1e9:11.1f}  {rest_of(simulation, count, useful)}"
        )
    return efficiencies


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both tables; 1 if 16 workers are used worse than the goal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("export", nargs="?", type=Path, default=PUBLISHED)
    parser.add_argument("--workers", default=",".join(map(str, WORKERS)))
    options = parser.parse_args(arguments)
    counts = [int(one) for one in options.workers.split(",")]
    found = [
        table(read_work(options.export, grain=8), counts, Costs()),
        table(read_work(options.export, grain=32).times(4), counts, Costs()),
    ]
    return int(any(one.get(16, 1.0) < GOAL for one in found))


if __name__ == "__main__":
    raise SystemExit(main())
