"""The new file and its proof: both whole in their places, or neither, and nothing else touched."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from crossload.runner.errors import StorageError, UsageError
from crossload.runner.migration.model import Migration
from crossload.runner.migration.placing import check_output, proof_path, write_result
from crossload.runner.migration.proof import Beside
from tests.checking.examples import TF210, TF221
from tests.migration.world import World, everywhere, migrate


@pytest.fixture(scope="module")
def migration() -> Migration:
    found = migrate(World(everywhere(TF210, TF221)), TF221)
    assert found.result is not None
    return found


@pytest.fixture
def artifacts(tmp_path: Path, migration: Migration) -> Path:
    """An artifact store with the new file in it."""
    assert migration.result is not None
    payload = tmp_path / "artifacts" / str(migration.result.save.artifact) / "payload"
    payload.mkdir(parents=True)
    (payload / migration.result.save.payload_name).write_bytes(b"the new file")
    return tmp_path / "artifacts"


def as_folder(artifacts: Path) -> None:
    """Make the new file a SavedModel."""
    (payload,) = artifacts.glob("*/payload/*")
    payload.unlink()
    payload.mkdir()
    (payload / "saved_model.pb").write_bytes(b"graph")


def test_the_file_and_its_proof_lie_side_by_side(
    migration: Migration, artifacts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "new.keras"
    out.parent.mkdir()
    proof = write_result(migration, artifacts, out, Beside())
    assert out.read_bytes() == b"the new file"
    assert json.loads(proof.read_text())["format"] == "crossload-migration"
    assert sorted(one.name for one in out.parent.iterdir()) == [out.name, proof.name]


def test_a_folder_takes_the_place_of_a_saved_model(
    migration: Migration, artifacts: Path, tmp_path: Path
) -> None:
    as_folder(artifacts)
    out = tmp_path / "out"
    out.mkdir()
    (out / "saved_model.pb").write_bytes(b"old")
    (out / "old").write_bytes(b"old")
    write_result(migration, artifacts, out, Beside())
    assert [one.name for one in out.iterdir()] == ["saved_model.pb"]


@pytest.mark.parametrize("place", ["copyfile", "proof", "rename"])
def test_where_something_fails_what_was_there_stays(
    migration: Migration,
    artifacts: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
) -> None:
    out = tmp_path / "out" / "new.keras"
    out.parent.mkdir()
    out.write_bytes(b"old")
    proof_path(out).write_text("old proof")

    def full(*arguments: object, **more: object) -> None:
        del arguments, more
        raise OSError(28, os.strerror(28))

    if place == "copyfile":
        monkeypatch.setattr(shutil, "copyfile", full)
    elif place == "proof":
        monkeypatch.setattr(Path, "write_text", full)
    else:
        rename = Path.rename
        asked: list[Path] = []

        def fails_at_the_proof(self: Path, target: Path) -> Path:
            asked.append(target)
            if asked.count(target) == 1 and target == proof_path(out):
                full()
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", fails_at_the_proof)
    with pytest.raises(StorageError, match=r"cannot write .*: No space left on device"):
        write_result(migration, artifacts, out, Beside())
    monkeypatch.undo()
    assert out.read_bytes() == b"old"
    assert proof_path(out).read_text() == "old proof"
    assert {one.name for one in out.parent.iterdir()} == {out.name, proof_path(out).name}


def test_an_interruption_leaves_neither(
    migration: Migration, artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out" / "new.keras"
    out.parent.mkdir()
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        if target == proof_path(out):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_result(migration, artifacts, out, Beside())
    assert list(out.parent.iterdir()) == []


def test_a_good_place_is_taken(tmp_path: Path) -> None:
    check_output(tmp_path / "new.keras", tmp_path / "old.h5", replace=False)


@pytest.mark.parametrize(
    ("out", "text"),
    [
        ("there.keras", "already exists"),
        ("proven.keras", "proof.json already exists"),
        ("missing/new.keras", "does not exist"),
        ("there.keras/new.keras", "does not exist"),
        ("old.h5", "is the model, is inside it"),
        ("model/new.keras", "is the model, is inside it"),
        ("n" * 250 + ".keras", "too long"),
        ("/", "names no file"),
    ],
)
def test_a_place_that_will_not_do_is_refused_before_anything_is_measured(
    tmp_path: Path, out: str, text: str
) -> None:
    (tmp_path / "there.keras").write_bytes(b"")
    (tmp_path / "proven.keras.proof.json").write_bytes(b"")
    (tmp_path / "model").mkdir()
    model = tmp_path / ("model" if out.startswith("model") else "old.h5")
    with pytest.raises(UsageError, match=text):
        check_output(tmp_path / out, model, replace=False)


@pytest.mark.parametrize("out", ["there.keras", "proven.keras", "saved", "empty"])
def test_force_replaces_what_is_a_model(tmp_path: Path, out: str) -> None:
    (tmp_path / "there.keras").write_bytes(b"")
    (tmp_path / "proven.keras.proof.json").write_bytes(b"")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    check_output(tmp_path / out, tmp_path / "old.h5", replace=True)


def test_force_never_replaces_the_model_or_a_folder_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text.tex").write_bytes(b"")
    with pytest.raises(UsageError, match="is a folder without a SavedModel"):
        check_output(tmp_path / "thesis", tmp_path / "old.h5", replace=True)
    with pytest.raises(UsageError, match="is the model"):
        check_output(tmp_path / "old.h5", tmp_path / "old.h5", replace=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_found_early(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(StorageError, match="cannot be written"):
        check_output(folder / "new.keras", tmp_path / "old.h5", replace=False)
