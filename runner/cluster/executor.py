"""Workers on the machines of a cluster, as the schedule uses them.

Owns the near end of each worker; the far end is `site`.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from crossload.runner.artifacts.store import Artifact, BadBundleError
from crossload.runner.cluster import remote
from crossload.runner.cluster.members import Members
from crossload.runner.cluster.orders import BuildOrder, Done, StartOrder, needs
from crossload.runner.errors import ClusterError, StorageError
from crossload.runner.probing.executor import Host, JobEnd
from crossload.runner.probing.protocol import Job
from crossload.runner.records import Limits
from crossload.runner.sandbox.target import ProbeTarget

_NUMBERS = itertools.count(1)
COLLECTING = 8  # artifacts that are fetched from the store at a time
_CHECK_SECONDS = 1.0
_HEAR_CHECKS = 60
# A machine that takes over work builds its environment first.
_BUILD_SECONDS = 3600.0


@dataclass(frozen=True)
class Rules:
    """What workers are started with."""

    limits: Limits
    sandboxed: bool


class RemoteHand:
    """A worker on another machine."""

    def __init__(self, members: Members, host: Host, build: BuildOrder, rules: Rules) -> None:
        self.rss_mb: float | None = None
        self._members = members
        self._host = host
        self._order = StartOrder(next(_NUMBERS), build, rules.limits, rules.sandboxed, 0.0)
        self._ended: dict[str, Done] = {}
        self._job: asyncio.Task[JobEnd] | None = None
        self._stopping: Future[None] | None = None

    @property
    def busy(self) -> bool:
        return self._job is not None and not self._job.done()

    async def start(self, seconds: float) -> object:
        """Have the worker started, in an environment that is built if need be."""
        order = replace(self._order, seconds=seconds)
        started = self._members.call(self._host, remote.start, order)
        self.rss_mb = await asyncio.wait_for(asyncio.wrap_future(started), _BUILD_SECONDS)
        if self._host.built is not None:
            self._host.built.add(order.build.id)
        return self.rss_mb

    def submit(self, job: Job) -> asyncio.Future[JobEnd]:
        """Hand over a job; what it reads is put into the store first."""
        self._job = asyncio.get_running_loop().create_task(self._do(job))
        return self._job

    async def _do(self, job: Job) -> JobEnd:
        loop = asyncio.get_running_loop()
        for digest in needs(job):
            await loop.run_in_executor(self._members.disk, self._members.share, digest)
        called = self._members.call(self._host, remote.do, self._order.number, job)
        try:
            done = await asyncio.wrap_future(called)
        except StorageError as error:
            where = f"{error} (on the Dask worker {self._host.name})"
            raise StorageError(where, error.advice) from error
        self._members.note_wait(done.waited)
        self.rss_mb = done.rss_mb
        self._ended[job.id] = done
        return done.end

    def check(self) -> None:
        """Nothing to do: the other machine watches it."""

    def measure(self) -> float:
        """Its memory, as last reported."""
        return self.rss_mb or 0.0

    def kill(self) -> None:
        """Have it ended; `gone` waits for that."""
        if self._stopping is None:
            self._stopping = self._members.notify(self._host, remote.stop, self._order.number)

    async def stop(self) -> None:
        """Have it ended."""
        self.kill()
        await self.gone()

    async def gone(self) -> None:
        """Wait until its machine has ended it, or is gone as well."""
        if self._stopping is not None:
            await asyncio.shield(asyncio.wrap_future(self._stopping))

    def output(self, job_id: str) -> str:
        """The tail of what an ended job printed."""
        return self._ended[job_id].output

    def collect(self, job_id: str, payload: str, max_bytes: int) -> Artifact:
        """Fetch what a job saved from the store."""
        del payload, max_bytes  # the other machine saw to both
        done = self._ended[job_id]
        if done.artifact is None:
            raise BadBundleError(done.unfit)
        self._members.fetch(done.artifact.digest)
        return done.artifact

    def discard(self, job_id: str) -> None:
        """Forget an ended job."""
        self._ended.pop(job_id, None)

    def clear(self) -> None:
        """Nothing to do: its files are on the other machine."""


class ClusterExecutor:
    """Starts workers on the machines that take part in a run."""

    collecting = COLLECTING

    def __init__(self, members: Members, rules: Rules) -> None:
        self._members = members
        self._rules = rules
        self._watch: asyncio.Task[None] | None = None

    @property
    def hosts(self) -> Sequence[Host]:
        return self._members.hosts

    def open(self, changed: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
        """Listen to who comes and goes."""
        loop = asyncio.get_running_loop()
        for host in self._members.hosts:
            host.free = host.jobs
        self._members.changed = partial(_call_in, loop, changed)
        self._watch = loop.create_task(self._check(failed))

    def hand(self, host: Host, target: ProbeTarget, slot: int, start: int) -> RemoteHand:
        """A worker of an environment; where it is built is the host's own business."""
        del slot, start
        return RemoteHand(self._members, host, self._members.orders[target.id], self._rules)

    def close(self) -> None:
        """Stop listening; the machines stay for another executor."""
        self._members.changed = lambda: None
        if self._watch is not None:
            self._watch.cancel()

    async def _check(self, failed: Callable[[BaseException], None]) -> None:
        for number in itertools.count(1):
            await asyncio.sleep(_CHECK_SECONDS)
            if number % _HEAR_CHECKS == 0:
                self._members.hear()
            try:
                self._members.check()
            except ClusterError as error:
                failed(error)
                return


def _call_in(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended meanwhile: nobody wants to know
        loop.call_soon_threadsafe(function)
