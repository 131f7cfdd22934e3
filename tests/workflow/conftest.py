"""The fixtures of a run: a stage, and environments that have a lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crossload.runner.environments import recalling
from crossload.runner.environments.marker import environment_digest
from crossload.runner.environments.model import BuiltEnvironment, Environment, Lock
from crossload.runner.home import Home
from crossload.runner.ledger import Ledger
from tests import runs
from tests.runs import A, B
from tests.workflow.stage import Stage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    Home(tmp_path / ".crossload").prepare()
    with Ledger.open(tmp_path / ".crossload" / "ledger.sqlite") as ledger:
        made = Stage(tmp_path, ledger, monkeypatch)
        made.builds((A, runs.build(A)), (B, runs.build(B)))
        made.probes(lambda *_: None)
        yield made


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Environment], BuiltEnvironment]:
    """Give every environment a lock; makes what is built from that of an environment."""
    lock = Lock(Path("lock.txt"), "digest of the lock", "", ())
    monkeypatch.setattr(recalling, "find_lock", lambda *_: lock)

    def build(one: Environment) -> BuiltEnvironment:
        return runs.build(one, environment_digest(one, lock))

    return build
