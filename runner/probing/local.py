"""Workers on this machine: one host, whose jobs are as many as a run may have at a time.

Owns the run's folder and its sandbox. The watch over one process is `worker`.
"""

from __future__ import annotations

from collections.abc import Callable

from crossload.runner.probing.executor import Host
from crossload.runner.probing.run_folder import RunFolder
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.worker import Worker
from crossload.runner.sandbox.containment import containment_of, detect_sandbox
from crossload.runner.sandbox.target import ProbeTarget


class LocalExecutor:
    """Starts processes here; use from the main thread's event loop."""

    def __init__(self, settings: ProbeSettings) -> None:
        self.hosts = (Host("", max(settings.jobs, 1), settings.budget_mb),)
        self._settings = settings
        self._folder = RunFolder(settings.scratch)
        self._sandbox = settings.sandbox or detect_sandbox()

    def open(self, changed: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
        """Make the folder of the run; this host neither comes nor goes."""
        del changed, failed
        self._folder.prepare(self._settings.probes)

    def hand(self, host: Host, target: ProbeTarget, slot: int, start: int) -> Worker:
        """A worker whose scratch folder is new."""
        del host
        settings = self._settings
        place = self._folder.place(settings.artifacts, slot, start)
        contained = containment_of(target, self._sandbox)
        return Worker(target, contained, place, settings.limits, settings.script)

    def close(self) -> None:
        """Remove the folder of the run."""
        self._folder.remove()
