"""A worker, a scheduler or a store that goes away: nothing is lost or doubled, and it is said."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from dataclasses import replace
from typing import Any

import pytest

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.cluster import remote
from crossload.runner.cluster.link import Patience
from crossload.runner.cluster.members import Members
from crossload.runner.cluster.store import SharedStore
from crossload.runner.errors import ClusterError, ExitCode, StorageError
from crossload.runner.words import JobStatus
from tests.cluster.conftest import Field

MODELS = {name: [f"{name}{number}" for number in range(8)] for name in "ab"}


def wait_in_vain(members: Members) -> None:
    for _ in range(100):
        members.check()
        time.sleep(0.05)


def wanted(ground: Field) -> tuple[Any, Any]:
    loads = [f"{saver}/{model}" for saver in "ab" for model in MODELS[saver]]
    return ground.bench.task("a", MODELS["a"], loads), ground.bench.task("b", MODELS["b"], loads)


def test_the_work_of_a_lost_worker_is_done_elsewhere(ground: Field, cluster: Any) -> None:
    victim = cluster.workers[1]

    def lose(_: Members) -> None:
        asyncio.run_coroutine_threadsafe(
            victim.close(executor_wait=False), cluster.loop.asyncio_loop
        )

    summary = ground.run(*wanted(ground), during=lose)
    ledger = ground.bench.ledger
    assert {one.report.status for one in ledger.saves.values()} == {JobStatus.DONE}
    assert (len(ledger.saves), len(ledger.tries), summary.unsettled) == (16, 32, 0)
    assert ledger.problems == {}
    assert ground.said == [f"the Dask worker {victim.address} is gone; its work is done elsewhere"]


def test_a_scheduler_that_stays_away_ends_the_run_with_what_there_is(
    ground: Field, cluster: Any
) -> None:
    def lose(_: Members) -> None:
        asyncio.run_coroutine_threadsafe(cluster.scheduler.close(), cluster.loop.asyncio_loop)

    with pytest.raises(ClusterError) as raised:
        ground.run(*wanted(ground), during=lose)
    assert str(raised.value) == (
        f"the Dask scheduler at {ground.address!r} has not answered for 2 s"
    )
    assert raised.value.advice == "everything recorded is kept, and the same command continues"
    assert ground.said == [
        f"the Dask scheduler at {ground.address!r} is gone; waiting 2 s for it to come back"
    ]
    assert {one.report.status for one in ground.bench.ledger.saves.values()} <= {JobStatus.DONE}


def test_a_store_that_refuses_ends_the_run_with_what_there_is(
    ground: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, taken = SharedStore.put, []

    def refuse_the_fourth(shared: SharedStore, local: ArtifactStore, digest: str) -> None:
        taken.append(digest)
        if len(taken) == 4:
            raise StorageError("the store 'there' does not take it", "look after it")
        put(shared, local, digest)

    monkeypatch.setattr(SharedStore, "put", refuse_the_fourth)
    with pytest.raises(StorageError) as raised:
        ground.run(*wanted(ground))
    assert re.fullmatch(
        r"the store 'there' does not take it \(on the Dask worker tcp://\S+\)", str(raised.value)
    )
    before = dict(ground.bench.ledger.saves)
    assert 1 <= len(before) <= 3
    monkeypatch.setattr(SharedStore, "put", put)
    ground.run(*wanted(ground))
    ledger = ground.bench.ledger
    assert (len(ledger.saves), len(ledger.tries)) == (16, 32)
    assert {key: ledger.saves[key] for key in before} == before


def test_without_a_worker_there_is_no_endless_waiting(
    ground: Field, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del cluster
    ground.patience = Patience(contact=5.0, scheduler=1.0, workers=1.0)
    here = replace(remote.own_version(), crossload="9.9")
    there = replace(here, crossload="0.0")
    answers = [here]
    monkeypatch.setattr(remote, "own_version", lambda: answers.pop() if answers else there)
    with (
        ground.members() as found,
        pytest.raises(ClusterError, match=r"no Dask worker at 'tcp://.*' can be used: it has"),
    ):
        wait_in_vain(found)
    refusals = [one for one in ground.said if "is not used" in one]
    assert len(refusals) == 2
    assert "it has crossload 0.0 (probes" in refusals[0]


def test_no_scheduler_at_all(ground: Field) -> None:
    ground.address = "tcp://127.0.0.1:9"
    ground.patience = Patience(contact=0.3)
    with pytest.raises(ClusterError) as raised, ground.members():
        pass
    assert str(raised.value).startswith(
        "the Dask scheduler at 'tcp://127.0.0.1:9' does not answer: "
    )
    assert raised.value.exit_code is ExitCode.CLUSTER


@pytest.mark.parametrize("package", ["distributed", "fsspec.core"])
def test_without_the_extra_it_says_what_to_install(
    ground: Field, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ClusterError) as raised, ground.members():
        pass
    assert str(raised.value) == (
        f"a run on a cluster needs the package {package.partition('.')[0]}, which is not "
        "installed here"
    )
    assert raised.value.advice == "install `crossload[dask]`, on every machine of the cluster"
