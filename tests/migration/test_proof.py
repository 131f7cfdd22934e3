"""The proof beside a new file: every key, and nothing that was not measured."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.errors import UsageError
from crossload.runner.migration.migrating import Wish
from crossload.runner.migration.model import Migration
from crossload.runner.migration.proof import Beside, document, proof_text
from crossload.runner.words import Check, Format, Strategy
from tests.checking.examples import TF210, TF221
from tests.migration.world import USER, World, everywhere, migrate, mine
from tests.schemas import validate

BRIDGED = {
    **everywhere(TF210),
    (TF210.spec.name, Format.H5, TF221.spec.name): Strategy.PLAIN,
}
REBUILT = {
    **everywhere(TF210),
    (USER, Format.H5, TF221.spec.name): Strategy.REBUILD_WEIGHTS,
}
OWN = ("tf2.21", Format.KERAS, "tf2.21")


@pytest.mark.parametrize("reads", [BRIDGED, REBUILT], ids=["whole", "weights"])
def test_it_has_these_keys_and_no_others(reads: dict[object, Strategy]) -> None:
    found = migrate(World(reads), TF221)  # type: ignore[arg-type]
    validate("proof", json.loads(proof_text(found, Beside())))


def test_it_names_the_path_with_the_digests_of_every_station() -> None:
    told = document(migrate(World(BRIDGED), TF221), Beside())
    assert [one["environment"]["id"] for one in told["path"]] == [TF210.id, TF221.id]
    assert [one["environment"]["digest"] for one in told["path"]] == [
        "digest of tf2.10",
        "digest of tf2.21",
    ]
    assert told["path"][-1]["sha256"] == told["result"]["sha256"]
    assert told["path"][0]["sha256"] != told["result"]["sha256"]
    assert told["answers_from"]["id"] == TF210.id


def test_it_says_what_was_compared_and_how_far_apart_it_is() -> None:
    told = document(migrate(World(BRIDGED), TF221), Beside())["verified"]
    assert told["outputs_difference"] == pytest.approx(2e-7)
    assert told["weights_difference"] == 0.0
    assert told["outputs_difference"] < told["tolerance"]
    assert {one["check"] for one in told["checks"]} == {"weights", "outputs"}


def test_what_is_unproved_says_so_and_why() -> None:
    world = World({(USER, Format.H5, "tf2.21"): Strategy.TRANSLATED})
    told = document(migrate(world, TF221, wish=Wish(Format.KERAS, unproved=True)), Beside())
    validate("proof", told)
    assert told["proved"] is False
    assert told["unproved_because"].startswith("no environment loads the old file")
    assert told["answers_from"] is None
    assert told["carried"] == "whole model, translated"
    assert told["path"][0]["strategy"] == "translated"


def test_it_says_what_was_lost() -> None:
    lost = {OWN: (Check.COMPILE, Check.OPTIMIZER)}
    told = document(migrate(World(REBUILT, lost), TF221), Beside())
    assert told["carried"] == "weights only"
    assert told["changes"] == ["something was left out"]
    assert told["lost"] == ["compile", "optimizer"]


def test_it_says_what_the_new_file_needs_to_load() -> None:
    assert document(migrate(World(BRIDGED), TF221), Beside())["result"]["loads_with"] == ""
    custom = dict.fromkeys((*everywhere(TF210, TF221), OWN), Strategy.CUSTOM_OBJECTS)
    found = migrate(World(custom), TF221, one=mine(custom=True))
    assert document(found, Beside())["result"]["loads_with"] == "custom objects"
    unsafe = {**everywhere(TF221), OWN: Strategy.UNSAFE}
    found = migrate(World(unsafe), TF221, one=mine(code=True))
    assert document(found, Beside())["result"]["loads_with"] == "safe_mode=False"


def test_what_the_user_gave_is_in_it_by_name_and_digest(tmp_path: Path) -> None:
    inputs = tmp_path / "inputs.npz"
    inputs.write_bytes(b"numbers")
    beside = Beside(inputs=inputs)
    given = document(migrate(World(BRIDGED), TF221), beside)["source"]["given"]
    digest = hashlib.sha256(b"numbers").hexdigest()
    assert given == {"inputs": {"name": "inputs.npz", "sha256": digest}}
    inputs.unlink()
    with pytest.raises(UsageError, match="can no longer be read"):
        document(migrate(World(BRIDGED), TF221), beside)


def test_names_of_files_and_folders_of_this_machine_are_not_in_it() -> None:
    found = migrate(World(BRIDGED), TF221)
    subject = replace(found.checked.subject, path=Path("/home/me/secret/\x1b[2Jmine.h5"))
    told = proof_text(replace(found, checked=replace(found.checked, subject=subject)), Beside())
    assert "secret" not in told
    assert json.loads(told)["source"]["name"] == "\\u001b[2Jmine.h5"
    assert told.isascii()


def test_a_failed_migration_has_none() -> None:
    found: Migration = migrate(World({}), TF221)
    with pytest.raises(AssertionError):
        document(found, Beside())
