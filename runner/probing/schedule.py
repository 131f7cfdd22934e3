"""Runs pending saves and loads over the workers of all environments, `jobs` at a time.

Owns the tokens, the lives of workers and the order "hand out the next job, then record the last".
`backlog` knows what is pending, `placing` picks an environment and its host, and an executor
starts workers there.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from crossload.runner.artifacts.store import Artifact, ArtifactStore
from crossload.runner.probing.backlog import Backlog, Pending, PendingSave
from crossload.runner.probing.choice import Seat
from crossload.runner.probing.executor import (
    Hand,
    Host,
    HostLostError,
    JobEnd,
    WorkerGoneError,
    WorkerStartError,
)
from crossload.runner.probing.jobs import job_of
from crossload.runner.probing.local import LocalExecutor
from crossload.runner.probing.placing import place
from crossload.runner.probing.recording import Recorder, Settled
from crossload.runner.probing.rounds import Following, Round, nothing_follows
from crossload.runner.probing.seating import Seating
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.tasks import (
    Known,
    ProbeListener,
    ProbeSink,
    ProbeSummary,
    ProbeTask,
    SilentListener,
)
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause, EnvironmentState

_MAX_FAILURES = 3
_MAX_LOSSES = 3
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
        self._seating = Seating()
        self._take_round(first, backlog)
        self._numbers = itertools.count(1)
        self._workers: set[Hand] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._storing = 0
        self._closing = False
        self._summary = ProbeSummary()
        self._executor = settings.executor or LocalExecutor(settings)
        # Copying, syncing and removing files is slow at times; no worker is started from there.
        self._disk = ThreadPoolExecutor(self._executor.collecting, "crossload-disk")

    def _take_round(self, current: Round, backlog: Backlog) -> None:
        self._backlog = backlog
        self._settings = current.settings
        self._listener = current.listener
        self._recorder = Recorder(current.settings, current.sink, backlog)
        self._seating.take_round(current.tasks, backlog.queues)

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
        self._executor.open(self._hosts_changed, self._fail)
        try:
            self._go_on()
            await self._done
        finally:
            self._closing = True
            await self._shut()
        return self._summary

    def _go_on(self, *, may_end: bool = True) -> None:
        """Use the free tokens, and notice the end."""
        is_over = self._settings.is_over()
        seats = self._seating.seats
        while not is_over and (placed := place(seats, self._executor.hosts)) is not None:
            seat = placed.choice.seat
            for victim in placed.choice.evict:
                self._retire(victim)
            if seat.worker is None:
                placed.host.free -= 1
                self._seating.take_up(seat, placed.host)
                self._spawn(self._start(seat, placed.host))
            else:
                self._hand_out(seat, seat.worker, placed.host)
        ready = any(seat.ready for seat in seats)
        active = any(seat.active for seat in seats) or (ready and not is_over)
        if may_end and not (active or self._storing) and not self._done.done():
            if is_over and ready:
                self._summary = replace(self._summary, is_cut_short=True)
                self._done.set_result(None)
            elif self._has_more():
                self._go_on()
            else:
                self._done.set_result(None)

    async def _start(self, seat: Seat, host: Host) -> None:
        worker = self._executor.hand(host, seat.target, seat.slot, seat.starts)
        self._workers.add(worker)
        self._listener.worker_starting(seat.target.id)
        started = time.monotonic()
        try:
            await worker.start(self._settings.start_seconds)
        except HostLostError:
            self._spawn(self._clear(worker))
            self._seating.leave(seat)
        except WorkerStartError as error:
            self._spawn(self._clear(worker))
            self._start_failed(seat, str(error), error.log_tail)
            seat.host = None
        else:
            seat.worker = worker
            seat.pace.start = time.monotonic() - started
            seat.first_mb = worker.measure()
            self._listener.worker_ready(seat.target.id, seat.pace.start)
        seat.starting = False
        host.free += 1
        self._count(workers_started=1)
        self._go_on()

    def _start_failed(self, seat: Seat, message: str, log_tail: str = "") -> None:
        seat.failures += 1
        self._listener.worker_failed(seat.target.id, message)
        self._seating.avoid(seat, self._executor.hosts)
        if seat.failures < _MAX_FAILURES:
            return
        seat.given_up = True
        if not self._seating.is_hopeless(seat):
            return
        self._count(unsettled=self._backlog.abandon(seat.queue))
        given_up = (*self._summary.given_up, seat.target.id)
        self._summary = replace(self._summary, given_up=given_up)
        problem = EnvironmentProblem(
            state=EnvironmentState.UNAVAILABLE,
            cause=EnvironmentCause.PROBE_FAILED,
            message=f"the probe does not start in {seat.target.id!r}: {message}",
            advice="see the lines below; remove the environment's folder to rebuild it",
            log_tail=log_tail,
        )
        self._recorder.unusable(seat.target.id, problem)

    def _hand_out(self, seat: Seat, worker: Hand, host: Host) -> None:
        item = seat.queue.take()
        job = job_of(item, next(self._numbers), self._settings)
        try:
            ending = worker.submit(job)
        except WorkerGoneError:
            self._put_back(seat, item)
            return
        host.free -= 1
        seat.busy = True
        self._listener.job_started(seat.target.id, str(item))
        ending.add_done_callback(partial(self._ended, seat, worker, item))

    def _put_back(self, seat: Seat, item: Pending) -> None:
        seat.queue.put_back(item)
        self._retire(seat)
        self._start_failed(seat, "ended while it had nothing to do")

    def _ended(
        self, seat: Seat, worker: Hand, item: Pending, ending: asyncio.Future[JobEnd]
    ) -> None:
        if self._closing or ending.cancelled():
            return
        assert seat.host is not None
        seat.host.free += 1
        seat.busy = False
        try:
            self._take_end(seat, worker, item, ending.result())
        except HostLostError:
            self._take_loss(seat, item)
        except WorkerGoneError:
            self._put_back(seat, item)
            self._go_on()
        except Exception as error:  # noqa: BLE001 - a callback has no caller: hand it to `run`
            self._fail(error)

    def _take_loss(self, seat: Seat, item: Pending) -> None:
        """Do the job again elsewhere; it is not to blame, unless that happens again and again."""
        item.losses += 1
        if item.losses < _MAX_LOSSES:
            seat.queue.put_back(item)
        else:
            self._count(unsettled=self._backlog.drop(item))
            message = f"{_MAX_LOSSES} machines were lost during {str(item)!r}, which stays undone"
            self._listener.worker_failed(seat.target.id, message)
        self._retire(seat)
        self._seating.leave(seat)
        self._go_on()

    def _hosts_changed(self) -> None:
        if self._closing:
            return
        for seat in self._seating.stranded(self._executor.hosts):
            self._retire(seat)
            self._seating.leave(seat)
        self._go_on()

    def _take_end(self, seat: Seat, worker: Hand, item: Pending, end: JobEnd) -> None:
        if end.lost or self._too_big(seat, worker):
            self._retire(seat)
        if (end.may_pass or not end.certain) and not item.requeued:
            item.requeued = True
            seat.queue.put_back(item)
            if not end.certain:
                self._start_failed(seat, "was lost to an earlier job")
            self._go_on()
            return
        seat.failures = 0
        seat.pace.learn(item, end.seconds)
        settled = self._recorder.settle(worker, item, end)
        # The next job goes out before this one is written: a worker never waits for the disk.
        self._go_on(may_end=False)
        if settled.has_bundle:
            self._storing += 1
            loop = asyncio.get_running_loop()
            stored = loop.run_in_executor(self._disk, self._recorder.store, worker, settled)
            self._spawn(self._write_stored(seat, worker, settled, stored))
        else:
            self._write(seat, worker, settled, None)

    async def _write_stored(
        self, seat: Seat, worker: Hand, settled: Settled, stored: asyncio.Future[Artifact | str]
    ) -> None:
        taken = await stored
        self._storing -= 1
        self._write(seat, worker, settled, taken)

    def _write(
        self, seat: Seat, worker: Hand, settled: Settled, stored: Artifact | str | None
    ) -> None:
        status = self._recorder.write(settled, stored)
        end = settled.end
        if not end.lost:
            self._disk.submit(worker.discard, end.job.id)
        is_save = isinstance(settled.item, PendingSave)
        self._count(saves=is_save, attempts=not is_save)
        self._listener.job_ended(seat.target.id, str(settled), status)
        queues = self._backlog.queues
        self._listener.remaining(
            sum(queue.pending_saves for queue in queues),
            sum(queue.pending_loads for queue in queues),
        )
        self._go_on()

    def _too_big(self, seat: Seat, worker: Hand) -> bool:
        """Frameworks leak: a worker that has grown a lot is replaced between two jobs."""
        limit = min(self._settings.recycle_mb, 0.75 * self._settings.limits.memory_mb)
        grown = worker.rss_mb or 0.0
        return grown > limit and grown > _GROWTH * (seat.first_mb or 0.0)

    def _retire(self, seat: Seat) -> None:
        worker, seat.worker, seat.host = seat.worker, None, None
        if worker is not None:
            self._spawn(self._clear(worker))

    async def _clear(self, worker: Hand) -> None:
        await worker.stop()
        self._workers.discard(worker)
        # After whatever is still to be taken out of it: the thread works in order.
        self._disk.submit(worker.clear)

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
        self._executor.close()

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

    def _count(self, **more: int) -> None:
        summed = {name: getattr(self._summary, name) + value for name, value in more.items()}
        self._summary = replace(self._summary, **summed)
