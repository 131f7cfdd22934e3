"""Checks a worker: which limit, if any, has it exceeded?

Owns the order of the checks, cheapest first. `consumption` and `folders` measure, `deaths` names
the limit, `worker` acts on it.
"""

from __future__ import annotations

from crossload.runner.probing import consumption, deaths
from crossload.runner.probing.deaths import Death
from crossload.runner.records import Limits
from crossload.runner.sandbox.target import Place
from crossload.runner.untrusted.folders import usage


def passed_limit(
    pid: int, place: Place, limits: Limits, job: str | None, seconds: float | None
) -> Death | None:
    """Return the limit that a worker has passed, or None.

    Args:
        pid: the outermost process; all below it count.
        place: its folders on the host.
        limits: what it may use.
        job: the id of the running job, None while it starts or idles.
        seconds: how long that job has been running.
    """
    if seconds is not None and seconds > limits.wall_seconds:
        return deaths.over_wall(limits)
    processes = consumption.tree(pid)
    if len(processes) > limits.processes:
        return deaths.over_processes(limits, len(processes))
    # Proportional memory is the true measure and dear; it never exceeds the resident one.
    if consumption.resident_mb(processes) > limits.memory_mb:
        used_mb = consumption.proportional_mb(processes)
        if used_mb > limits.memory_mb:
            return deaths.over_memory(limits, used_mb)
    return passed_storage(place, limits, job)


def passed_storage(place: Place, limits: Limits, job: str | None) -> Death | None:
    """Return the limit on output or scratch that a worker, alive or dead, has passed, or None."""
    outputs = [place.log, place.scratch / "worker.log"]
    if job is not None:
        outputs.append(place.scratch / job / "output.log")
    most = deaths.MAX_OUTPUT_MB * consumption.MEGABYTE
    if any(consumption.file_size(path) > most for path in outputs):
        return deaths.over_output()
    room = limits.scratch_mb * consumption.MEGABYTE
    used = usage(place.scratch, room, deaths.MAX_SCRATCH_ENTRIES)
    if used.entries > deaths.MAX_SCRATCH_ENTRIES:
        return deaths.over_entries()
    return deaths.over_scratch(limits, used.size) if used.size > room else None
