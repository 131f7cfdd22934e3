"""Workers on this machine: one host, whose jobs are as many as a run may have at a time.

Owns the run's folder, its sandbox, and looking at each worker's limits in time. The watch over one
process is `worker`.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from weakref import WeakSet

from crossload.runner.probing.executor import Host
from crossload.runner.probing.run_folder import RunFolder
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.worker import Worker
from crossload.runner.sandbox.containment import containment_of, detect_sandbox
from crossload.runner.sandbox.target import ProbeTarget

_TICK_SECONDS = 0.25
_IDLE_TICKS = 8


class LocalExecutor:
    """Starts processes here; use from the main thread's event loop."""

    collecting = 1  # this disk is the bottleneck, and files go in the order in which they came

    def __init__(self, settings: ProbeSettings) -> None:
        self.hosts = (Host("", max(settings.jobs, 1), settings.budget_mb),)
        self._settings = settings
        self._folder = RunFolder(settings.scratch)
        self._sandbox = settings.sandbox or detect_sandbox()
        self._workers = WeakSet[Worker]()
        self._ticking: asyncio.Task[None] | None = None

    def open(self, changed: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
        """Make the folder of the run; this host neither comes nor goes."""
        del changed
        self._folder.prepare(self._settings.probes)
        self._ticking = asyncio.get_running_loop().create_task(self._tick(failed))

    def hand(self, host: Host, target: ProbeTarget, slot: int, start: int) -> Worker:
        """A worker whose scratch folder is new."""
        del host
        settings = self._settings
        place = self._folder.place(settings.artifacts, slot, start)
        contained = containment_of(target, self._sandbox)
        worker = Worker(target, contained, place, settings.limits, settings.script)
        self._workers.add(worker)
        return worker

    def close(self) -> None:
        """Remove the folder of the run."""
        if self._ticking is not None:
            self._ticking.cancel()
        self._folder.remove()

    async def _tick(self, failed: Callable[[BaseException], None]) -> None:
        try:
            for tick in itertools.count():
                await asyncio.sleep(_TICK_SECONDS)
                for worker in tuple(self._workers):
                    if worker.busy or tick % _IDLE_TICKS == 0:
                        worker.check()
        except Exception as error:  # noqa: BLE001 - a task has no caller: hand it to the run
            failed(error)
