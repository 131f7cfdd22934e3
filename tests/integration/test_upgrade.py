"""`crossload upgrade` with two real environments: what fails, and what a policy makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.conftest import crossload

pytestmark = pytest.mark.integration

MODELS = ("--model", "{dense,lambda}", "--format", "{h5,savedmodel}")


def test_the_gate_before_an_upgrade(matrix_folder: Path, fresh_home: Path, tmp_path: Path) -> None:
    """From Keras 2 to Keras 3: no SavedModel loads plainly, and the policy can accept that."""
    pair = ("upgrade", "--from", "2.15", "--to", "2.21", *MODELS)
    target = tmp_path / "gate.json"
    done = crossload(matrix_folder, *pair, f"--json={target}", home=fresh_home)
    assert done.returncode == 1, done.stdout + done.stderr
    document = json.loads(target.read_text(encoding="utf-8"))
    assert (document["before"]["name"], document["after"]["name"]) == ("tf2.15", "tf2.21")
    found = {f"{one['model']}.{one['format']}": one for one in document["findings"]}
    assert found["dense.savedmodel"]["kind"] == "needs-help"
    assert found["dense.savedmodel"]["cause"]["id"] == "savedmodel-folder-given-to-keras-3"
    assert found["dense.savedmodel"]["own"] in {"same", "partial"}
    assert found["dense.savedmodel"]["helps"]
    assert found["lambda.h5"]["standing"] in {"new", "already-before"}
    assert "Needs help: " in done.stdout
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "accepted:\n  - {cell: '*', verdict: fails, reason: in a test}\n", encoding="utf-8"
    )
    again = crossload(matrix_folder, *pair, "--policy", str(policy), home=fresh_home)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "everything is known already" in again.stderr
    assert "The gate passes: nothing new." in again.stdout
