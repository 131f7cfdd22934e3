"""Machines of a cluster whose environments are played and whose workers are fakes.

Owns the patches; also a preload script of `dask worker`, for machines in processes of their own.
"""

from __future__ import annotations

from dataclasses import replace

from crossload.runner.cluster import host_home, site
from crossload.runner.cluster.orders import BuildOrder, Built
from crossload.runner.environments.building import BuildOptions
from crossload.runner.home import Home
from tests import runs
from tests.probing.bench import FAKE


def build(order: BuildOrder, home: Home, options: BuildOptions) -> Built:
    del options
    home.prepare()
    return replace(runs.build(runs.environment(order.spec.name)), digest=order.digest)


def play() -> None:
    """Have this process build nothing, and start fakes."""
    host_home.build = build
    vars(site)["probes_folder"] = lambda: FAKE


def dask_setup(worker: object) -> None:
    del worker
    play()
