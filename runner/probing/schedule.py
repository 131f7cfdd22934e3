"""Runs pending saves and loads over the workers of all environments, `jobs` at a time.

Owns the tokens, the lives of workers and the order "hand out the next job, then record the last".
`backlog` knows what is pending, `choice` picks an environment, `worker` watches one worker.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from crossload.runner.artifacts.store import Artifact, ArtifactStore
from crossload.runner.probing.backlog import Backlog, Pending, PendingSave, Queue
from crossload.runner.probing.choice import Pace, Seat, choose
from crossload.runner.probing.protocol import Job, LoadJob, SaveJob
from crossload.runner.probing.recording import Recorder, Settled
from crossload.runner.probing.rounds import Following, Round, nothing_follows
from crossload.runner.probing.run_folder import RunFolder
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.tasks import (
    Known,
    ProbeListener,
    ProbeSink,
    ProbeSummary,
    ProbeTask,
    SilentListener,
)
from crossload.runner.probing.worker import JobEnd, Worker, WorkerGoneError, WorkerStartError
from crossload.runner.records import EnvironmentProblem
from crossload.runner.sandbox.containment import detect_sandbox
from crossload.runner.untrusted.evidence import remove_tree
from crossload.runner.words import EnvironmentCause, EnvironmentState

_TICK_SECONDS = 0.25
_IDLE_TICKS = 8
_MAX_FAILURES = 3
_SHUTDOWN_SECONDS = 5.0
_GROWTH = 1.5


async def run_probes(
    tasks: Sequence[ProbeTask],
    known: Known,
    sink: ProbeSink,
    settings: ProbeSettings,
    listener: ProbeListener | None = None,
    following: Following = nothing_follows,
) -> ProbeSummary:
    """Do what is not known yet, and hand each result to `sink` as it ends.

    `following` is asked for more work when all is done; workers live on into its rounds. Must run
    in the main thread's event loop. Cancelling it kills all workers at once; whatever the sink was
    given is complete, and nothing else was recorded. If everything is known, nothing is started,
    nor the sandbox looked at.

    Raises:
        StorageError: scratch or the artifact store cannot be written; workers are gone.
    """
    current: Round | None = Round(tasks, known, sink, settings, listener or SilentListener())
    while current is not None:
        backlog = current.backlog()
        if backlog.ready:
            ArtifactStore(settings.artifacts).prepare()
            return await _Scheduler(current, backlog, following).run()
        current = following()
    return ProbeSummary()


class _Scheduler:
    def __init__(self, first: Round, backlog: Backlog, following: Following) -> None:
        settings = first.settings
        self._following = following
        self._seats: list[Seat] = []
        self._take_round(first, backlog)
        self._tokens = max(settings.jobs, 1)
        self._budget_mb = settings.budget_mb
        self._numbers = itertools.count(1)
        self._workers: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        # Copying, syncing and removing files is slow at times; no worker is started from there.
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="crossload-disk")
        self._storing = 0
        self._closing = False
        self._summary = ProbeSummary()
        self._folder = RunFolder(settings.scratch)
        self._sandbox = settings.sandbox or detect_sandbox()

    def _take_round(self, current: Round, backlog: Backlog) -> None:
        """Make a round's work that of the seats; a worker that is there already keeps its seat."""
        self._backlog = backlog
        self._settings = current.settings
        self._listener = current.listener
        store = ArtifactStore(current.settings.artifacts)
        self._recorder = Recorder(current.settings, store, current.sink, backlog)
        seated = {seat.target.id: seat for seat in self._seats}
        for seat in self._seats:
            seat.queue = Queue(seat.target.id, seat.target.digest)
            seat.given_up, seat.failures = False, 0
        for task, queue in zip(current.tasks, backlog.queues, strict=True):
            if task.target.id in seated:
                seated[task.target.id].queue = queue
                continue
            pace = Pace(start=task.target.import_seconds + 0.5)
            self._seats.append(Seat(task.target, queue, len(self._seats), pace))

    def _has_more(self) -> bool:
        """Whether another round follows; it is taken."""
        while (current := self._following()) is not None:
            backlog = current.backlog()
            if backlog.ready:
                self._take_round(current, backlog)
                return True
        return False

    async def run(self) -> ProbeSummary:
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        started = time.monotonic()
        self._folder.prepare(self._settings.probes)
        self._spawn(self._tick())
        try:
            self._go_on()
            await self._done
        finally:
            self._closing = True
            await self._shut()
        return replace(self._summary, wall_seconds=time.monotonic() - started)

    def _go_on(self, *, may_end: bool = True) -> None:
        """Use the free tokens, and notice the end."""
        is_over = self._settings.is_over()
        while self._tokens > 0 and not is_over:
            choice = choose(self._seats, self._settings.jobs, self._budget_mb)
            if choice is None:
                break
            for victim in choice.evict:
                self._retire(victim)
            if choice.seat.worker is None:
                self._tokens -= 1
                choice.seat.starting = True
                self._spawn(self._start(choice.seat))
            else:
                self._hand_out(choice.seat, choice.seat.worker)
        ready = any(seat.ready for seat in self._seats)
        active = any(seat.busy or seat.starting for seat in self._seats) or (ready and not is_over)
        if may_end and not (active or self._storing) and not self._done.done():
            if is_over and ready:
                self._summary = replace(self._summary, is_cut_short=True)
                self._done.set_result(None)
            elif self._has_more():
                self._go_on()
            else:
                self._done.set_result(None)

    async def _start(self, seat: Seat) -> None:
        seat.starts += 1
        place = self._folder.place(self._settings.artifacts, seat.slot, seat.starts)
        settings = self._settings
        worker = Worker(seat.target, self._sandbox, place, settings.limits, settings.script)
        self._workers.add(worker)
        self._listener.worker_starting(seat.target.id)
        started = time.monotonic()
        try:
            await worker.start(settings.start_seconds)
        except WorkerStartError as error:
            self._spawn(self._clear(worker))
            self._start_failed(seat, str(error), error.log_tail)
        else:
            seat.worker = worker
            seat.pace.start = time.monotonic() - started
            seat.first_mb = worker.measure()
            self._listener.worker_ready(seat.target.id, seat.pace.start)
        seat.starting = False
        self._tokens += 1
        self._count(workers_started=1, start_seconds=time.monotonic() - started)
        self._go_on()

    def _start_failed(self, seat: Seat, message: str, log_tail: str = "") -> None:
        seat.failures += 1
        self._listener.worker_failed(seat.target.id, message)
        if seat.failures < _MAX_FAILURES:
            return
        seat.given_up = True
        undone = self._backlog.abandon(seat.queue)
        self._summary = replace(
            self._summary,
            unsettled=self._summary.unsettled + undone,
            given_up=(*self._summary.given_up, seat.target.id),
        )
        problem = EnvironmentProblem(
            state=EnvironmentState.UNAVAILABLE,
            cause=EnvironmentCause.PROBE_FAILED,
            message=f"the probe does not start in {seat.target.id!r}: {message}",
            advice="see the lines below; remove the environment's folder to rebuild it",
            log_tail=log_tail,
        )
        self._recorder.unusable(seat.target.id, problem)

    def _hand_out(self, seat: Seat, worker: Worker) -> None:
        item = seat.queue.take()
        job = _job(item, next(self._numbers), self._settings)
        try:
            ending = worker.submit(job)
        except WorkerGoneError:
            seat.queue.put_back(item)
            self._retire(seat)
            self._start_failed(seat, "ended while it had nothing to do")
            return
        self._tokens -= 1
        seat.busy = True
        self._listener.job_started(seat.target.id, str(item))
        ending.add_done_callback(partial(self._ended, seat, worker, item))

    def _ended(
        self, seat: Seat, worker: Worker, item: Pending, ending: asyncio.Future[JobEnd]
    ) -> None:
        if self._closing or ending.cancelled():
            return
        try:
            self._take_end(seat, worker, item, ending.result())
        except Exception as error:  # noqa: BLE001 - a callback has no caller: hand it to `run`
            self._fail(error)

    def _take_end(self, seat: Seat, worker: Worker, item: Pending, end: JobEnd) -> None:
        self._tokens += 1
        seat.busy = False
        if end.lost or self._too_big(seat, worker):
            self._retire(seat)
        if not end.certain and not item.requeued:
            item.requeued = True
            seat.queue.put_back(item)
            self._start_failed(seat, "was lost to an earlier job")
            self._go_on()
            return
        seat.failures = 0
        seat.pace.learn(item, end.seconds)
        settled = self._recorder.settle(worker.place, item, end)
        # The next job goes out before this one is written: a worker never waits for the disk.
        self._go_on(may_end=False)
        if settled.has_bundle:
            self._storing += 1
            loop = asyncio.get_running_loop()
            stored = loop.run_in_executor(self._disk, self._recorder.store, worker.place, settled)
            self._spawn(self._write_stored(seat, worker, settled, stored))
        else:
            self._write(seat, worker, settled, None)

    async def _write_stored(
        self, seat: Seat, worker: Worker, settled: Settled, stored: asyncio.Future[Artifact | str]
    ) -> None:
        taken = await stored
        self._storing -= 1
        self._write(seat, worker, settled, taken)

    def _write(
        self, seat: Seat, worker: Worker, settled: Settled, stored: Artifact | str | None
    ) -> None:
        status = self._recorder.write(settled, stored)
        end = settled.end
        if not end.lost:
            self._disk.submit(remove_tree, worker.place.scratch / end.job.id)
        is_save = isinstance(settled.item, PendingSave)
        self._count(saves=is_save, attempts=not is_save, worker_seconds=end.seconds)
        self._listener.job_ended(seat.target.id, str(settled), status)
        queues = self._backlog.queues
        self._listener.remaining(
            sum(queue.pending_saves for queue in queues),
            sum(queue.pending_loads for queue in queues),
        )
        self._go_on()

    def _too_big(self, seat: Seat, worker: Worker) -> bool:
        """Frameworks leak: a worker that has grown a lot is replaced between two jobs."""
        limit = min(self._settings.recycle_mb, 0.75 * self._settings.limits.memory_mb)
        grown = worker.rss_mb or 0.0
        return grown > limit and grown > _GROWTH * (seat.first_mb or 0.0)

    def _retire(self, seat: Seat) -> None:
        worker, seat.worker = seat.worker, None
        if worker is not None:
            self._spawn(self._clear(worker))

    async def _clear(self, worker: Worker) -> None:
        await worker.stop()
        self._workers.discard(worker)
        # After whatever is still to be taken out of it: the thread works in order.
        self._disk.submit(remove_tree, worker.place.scratch)

    async def _tick(self) -> None:
        for tick in itertools.count():
            await asyncio.sleep(_TICK_SECONDS)
            for worker in list(self._workers):
                if worker.busy or tick % _IDLE_TICKS == 0:
                    worker.check()

    async def _shut(self) -> None:
        """Kill first, everywhere, then wait: no worker may outlive this call."""
        for worker in self._workers:
            worker.kill()
        for task in self._tasks:
            task.cancel()
        endings = [asyncio.ensure_future(worker.gone()) for worker in self._workers]
        if endings:
            await asyncio.wait(endings, timeout=_SHUTDOWN_SECONDS)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_SHUTDOWN_SECONDS)
        self._disk.shutdown(cancel_futures=True)
        self._folder.remove()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self._done.done():
            self._done.set_exception(error)

    def _count(self, **more: float) -> None:
        summed = {name: getattr(self._summary, name) + value for name, value in more.items()}
        self._summary = replace(self._summary, **summed)


def _job(item: Pending, number: int, settings: ProbeSettings) -> Job:
    # Not to be guessed: a model could write the answers to jobs that are yet to come.
    name = f"{number}{random.SystemRandom().randrange(10**6):06d}"
    key = item.key if isinstance(item, PendingSave) else item.task.save
    material = settings.materials[key.model]
    if isinstance(item, PendingSave):
        return SaveJob(name, key.model, key.format, material, settings.tolerances)
    return LoadJob(
        name, key.model, key.format, item.strategy, item.artifact, material, settings.tolerances
    )
