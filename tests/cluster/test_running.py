"""A run on a cluster comes to what a run on one machine comes to."""

from __future__ import annotations

from typing import Any

from crossload.runner.words import JobStatus
from tests.cluster.conftest import Field
from tests.probing.bench import Bench


def outcomes(bench: Bench) -> dict[str, tuple[JobStatus, str | None]]:
    return {
        f"{key.saver}/{key.model}": (one.report.status, one.artifact)
        for key, one in bench.ledger.saves.items()
    }


def test_saves_and_loads_on_two_machines(ground: Field) -> None:
    bench = ground.bench
    summary = ground.run(
        bench.task("a", ["m1", "m2"], ["a/m1", "a/m2", "b/m3"]),
        bench.task("b", ["m3", "segv"], ["a/m1", "a/m2", "b/m3", "b/segv"]),
    )
    local = Bench(bench.folder / "local", bench.sandbox)
    local.run(
        local.task("a", ["m1", "m2"], ["a/m1", "a/m2", "b/m3"]),
        local.task("b", ["m3", "segv"], ["a/m1", "a/m2", "b/m3", "b/segv"]),
    )
    assert (summary.saves, summary.attempts, summary.unsettled) == (4, 6, 0)
    assert outcomes(bench) == outcomes(local)
    assert bench.ledger.tries.keys() == local.ledger.tries.keys()
    assert outcomes(bench)["b/segv"] == (JobStatus.CRASHED, None)
    assert ground.said == []
    # What was saved is on this machine too, as after a local run.
    stored = {one.name for one in (ground.folder / "home" / "artifacts").iterdir()}
    assert stored == {digest for _, digest in outcomes(bench).values() if digest}


def test_what_is_known_here_is_put_into_the_store(ground: Field, cluster: Any) -> None:
    del cluster
    bench = ground.bench
    ground.run(bench.task("a", ["m1"]))
    for stored in (ground.folder / "store").iterdir():
        stored.unlink()
    summary = ground.run(bench.task("a", ["m1"]), bench.task("b", [], ["a/m1"]))
    assert (summary.saves, summary.attempts) == (0, 1)
