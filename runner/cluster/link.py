"""The line to a Dask cluster: calls of functions on named workers, and who is there.

Owns the client of `distributed`, which lives in an event loop and a thread of its own; no other
module imports Dask. A call ends with its result, or with the news that its worker is gone: Dask
itself repeats and moves nothing, since what comes next is the schedule's decision.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from crossload.runner.cluster.store import missing_extra
from crossload.runner.errors import ClusterError
from crossload.runner.probing.executor import HostLostError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
Remote = Callable[..., Coroutine[Any, Any, T]]
_LOOK_SECONDS = 0.5
_CLOSE_SECONDS = 10.0


@dataclass(frozen=True)
class Patience:
    """Seconds: for the first contact, for a scheduler that is gone, for a worker to appear."""

    contact: float = 10.0
    scheduler: float = 60.0
    workers: float = 300.0


@dataclass(frozen=True)
class DaskWorker:
    """A worker as the scheduler knows it; `memory` in bytes, 0 for no limit.

    `process` differs for another process at the same address.
    """

    address: str
    process: str
    threads: int
    memory: int


Present = Mapping[str, DaskWorker]


class Link:
    """A line to one scheduler. All methods may be called from any thread but its own."""

    def __init__(self, address: str, patience: Patience) -> None:
        self.address = address
        self._patience = patience
        self._thread: threading.Thread | None = None
        self._present: dict[str, DaskWorker] = {}
        self._losses: dict[str, asyncio.Future[None]] = {}
        self._watch: asyncio.Task[None] | None = None

    def open(self, seen: Callable[[Present], None], broken: Callable[[str], None]) -> None:
        """Connect, and watch who is there from then on.

        Args:
            seen: is called in the link's thread whenever workers came or went.
            broken: is called in the link's thread once the scheduler does not answer any more, and
                with "" when it answers again.

        Raises:
            ClusterError: Dask is not installed, or the scheduler does not answer.
        """
        try:
            import distributed  # noqa: F401, PLC0415 - in an extra
        except ImportError:
            raise missing_extra("distributed") from None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="crossload-dask", daemon=True
        )
        self._thread.start()
        try:
            self._client = self._wait(self._connect())
        except (OSError, ValueError, TypeError) as error:
            self._stop_loop()
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ClusterError(
                f"the Dask scheduler at {self.address!r} does not answer: {said}",
                "start one with `dask scheduler`, and give its address with --scheduler",
            ) from error
        self._watch = self._wait(self._watching(seen, broken))

    def call(self, worker: str, function: Remote[T], *args: object) -> Future[T]:
        """Have a worker run `function(worker, *args)`.

        The future raises what the function raises, or `HostLostError`.
        """
        return asyncio.run_coroutine_threadsafe(self._call(worker, function, args), self._loop)

    def notify(self, function: Remote[None], *args: object, worker: str = "") -> Future[None]:
        """Have one worker or all of them run `function(worker, *args)` at once, besides its jobs.

        The future raises nothing: a worker that is gone needs no notice.
        """
        workers = [worker] if worker else list(self._present)
        return asyncio.run_coroutine_threadsafe(self._notify(workers, function, args), self._loop)

    def close(self) -> None:
        """Hang up."""
        if self._thread is not None:
            self._wait(self._close())
            self._stop_loop()

    async def _connect(self) -> Client:
        from distributed import Client  # noqa: PLC0415 - in an extra

        client = Client(
            self.address,
            asynchronous=True,
            set_as_default=False,
            timeout=self._patience.contact,
            name="crossload",
        )
        try:
            await client
        except BaseException:
            await client.close()
            raise
        return client

    async def _close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        await asyncio.wait([asyncio.ensure_future(self._client.close())], timeout=_CLOSE_SECONDS)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for one in others:
            one.cancel()
        if others:
            await asyncio.wait(others, timeout=1.0)

    async def _call(self, worker: str, function: Remote[T], args: tuple[object, ...]) -> T:
        lost = self._losses.get(worker)
        if lost is None:
            raise HostLostError
        name = getattr(function, "__name__", "call")
        future = self._client.submit(
            function,
            worker,
            *args,
            key=f"crossload-{name}-{secrets.token_hex(8)}",
            workers=[worker],
            allow_other_workers=False,
            pure=False,
            retries=0,
        )
        result = asyncio.ensure_future(future.result())
        try:
            waiting: list[asyncio.Future[Any]] = [result, lost]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return await self._outcome(result, lost)
        finally:
            result.cancel()
            future.release()

    async def _outcome(self, result: asyncio.Future[T], lost: asyncio.Future[None]) -> T:
        """A call's result; Dask's own ways to say that a worker is gone are one here."""
        from distributed import KilledWorker  # noqa: PLC0415 - in an extra
        from distributed.comm import CommClosedError  # noqa: PLC0415 - same

        if result.done() and not result.cancelled():
            with suppress(KilledWorker, CommClosedError, CancelledError):
                return result.result()
        # Nobody should try this worker again before it is known to be gone.
        await asyncio.wait([lost], timeout=self._patience.contact)
        raise HostLostError

    async def _notify(
        self, workers: list[str], function: Remote[None], args: tuple[object, ...]
    ) -> None:
        calls = [
            asyncio.ensure_future(
                self._client.run(function, one, *args, workers=[one], on_error="ignore")
            )
            for one in workers
        ]
        if calls:
            done, late = await asyncio.wait(calls, timeout=_CLOSE_SECONDS)
            for one in late:
                one.cancel()
            for one in done:
                one.exception()  # looked at: whoever is gone has stopped as well

    async def _watching(
        self, seen: Callable[[Present], None], broken: Callable[[str], None]
    ) -> asyncio.Task[None]:
        await self._look(seen)
        return asyncio.ensure_future(self._look_on(seen, broken))

    async def _look_on(
        self, seen: Callable[[Present], None], broken: Callable[[str], None]
    ) -> None:
        is_broken = False
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                if self._client.status == "closed":
                    self._client = await self._connect()
                await asyncio.wait_for(self._look(seen), self._patience.contact)
            except (OSError, asyncio.TimeoutError) as error:
                if not is_broken:
                    broken(str(error) or type(error).__name__)
                    self._take({}, seen)
                is_broken = True
            else:
                if is_broken:
                    broken("")
                is_broken = False

    async def _look(self, seen: Callable[[Present], None]) -> None:
        if self._client.scheduler is None or self._client.status != "running":
            raise OSError("the connection is closed")
        identity = await self._client.scheduler.identity(n_workers=-1)
        self._take(
            {
                address: DaskWorker(
                    address,
                    str(facts["local_directory"]),
                    facts["nthreads"],
                    facts["memory_limit"] or 0,
                )
                for address, facts in identity["workers"].items()
            },
            seen,
        )

    def _take(self, present: dict[str, DaskWorker], seen: Callable[[Present], None]) -> None:
        if present == self._present and self._losses.keys() == present.keys():
            return
        gone = {one for one in self._present if self._present[one] != present.get(one)}
        self._present = present
        for address in gone & self._losses.keys():
            self._losses.pop(address).set_result(None)
        for address in present.keys() - self._losses.keys():
            self._losses[address] = self._loop.create_future()
        seen(present)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop_loop(self) -> None:
        thread, self._thread = self._thread, None
        assert thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        thread.join(_CLOSE_SECONDS)
        if not thread.is_alive():
            self._loop.close()
