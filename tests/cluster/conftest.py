"""A small Dask cluster in this process, and a bench whose workers are on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from crossload.runner.cluster import host_home, site
from crossload.runner.cluster.executor import ClusterExecutor, Rules
from crossload.runner.cluster.link import Patience
from crossload.runner.cluster.members import Members
from crossload.runner.cluster.orders import BuildOrder
from crossload.runner.cluster.store import SharedStore
from crossload.runner.home import Home
from crossload.runner.probing.schedule import run_probes
from crossload.runner.probing.tasks import ProbeSummary, ProbeTask
from crossload.runner.sandbox.containment import uncontained
from tests import runs
from tests.cluster import played
from tests.probing.bench import FAKE, Bench, MemorySink

SOON = Patience(contact=5.0, scheduler=2.0, workers=10.0)


def order(name: str) -> BuildOrder:
    spec = runs.environment(name).spec
    return BuildOrder(name, spec, name, "3.11.7", "lock", None)


@dataclass
class Field:
    """A bench on a cluster; `said` is what a user is told."""

    folder: Path
    address: str
    store: SharedStore
    said: list[str] = field(default_factory=list)
    patience: Patience = SOON

    def __post_init__(self) -> None:
        self.bench = Bench(self.folder, uncontained())

    @contextmanager
    def members(self) -> Iterator[Members]:
        home = Home(self.folder / "home")
        home.prepare()
        found = Members(self.address, self.store, home, self.said.append, self.patience)
        found.open()
        try:
            yield found
        finally:
            found.close()

    def run(
        self, *tasks: ProbeTask, during: Callable[[Members], Any] | None = None
    ) -> ProbeSummary:
        """Do the tasks on the cluster; `during` is called in the event loop once it goes on."""
        with self.members() as members:
            members.orders.update((task.target.id, order(task.target.id)) for task in tasks)
            executor = ClusterExecutor(members, Rules(self.bench.limits, sandboxed=False))
            settings = replace(
                self.bench.settings,
                executor=executor,
                artifacts=members.local.folder,
            )

            async def run() -> ProbeSummary:
                if during is not None:
                    asyncio.get_running_loop().call_later(0.5, during, members)
                sink = MemorySink(self.bench.ledger)
                return await run_probes(tasks, self.bench.ledger, sink, settings, self.bench.diary)

            return asyncio.run(run())


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two machines of one job each, in threads of this process."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(host_home, "build", played.build)
    monkeypatch.setattr(site, "probes_folder", lambda: FAKE)
    monkeypatch.setenv(host_home.HOME_VARIABLE, str(tmp_path / "machine"))
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        dashboard_address=":0",
        protocol="tcp",
        host="127.0.0.1",
    ) as found:
        yield found


@pytest.fixture
def ground(cluster: Any, tmp_path: Path) -> Field:
    return Field(tmp_path, cluster.scheduler_address, SharedStore((tmp_path / "store").as_uri()))
