"""A whole run, as `crossload run --executor dask` does it, with played environments.

Owns the run and its patches; `tests.killing` has the same for one machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner import workflow
from crossload.runner.cluster import building
from crossload.runner.cluster.link import Patience
from crossload.runner.cluster.orders import BuildOrder
from crossload.runner.cluster.running import dask_cluster
from crossload.runner.cluster.store import SharedStore
from crossload.runner.environments.model import Environment
from crossload.runner.environments.project import Project
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger
from crossload.runner.request import RunRequest
from tests import runs
from tests.killing import plan
from tests.workflow.stage import Screen

SOON = Patience(contact=10.0, scheduler=60.0, workers=60.0)


def order_of(environment: Environment, project: Project) -> BuildOrder:
    """Of the digest that a played build on one machine has."""
    del project
    spec = environment.spec
    return BuildOrder(environment.id, spec, f"digest of {spec.name}", "3.11.7", "lock", None)


def run_on(
    address: str, store: SharedStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Do the run on a cluster of played machines; what was displayed."""
    monkeypatch.setattr(building, "order_of", order_of)
    home = Home(folder / "home")
    home.prepare()
    screen = Screen()
    with (
        Ledger.open(home.ledger) as ledger,
        dask_cluster(address, store, home, screen.message, SOON) as cluster,
    ):
        request = RunRequest(
            Project(folder / "matrix.yaml", home),
            runs.matrix(),
            plan(),
            "crossload run",
            jobs=1,
            sandboxed=False,
            cluster=cluster,
        )
        workflow.run(request, ledger, screen)
    return screen.lines
