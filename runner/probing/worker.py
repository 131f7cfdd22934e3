"""One supervised worker of one environment: greeting, one job at a time, limits, replacement.

Owns the conversation and the watch over a job. `schedule` decides what comes next, `outcomes` what
an answer means for the record.
"""

from __future__ import annotations

import asyncio
import errno
import os
import time

from crossload.runner.artifacts.store import Artifact, ArtifactStore
from crossload.runner.errors import StorageError
from crossload.runner.probing import consumption, deaths
from crossload.runner.probing.deaths import Death
from crossload.runner.probing.executor import JobEnd, WorkerGoneError, WorkerStartError
from crossload.runner.probing.process import Process, launch
from crossload.runner.probing.protocol import (
    MAX_LINE,
    Answer,
    BadAnswerError,
    Died,
    Hello,
    Job,
    StartFailure,
    read_answer,
    read_hello,
)
from crossload.runner.probing.watchdog import passed_limit, passed_storage
from crossload.runner.records import Limits
from crossload.runner.sandbox.starting import Containment
from crossload.runner.sandbox.target import Place, ProbeTarget
from crossload.runner.untrusted.evidence import clean_text, read_tail, remove_tree
from crossload.runner.words import JobStatus

_READ = 1 << 18
_LOG_TAIL = 3000
OUTPUT_TAIL = 2000


class Worker:
    """A live process; use from one event loop only, started from the main thread."""

    def __init__(
        self, target: ProbeTarget, sandbox: Containment, place: Place, limits: Limits, script: str
    ) -> None:
        self.target = target
        self.place = place
        self.rss_mb: float | None = None
        self._sandbox = sandbox
        self._limits = limits
        self._script = script
        self._inside = sandbox.inside(place)
        self._process: Process | None = None
        self._buffer = bytearray()
        self._hello: asyncio.Future[Hello] | None = None
        self._end: asyncio.Future[JobEnd] | None = None
        self._job: Job | None = None
        self._submitted = 0.0
        self._doom: Death | None = None
        self._oom_before = 0
        self._served = 0
        self._gone: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def busy(self) -> bool:
        return self._end is not None

    @property
    def alive(self) -> bool:
        """Whether a job may be offered."""
        return self._process is not None and self._doom is None and not self._gone.done()

    async def start(self, seconds: float) -> Hello:
        """Start the process and wait for its greeting, `seconds` at most.

        Raises:
            WorkerStartError: it failed, ended, babbled or was silent; the process is gone.
        """
        self._oom_before = consumption.out_of_memory_kills()
        self._hello = asyncio.get_running_loop().create_future()
        try:
            self._make_scratch()
            self._process = launch(
                self._sandbox, self.target, self.place, self._limits, self._script
            )
        except OSError as error:
            self._gone.set_result(127)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageError(
                    f"cannot write to {str(self.place.scratch)!r}: {error.strerror}",
                    "free some space or choose another folder with --home",
                ) from error
            raise WorkerStartError(f"cannot be started: {error}") from error
        self._process.watch(self._exited)
        assert self._process.answers is not None
        asyncio.get_running_loop().add_reader(self._process.answers, self._readable)
        try:
            return await asyncio.wait_for(self._hello, seconds)
        except (asyncio.TimeoutError, WorkerStartError) as error:
            self.kill()
            code = await self._gone
            message = str(error) or f"no greeting within {seconds:g} s"
            if message == "ended":
                message = f"ended with exit status {code} before its greeting"
            raise WorkerStartError(message, self._log_tail(error)) from None

    def submit(self, job: Job) -> asyncio.Future[JobEnd]:
        """Hand over a job at once; the future tells its end and never raises.

        Raises:
            WorkerGoneError: the worker has ended, or said something unasked.
        """
        assert self._end is None
        if self._buffer:
            self.kill()
        if not self.alive or self._process is None or self._process.jobs is None:
            raise WorkerGoneError
        line = job.line(self._limits.cpu_seconds, self._inside.artifacts)
        self._submitted = time.monotonic()
        if not self._process.send(line):
            self.kill()
            raise WorkerGoneError
        self._job = job
        self._end = asyncio.get_running_loop().create_future()
        return self._end

    def check(self) -> None:
        """Watch the limits; to be called about four times a second while a job runs."""
        if self._process is None or self._gone.done():
            return
        self._process.poll()
        if self._doom is None and not self._gone.done():
            seconds = time.monotonic() - self._submitted if self._job is not None else None
            job = self._job.id if self._job is not None else None
            death = passed_limit(self._process.pid, self.place, self._limits, job, seconds)
            if death is not None:
                self._condemn(death)

    def measure(self) -> float:
        """Return the resident memory of its processes in megabytes, and remember it.

        What cannot be seen from here is known from its last answer.
        """
        if self._process is not None and not self._sandbox.is_remote:
            self.rss_mb = consumption.resident_mb(consumption.tree(self._process.pid))
        return self.rss_mb or 0.0

    def kill(self) -> None:
        """Kill the process and everything it started, without waiting for the end."""
        if self._doom is None:
            self._doom = deaths.bad_answer("stopped")
        if self._process is not None and not self._gone.done():
            if self._process.answers is not None:
                asyncio.get_running_loop().remove_reader(self._process.answers)
            self._process.kill()

    async def stop(self, grace: float = 1.0) -> None:
        """End an idle worker: ask first, kill after `grace` seconds."""
        if self._process is not None and not self._gone.done():
            self._process.hang_up()
            if self._doom is None and grace > 0:
                await asyncio.wait([self._gone], timeout=grace)
            self.kill()
            await self._gone

    async def gone(self) -> None:
        """Wait until nothing of it is left."""
        if self._process is not None:
            await asyncio.shield(self._gone)

    def output(self, job_id: str) -> str:
        """The tail of what an ended job printed."""
        return read_tail(self.place.scratch, (job_id, "output.log"), OUTPUT_TAIL)

    def collect(self, job_id: str, payload: str, max_bytes: int) -> Artifact:
        """Take what a job saved into the store."""
        store = ArtifactStore(self.place.artifacts)
        return store.take(self.place.scratch / job_id / "bundle", payload, max_bytes)

    def discard(self, job_id: str) -> None:
        """Remove an ended job's files."""
        remove_tree(self.place.scratch / job_id)

    def clear(self) -> None:
        """Remove all of its files; the process must have ended."""
        remove_tree(self.place.scratch)

    def _make_scratch(self) -> None:
        self.place.scratch.mkdir(parents=True, mode=0o700)
        owner = self._sandbox.owner(self.place.slot)
        if owner is not None:
            os.chown(self.place.scratch, owner, owner)

    def _readable(self) -> None:
        self._drain()
        if self._hello is not None:
            self._take_hello(self._hello)
        elif self._end is not None:
            self._take_answer()
        elif self._buffer:
            self.kill()  # said something unasked: whatever it says next could not be trusted

    def _drain(self) -> None:
        if self._process is None or self._process.answers is None:
            return
        while len(self._buffer) <= MAX_LINE:
            try:
                data = os.read(self._process.answers, _READ)
            except BlockingIOError:
                return
            if not data:
                # End of file: the process is ending, or has closed its only way to answer.
                asyncio.get_running_loop().remove_reader(self._process.answers)
                asyncio.get_running_loop().call_later(1.0, self._silenced)
                return
            self._buffer += data
            if len(data) < _READ:
                return

    def _silenced(self) -> None:
        if not self._gone.done() and self._doom is None:
            self._condemn(deaths.bad_answer("the channel for answers was closed"))

    def _take_hello(self, waiting: asyncio.Future[Hello]) -> None:
        if waiting.done() or not self._line_complete():
            return
        line = bytes(self._buffer)
        self._buffer.clear()
        try:
            hello = read_hello(line)
        except BadAnswerError as error:
            waiting.set_exception(WorkerStartError(f"bad greeting: {error}"))
            return
        if isinstance(hello, StartFailure):
            failure = hello.error
            message = f"import failed with {failure.type}: {clean_text(failure.message, 1000)}"
            waiting.set_exception(WorkerStartError(message, failure.traceback[-_LOG_TAIL:]))
            return
        self._hello = None
        waiting.set_result(hello)

    def _line_complete(self) -> bool:
        return b"\n" in self._buffer or len(self._buffer) > MAX_LINE

    def _take_answer(self) -> None:
        if self._doom is not None or self._job is None or not self._line_complete():
            return
        try:
            answer = _only_answer(bytes(self._buffer), self._job)
        except BadAnswerError as error:
            self._condemn(deaths.bad_answer(str(error)))
            return
        self._buffer.clear()
        if isinstance(answer, Died):
            death = self._named_death(answer.code, self._job)
            self._finish(None, death, lost=False, certain=self._certain(death, self._job))
            return
        self.rss_mb = answer.rss_mb if answer.rss_mb is not None else self.rss_mb
        self._finish(answer, None, lost=self._gone.done())

    def _condemn(self, death: Death) -> None:
        self._doom = death
        self.kill()

    def _exited(self, code: int) -> None:
        """Everything has ended: read what is left on the pipe, then settle who waits."""
        self._drain()
        self._gone.set_result(code)
        assert self._process is not None
        waiting = self._hello
        if waiting is not None:
            self._take_hello(waiting)
            if not waiting.done():
                waiting.set_exception(WorkerStartError("ended"))
        if self._end is not None and self._doom is None:
            self._take_answer()
        if self._job is not None:
            death = self._doom or self._named_death(code, self._job)
            self._finish(None, death, lost=True, certain=self._certain(death, self._job))
        if self._doom is None:
            self._doom = deaths.bad_answer("ended")
        self._process.close()

    def _named_death(self, code: int, job: Job) -> Death:
        full = passed_storage(self.place, self._limits, job.id)
        if full is not None and code < 128:
            return full  # it ended by itself because it could not write any more
        tail = read_tail(self.place.scratch, (job.id, "output.log"))
        oom_killed = consumption.out_of_memory_kills() > self._oom_before
        return deaths.of_exit(
            code, self._limits, tail, partial=bool(self._buffer), oom_killed=oom_killed
        )

    def _certain(self, death: Death, job: Job) -> bool:
        if death.status is JobStatus.BAD_ANSWER:
            return self._served == 0
        # A worker makes the job's folder before anything else.
        return self._doom is not None or os.path.lexists(self.place.scratch / job.id)

    def _finish(
        self, answer: Answer | None, death: Death | None, *, lost: bool, certain: bool = True
    ) -> None:
        assert self._end is not None
        assert self._job is not None
        seconds = time.monotonic() - self._submitted
        waiting, job = self._end, self._job
        self._end = self._job = None
        self._served += 1
        if not waiting.done():
            waiting.set_result(JobEnd(job, answer, death, seconds, lost, certain))

    def _log_tail(self, error: BaseException) -> str:
        own = getattr(error, "log_tail", "")
        logs = [read_tail(self.place.scratch, ("worker.log",), _LOG_TAIL)]
        logs.append(read_tail(self.place.log.parent, (self.place.log.name,), _LOG_TAIL))
        return "\n".join(part for part in (*logs, own) if part)[-2 * _LOG_TAIL :]


def _only_answer(data: bytes, job: Job) -> Answer | Died:
    line, newline, rest = data.partition(b"\n")
    if not newline or len(line) > MAX_LINE:
        raise BadAnswerError(f"a line of more than {MAX_LINE} bytes")
    answer = read_answer(line, job)
    if rest:
        raise BadAnswerError("more than one line")
    return answer
