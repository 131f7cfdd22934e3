"""What the store takes from a worker, what it refuses, and how it notices damage."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crossload.runner.artifacts import store as store_module
from crossload.runner.artifacts.store import ArtifactStore, BadBundleError, tree_digest
from crossload.runner.errors import StorageError

ROOM = 10_000


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    made = ArtifactStore(tmp_path / "artifacts")
    made.prepare()
    return made


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "17" / "bundle"
    (folder / "payload" / "model" / "variables").mkdir(parents=True)
    (folder / "payload" / "model" / "assets").mkdir()
    (folder / "payload" / "model" / "saved_model.pb").write_bytes(b"graph")
    (folder / "payload" / "model" / "variables" / "index").write_bytes(b"numbers")
    (folder / "expected.json").write_text("{}")
    return folder


def names(store: ArtifactStore) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir())


def test_a_bundle_is_stored_under_the_digest_of_its_files(
    store: ArtifactStore, bundle: Path
) -> None:
    artifact = store.take(bundle, "model", ROOM)
    expected = hashlib.sha256(
        b"expected.json\x002\x00{}"
        b"payload/model/saved_model.pb\x005\x00graph"
        b"payload/model/variables/index\x007\x00numbers"
    )
    assert artifact.digest == expected.hexdigest() == tree_digest(bundle)
    assert (artifact.payload_name, artifact.payload_bytes) == ("model", 12)
    assert names(store) == [artifact.digest]
    assert (store.folder / artifact.digest / "payload" / "model" / "assets").is_dir()


def test_a_single_file_has_its_plain_sha256(store: ArtifactStore, bundle: Path) -> None:
    shutil.rmtree(bundle / "payload" / "model")
    (bundle / "payload" / "model.h5").write_bytes(b"weights")
    artifact = store.take(bundle, "model.h5", ROOM)
    assert artifact.payload_sha256 == hashlib.sha256(b"weights").hexdigest()


def test_another_user_can_read_it_whatever_the_umask(store: ArtifactStore, bundle: Path) -> None:
    before = os.umask(0o077)
    try:
        store.take(bundle, "model", ROOM)
    finally:
        os.umask(before)
    for path in [store.folder, *store.folder.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_an_equal_bundle_is_kept_once(store: ArtifactStore, bundle: Path) -> None:
    first = store.take(bundle, "model", ROOM)
    inode = (store.folder / first.digest).stat().st_ino
    assert store.take(bundle, "model", ROOM) == first
    assert (store.folder / first.digest).stat().st_ino == inode
    assert names(store) == [first.digest]


def test_damage_is_noticed_and_repaired(store: ArtifactStore, bundle: Path) -> None:
    digest = store.take(bundle, "model", ROOM).digest
    (store.folder / digest / "expected.json").write_text("[]")
    fresh = ArtifactStore(store.folder)
    assert not fresh.intact(digest)
    assert str(fresh.damage(digest)).startswith("content has the digest ")
    fresh.take(bundle, "model", ROOM)
    assert ArtifactStore(store.folder).intact(digest)


def test_what_is_not_there_is_not_intact(store: ArtifactStore) -> None:
    assert not store.intact("0" * 64)


def _symlink(bundle: Path) -> None:
    (bundle / "payload" / "model" / "x").symlink_to("/etc/passwd")


def _folder_link(bundle: Path) -> None:
    (bundle / "payload" / "model" / "x").symlink_to("/etc")


def _fifo(bundle: Path) -> None:
    os.mkfifo(bundle / "x")


def _hard_link(bundle: Path) -> None:
    os.link(bundle / "expected.json", bundle / "x")


def _too_large(bundle: Path) -> None:
    with (bundle / "x").open("wb") as stream:
        stream.truncate(10 << 30)


def _too_deep(bundle: Path) -> None:
    (bundle / "/".join("d" * 40)).mkdir(parents=True)


def _odd_name(bundle: Path) -> None:
    (bundle / "a\nb").touch()


def _not_text(bundle: Path) -> None:
    os.close(os.open(os.fsencode(bundle) + b"/\xff", os.O_CREAT | os.O_WRONLY))


def _long_name(bundle: Path) -> None:
    (bundle / ("n" * 250)).touch()


def _second_payload(bundle: Path) -> None:
    (bundle / "payload" / "other").touch()


def _no_payload(bundle: Path) -> None:
    shutil.rmtree(bundle / "payload")


def _many(bundle: Path) -> None:
    for number in range(30):
        (bundle / str(number)).touch()


def _a_link_itself(bundle: Path) -> None:
    bundle.rename(bundle.parent / "real")
    bundle.symlink_to("real")


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (_symlink, "'payload/model/x' is neither a file nor a folder"),
        (_folder_link, "'payload/model/x' is neither a file nor a folder"),
        (_fifo, "'x' is neither a file nor a folder"),
        (_hard_link, "'.*' has several names \\(hard links\\)"),
        (_too_large, "more than 10000 bytes in all"),
        (_too_deep, "cannot be read: folders are nested more than 24 deep"),
        (_odd_name, r"name 'a\\nb' holds characters that no model file needs"),
        (_not_text, r"name '\\udcff' is not UTF-8"),
        (_long_name, "name 'n{40}'... has 250 bytes"),
        (_second_payload, r"payload holds \['model', 'other'\], expected \['model'\]"),
        (_no_payload, r"payload holds \[\], expected \['model'\]"),
        (_many, "more than 20 files and folders"),
        (_a_link_itself, "bundle cannot be opened: .*"),
    ],
)
def test_what_no_model_needs_is_refused(
    store: ArtifactStore,
    bundle: Path,
    harm: Callable[[Path], None],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if harm is _many:
        monkeypatch.setattr(store_module, "MAX_FILES", 20)
    harm(bundle)
    with pytest.raises(BadBundleError, match=f"^{message}$"):
        store.take(bundle, "model", ROOM)
    assert names(store) == []


def test_a_store_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot write to the artifact store .*Not a directory"):
        ArtifactStore(tmp_path / "file" / "artifacts").prepare()


def test_what_a_killed_run_left_half_is_cleared(store: ArtifactStore) -> None:
    (store.folder / ".incoming-abc").mkdir()
    store.prepare()
    assert names(store) == []
