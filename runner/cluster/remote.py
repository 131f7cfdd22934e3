"""The functions that Dask runs on its workers, each for a run that the worker takes part in.

Owns the runs of this process, by the address of its Dask worker. Needs no Dask itself: these are
plain coroutine functions, and the sender names the worker that it means.
"""

from __future__ import annotations

import asyncio

import psutil

import crossload
from crossload.runner.cluster.orders import (
    BuildOrder,
    Built,
    Done,
    Membership,
    StartOrder,
    Version,
)
from crossload.runner.cluster.site import Site
from crossload.runner.probing.executor import WorkerGoneError
from crossload.runner.probing.protocol import Job
from crossload.runner.probing.sources import read_sources
from crossload.runner.shipped import probes_folder

_SITES: dict[tuple[str, str], Site] = {}
_WATCHES: set[asyncio.Task[None]] = set()
_LOOK_SECONDS = 60.0


def own_version() -> Version:
    """What this machine measures with."""
    return Version(crossload.__version__, read_sources(probes_folder()).whole)


async def join(worker: str, membership: Membership) -> tuple[Version, int]:
    """Take part in a run; returns what is installed here, and the machine's memory in bytes.

    Raises:
        CrossloadError: this machine cannot use the store.
    """
    version = await asyncio.to_thread(own_version)
    await asyncio.to_thread(membership.store.check)
    key = (worker, membership.run)
    if key not in _SITES:
        _SITES[key] = Site(membership)
        watch = asyncio.create_task(_leave_when_forgotten(*key))
        _WATCHES.add(watch)
        watch.add_done_callback(_WATCHES.discard)
    return version, int(psutil.virtual_memory().total)


async def build(worker: str, run: str, order: BuildOrder) -> Built:
    """Have an environment built here."""
    return await _site(worker, run).build(order)


async def start(worker: str, run: str, order: StartOrder) -> float:
    """Start a worker here; returns its megabytes."""
    return await _site(worker, run).start(order)


async def do(worker: str, run: str, number: int, job: Job) -> Done:
    """Have one of the workers here do a job."""
    return await _site(worker, run).do(number, job)


async def stop(worker: str, run: str, number: int) -> None:
    """End one of the workers here."""
    site = _SITES.get((worker, run))
    if site is not None:
        site.hear()
        await site.stop(number)


async def hear(worker: str, run: str) -> None:
    """Learn that the run is still there."""
    site = _SITES.get((worker, run))
    if site is not None:
        site.hear()


async def leave(worker: str, run: str) -> None:
    """Take no part in a run any more."""
    site = _SITES.pop((worker, run), None)
    if site is not None:
        await site.close()


def _site(worker: str, run: str) -> Site:
    site = _SITES.get((worker, run))
    if site is None:
        raise WorkerGoneError
    return site


async def _leave_when_forgotten(worker: str, run: str) -> None:
    """See that a run whose machine is gone does not keep workers here."""
    while (site := _SITES.get((worker, run))) is not None:
        if site.is_forgotten:
            await leave(worker, run)
            return
        await asyncio.sleep(_LOOK_SECONDS)
