"""What a machine of the cluster does for one run: it builds, starts workers and hands them jobs.

Owns the workers of that run on that machine, and their end: they are gone when the run leaves, and
some time after nothing was heard of it. Lives in the event loop of a Dask worker; `remote` has the
functions that Dask calls.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from crossload.runner.artifacts.store import Artifact, ArtifactStore, BadBundleError
from crossload.runner.bridge import target_of
from crossload.runner.cluster import host_home
from crossload.runner.cluster.orders import (
    BuildOrder,
    Built,
    Done,
    Membership,
    Refusal,
    StartOrder,
    needs,
)
from crossload.runner.environments.building import BuildOptions
from crossload.runner.environments.model import BuiltEnvironment
from crossload.runner.probing.executor import Hand, JobEnd, WorkerGoneError, WorkerStartError
from crossload.runner.probing.local import LocalExecutor
from crossload.runner.probing.protocol import Job, Saved
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.records import EnvironmentProblem, Limits
from crossload.runner.sandbox.containment import uncontained
from crossload.runner.shipped import probes_folder
from crossload.runner.untrusted.evidence import remove_tree

T = TypeVar("T")
_FORGOTTEN_SECONDS = 900.0


class Site:
    """The run's place on one machine."""

    def __init__(self, membership: Membership) -> None:
        self.home = host_home.worker_home()
        self._shared = membership.store
        # Named as run folders are, so that they clear it once this process is gone.
        name = f"probing-{os.getpid()}-{secrets.token_hex(4)}-artifacts"
        self._artifacts = ArtifactStore(self.home.scratch / name)
        self._executor: LocalExecutor | None = None
        self._limits = Limits()
        self._hands: dict[int, Hand] = {}
        self._slots: dict[int, int] = {}
        self._built: dict[str, BuiltEnvironment] = {}
        self._building: dict[str, asyncio.Task[Built]] = {}
        self._disk = ThreadPoolExecutor(2, thread_name_prefix="crossload-disk")
        self._stop = threading.Event()
        self._heard = time.monotonic()
        self._active = 0
        self._failure: BaseException | None = None

    def hear(self) -> None:
        """Note that the run is still there."""
        self._heard = time.monotonic()

    @property
    def is_forgotten(self) -> bool:
        """Whether the run has not been heard of for long, and nothing goes on."""
        return not self._active and time.monotonic() - self._heard > _FORGOTTEN_SECONDS

    async def build(self, order: BuildOrder) -> Built:
        """Have an environment built, once however often it is asked for."""
        task = self._building.get(order.digest)
        if task is None:
            options = BuildOptions(stop=self._stop)
            work = asyncio.to_thread(host_home.build, order, self.home, options)
            task = self._building[order.digest] = asyncio.create_task(work)
        built = await self._attended(asyncio.shield(task))
        if isinstance(built, BuiltEnvironment):
            self._built[order.id] = built
        else:
            self._building.pop(order.digest, None)  # what was in the way may be gone next time
        return built

    async def start(self, order: StartOrder) -> float:
        """Start a worker, in an environment that is built first if need be; returns its megabytes.

        Raises:
            WorkerStartError: it does not come up, or its environment cannot be had here.
        """
        built = await self.build(order.build)
        if isinstance(built, Refusal | EnvironmentProblem):
            problem = built.problem if isinstance(built, Refusal) else built
            raise WorkerStartError(problem.message, problem.log_tail)
        executor = self._opened(order)
        slot = next(one for one in itertools.count() if one not in self._slots.values())
        self._slots[order.number] = slot
        hand = executor.hand(executor.hosts[0], target_of(built), slot, order.number)
        self._hands[order.number] = hand
        try:
            await self._attended(hand.start(order.seconds))
        except WorkerStartError:
            await self.stop(order.number)
            raise
        return hand.measure()

    async def do(self, number: int, job: Job) -> Done:
        """Have a worker do a job; what it reads comes from the store, what it saves goes there.

        Raises:
            WorkerGoneError: the worker has ended meanwhile.
            StorageError: the store, or this machine's disk, is not usable.
        """
        return await self._attended(self._do(number, job))

    async def _do(self, number: int, job: Job) -> Done:
        if self._failure is not None:
            raise self._failure
        hand = self._hands.get(number)
        if hand is None:
            raise WorkerGoneError
        for digest in needs(job):
            await self._on_disk(partial(self._shared.fetch, self._artifacts, digest))
        end = await hand.submit(job)
        output = hand.output(job.id)
        artifact, unfit = await self._on_disk(partial(self._keep, hand, end))
        self._disk.submit(hand.discard, job.id)
        if end.lost:
            await self.stop(number)
        return Done(end, output, hand.rss_mb, artifact, unfit, self._shared.waited)

    async def stop(self, number: int) -> None:
        """End a worker, if it is there."""
        hand = self._hands.pop(number, None)
        if hand is not None:
            await hand.stop()
            self._slots.pop(number, None)
            self._disk.submit(hand.clear)

    async def close(self) -> None:
        """End everything and remove what is left of the run, except its environments."""
        self._stop.set()
        hands = list(self._hands.values())
        self._hands.clear()
        for hand in hands:
            hand.kill()
        await asyncio.gather(*(hand.gone() for hand in hands))
        self._disk.shutdown()
        if self._executor is not None:
            self._executor.close()
        remove_tree(self._artifacts.folder)

    def _keep(self, hand: Hand, end: JobEnd) -> tuple[Artifact | None, str]:
        """Store what a job saved, here and for all; or say why it is not fit for that."""
        answer = end.answer
        if not isinstance(answer, Saved) or answer.status != "done":
            return None, ""
        most = self._limits.scratch_mb * 1_000_000
        try:
            artifact = hand.collect(end.job.id, answer.payload or "", most)
        except BadBundleError as error:
            return None, str(error)
        self._shared.put(self._artifacts, artifact.digest)
        return artifact, ""

    def _opened(self, order: StartOrder) -> LocalExecutor:
        if self._executor is None:
            self._limits = order.limits
            self._artifacts.folder.mkdir(parents=True, exist_ok=True)
            self._artifacts.folder.chmod(0o755)  # a worker's own user id must get in
            self._executor = LocalExecutor(
                ProbeSettings(
                    probes=probes_folder(),
                    artifacts=self._artifacts.folder,
                    scratch=self.home.scratch,
                    limits=order.limits,
                    sandbox=None if order.sandboxed else uncontained(),
                )
            )
            self._executor.open(lambda: None, self._fail)
        return self._executor

    async def _attended(self, work: Awaitable[T]) -> T:
        """Wait for work that keeps the run from being forgotten."""
        self._active += 1
        try:
            return await work
        finally:
            self._active -= 1
            self.hear()

    def _fail(self, error: BaseException) -> None:
        self._failure = error

    async def _on_disk(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work)
