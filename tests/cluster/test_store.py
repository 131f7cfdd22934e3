"""The store that machines share: what was put is fetched, or the failure is one sentence."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.cluster.store import SharedStore
from crossload.runner.errors import ClusterError, StorageError

pytest.importorskip("fsspec")


@pytest.fixture
def stored(tmp_path: Path) -> tuple[ArtifactStore, str]:
    """A machine's own store with one artifact."""
    bundle = tmp_path / "job" / "bundle"
    (bundle / "payload" / "model" / "variables").mkdir(parents=True)
    (bundle / "payload" / "model" / "saved_model.pb").write_bytes(b"graph")
    (bundle / "payload" / "model" / "variables" / "index").write_bytes(b"")
    (bundle / "expected.npz").write_bytes(b"numbers")
    local = ArtifactStore(tmp_path / "artifacts")
    local.prepare()
    return local, local.take(bundle, "model", 1000).digest


def another(tmp_path: Path) -> ArtifactStore:
    found = ArtifactStore(tmp_path / "elsewhere")
    found.prepare()
    return found


@pytest.mark.parametrize("kind", ["file", "memory"])
def test_what_is_put_can_be_fetched_elsewhere(
    tmp_path: Path, stored: tuple[ArtifactStore, str], kind: str
) -> None:
    local, digest = stored
    url = f"memory://{tmp_path.name}" if kind == "memory" else (tmp_path / "shared").as_uri()
    shared = SharedStore(url)
    shared.check()
    shared.put(local, digest)
    shared.put(local, digest)  # twice is once
    elsewhere = another(tmp_path)
    pickle.loads(pickle.dumps(shared)).fetch(elsewhere, digest)
    assert elsewhere.damage(digest) is None
    names = {one.relative_to(elsewhere.folder / digest).as_posix()
             for one in (elsewhere.folder / digest).rglob("*") if one.is_file()}  # fmt: skip
    assert names == {
        "expected.npz", "payload/model/saved_model.pb", "payload/model/variables/index",
    }  # fmt: skip
    if kind == "file":
        assert [one.name for one in (tmp_path / "shared").iterdir()] == [f"{digest}.tar"]


def test_what_is_not_there_is_not_given(tmp_path: Path) -> None:
    shared = SharedStore((tmp_path / "shared").as_uri(), pauses=())
    with pytest.raises(StorageError) as raised:
        shared.fetch(another(tmp_path), "0" * 64)
    assert str(raised.value).startswith(
        f"the store 'file://{tmp_path}/shared' does not give artifact 000000000000: "
        "FileNotFoundError: "
    )


@pytest.mark.parametrize("how", ["cut", "other"])
def test_what_is_damaged_is_not_taken(
    tmp_path: Path, stored: tuple[ArtifactStore, str], how: str
) -> None:
    local, digest = stored
    shared = SharedStore((tmp_path / "shared").as_uri())
    shared.check()
    shared.put(local, digest)
    packed = tmp_path / "shared" / f"{digest}.tar"
    whole = packed.read_bytes()
    packed.write_bytes(whole[:700] if how == "cut" else whole.replace(b"numbers", b"letters"))
    elsewhere = another(tmp_path)
    with pytest.raises(StorageError, match=rf"artifact {digest[:12]} of the store .* is damaged: "):
        shared.fetch(elsewhere, digest)
    assert not elsewhere.has(digest)


def test_a_store_that_cannot_be_written_is_found_out_at_once(tmp_path: Path) -> None:
    (tmp_path / "shared").write_text("a file")
    with pytest.raises(ClusterError, match=r"^the store 'file://.*shared' does not take files: "):
        SharedStore((tmp_path / "shared").as_uri(), pauses=()).check()


def test_a_url_that_nobody_knows_is_a_clear_error() -> None:
    with pytest.raises(ClusterError, match=r"the store 'quux://a' cannot be used: .*quux"):
        SharedStore("quux://a").check()


def test_a_password_in_the_url_is_not_printed() -> None:
    assert str(SharedStore("sftp://me:secret@host/folder")) == "'sftp://host/folder'"


class Moody:
    """A file system that does something else first."""

    def __init__(self, system: Any, first: Callable[[], None]) -> None:
        self._system = system
        self._first = first

    def __getattr__(self, name: str) -> Any:
        self._first()
        return getattr(self._system, name)


def moody(tmp_path: Path, first: Callable[[], None], **how: Any) -> SharedStore:
    shared = SharedStore((tmp_path / "shared").as_uri(), **how)
    system, root = shared._place
    shared.__dict__["_place"] = (Moody(system, first), root)
    return shared


def test_a_store_that_refuses_is_asked_again(
    tmp_path: Path, stored: tuple[ArtifactStore, str]
) -> None:
    refusals = [PermissionError("slow down"), PermissionError("slow down")]

    def refuse() -> None:
        if refusals:
            raise refusals.pop()

    (tmp_path / "shared").mkdir()
    moody(tmp_path, refuse, pauses=(0.0, 0.0)).put(*stored)
    assert (tmp_path / "shared" / f"{stored[1]}.tar").is_file()
    refusals += [PermissionError("no more")] * 3
    with pytest.raises(StorageError) as raised:
        moody(tmp_path, refuse, pauses=(0.0, 0.0)).put(*stored)
    assert str(raised.value) == (
        f"the store 'file://{tmp_path}/shared' does not take artifact {stored[1][:12]}: "
        "PermissionError: no more"
    )
    assert raised.value.advice == (
        "look after the store; everything recorded is kept, and the same command continues"
    )


def test_a_store_that_does_not_answer_is_not_waited_for_forever(
    tmp_path: Path, stored: tuple[ArtifactStore, str]
) -> None:
    with pytest.raises(StorageError, match=r"TimeoutError: no answer for 0\.1 s"):
        moody(tmp_path, lambda: time.sleep(5), seconds=0.1).put(*stored)


def test_an_object_store(
    tmp_path: Path, stored: tuple[ArtifactStore, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against a server that speaks S3, with the bucket and the keys as every machine has them."""
    pytest.importorskip("s3fs")
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        missing = SharedStore("s3://nowhere/run", pauses=())
        import s3fs  # noqa: PLC0415 - in an extra

        s3fs.S3FileSystem.clear_instance_cache()
        s3fs.S3FileSystem().mkdir("bucket")
        shared = SharedStore("s3://bucket/run")
        shared.check()
        local, digest = stored
        shared.put(local, digest)
        elsewhere = another(tmp_path)
        shared.fetch(elsewhere, digest)
        assert elsewhere.damage(digest) is None
        assert s3fs.S3FileSystem().ls("bucket/run") == [f"bucket/run/{digest}.tar"]
        with pytest.raises(StorageError, match="the store 's3://nowhere/run' does not take"):
            missing.put(local, digest)
        with pytest.raises(ClusterError, match="the store 's3://nowhere/run' does not take files"):
            missing.check()
    finally:
        server.stop()
