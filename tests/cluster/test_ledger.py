"""The ledger of a run on a cluster is that of a run on one machine, but for times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.conftest import Field
from tests.cluster.whole import run_on
from tests.killing import recorded, run_once


def test_the_ledger_is_that_of_a_local_run(
    ground: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_once(tmp_path / "local")
    said = run_on(ground.address, ground.store, tmp_path / "cluster", monkeypatch)
    local = recorded(tmp_path / "local")
    assert len(local) > 36
    assert recorded(tmp_path / "cluster") == local
    # Again, with everything known: no worker is needed.
    assert "everything is known already; nothing to measure" in run_on(
        ground.address, ground.store, tmp_path / "cluster", monkeypatch
    )
    assert recorded(tmp_path / "cluster") == local
    assert said[0] == "environments: 3"
