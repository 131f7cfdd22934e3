"""A migration as JSON: with a new file its proof, without one the attempts and what may help."""

from __future__ import annotations

import json
from pathlib import Path

from crossload.reports.migrate.as_json import as_json
from crossload.runner.migration.proof import Beside, proof_text
from crossload.runner.words import Format, Strategy
from tests.checking.examples import TF210, TF221
from tests.migration.world import USER, World, everywhere, migrate
from tests.schemas import validate

BRIDGED = {
    **everywhere(TF210),
    (TF210.spec.name, Format.H5, TF221.spec.name): Strategy.PLAIN,
}


def test_a_new_file_comes_with_its_proof_and_the_routes_that_failed(tmp_path: Path) -> None:
    found = migrate(World(BRIDGED), TF221)
    proof = tmp_path / "new.keras.proof.json"
    proof.write_text(proof_text(found, Beside()), encoding="ascii")
    told = json.loads(as_json(found, tmp_path / "new.keras", proof))
    validate("migrate", told)
    assert (told["schema"], told["exit_code"]) == (1, 0)
    assert (told["target"], told["baseline"]) == (TF221.id, TF210.id)
    assert told["output"] == str(tmp_path / "new.keras")
    assert told["proof_path"] == str(proof)
    assert told["proof"] == json.loads(proof.read_text())
    assert told["tried"][0] == {
        "path": [],
        "environment": TF221.id,
        "stage": "load",
        "error": told["tried"][0]["error"],
        "cause": told["tried"][0]["cause"],
        "weights_only": False,
    }
    assert told["tried"][0]["error"]
    assert (told["cause"], told["advice"]) == (None, [])


def test_without_a_file_it_says_who_refused_it_and_what_may_help() -> None:
    told = json.loads(as_json(migrate(World({}), TF221), Path("new.keras"), None))
    validate("migrate", told)
    assert told["exit_code"] == 1
    assert [told[key] for key in ("output", "proof_path", "proof", "baseline")] == [None] * 4
    assert {"environment": TF210.id, "error": "ValueError: no way: model.h5"} in told["refusals"]
    assert told["loads_unproved"] is None
    assert any("--custom-objects" in one for one in told["advice"])


def test_it_names_the_strategy_that_would_load_the_file_unproved() -> None:
    found = migrate(World({(USER, Format.H5, TF221.spec.name): Strategy.TRANSLATED}), TF221)
    told = json.loads(as_json(found, Path("new.keras"), None))
    assert told["loads_unproved"] == "translated"
