"""The store that the machines of a run share: any place that fsspec can write to, by digest.

Owns its layout, `<url>/<sha256>.tar`, and the wording of its failures. An object appears whole or
not at all, is never changed, and what is fetched is checked against its digest.
"""

from __future__ import annotations

import re
import secrets
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from crossload.runner.artifacts.packing import BadMemberError, add_folder, unpack_member
from crossload.runner.artifacts.store import ArtifactStore, BadBundleError
from crossload.runner.errors import ClusterError, StorageError

_NAME = "artifact"
_MOST_BYTES = 100_000_000_000  # of one artifact
# They have no folders; asked for one, some would create the bucket of a mistyped URL.
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oci", "oss"})
_SECRET = re.compile(r"//[^/@]*@")


@dataclass
class SharedStore:
    """A place by its URL; what it takes to get in is every machine's own configuration.

    A request may take `seconds`, and is repeated after each of the `pauses`. `waited` is the
    longest that one took.
    """

    url: str
    seconds: float = 300.0
    pauses: tuple[float, ...] = (0.5, 2.0, 5.0)
    waited: float = field(default=0.0, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        # A connection does not travel.
        return {key: value for key, value in self.__dict__.items() if key != "_place"}

    def __str__(self) -> str:
        return repr(_SECRET.sub("//", self.url))

    def check(self) -> None:
        """See whether the store takes anything, before a run depends on it.

        Raises:
            ClusterError: it does not.
        """
        system, root = self._place
        probe = f"{root}/.crossload-{secrets.token_hex(4)}"

        def write_and_remove() -> None:
            if not _OBJECT_STORES.intersection(_protocols(system)):
                system.makedirs(root, exist_ok=True)
            system.pipe_file(probe, b"crossload\n")
            system.rm_file(probe)

        try:
            self._ask("take files", write_and_remove)
        except StorageError as error:
            raise ClusterError(str(error), error.advice) from error

    def put(self, local: ArtifactStore, digest: str) -> None:
        """Copy an artifact from a machine's own store, unless it is there.

        Raises:
            StorageError: it cannot be read, or the store does not take it.
        """
        system, _ = self._place
        target = self._path(digest)

        def upload() -> None:
            if system.exists(target):
                return
            with tempfile.NamedTemporaryFile(prefix="crossload-") as packed:
                with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
                    add_folder(tar, local.folder / digest, _NAME)
                packed.flush()
                incoming = f"{target}.{secrets.token_hex(4)}"
                system.put_file(packed.name, incoming)
                system.mv(incoming, target)

        self._ask(f"take artifact {digest[:12]}", upload)

    def fetch(self, local: ArtifactStore, digest: str) -> None:
        """Copy an artifact into a machine's own store, unless it is there.

        Raises:
            StorageError: the store does not give it, gives something else, or the disk is full.
        """
        if local.intact(digest):
            return
        system, _ = self._place
        with tempfile.TemporaryDirectory(prefix="crossload-") as folder:
            packed, unpacked = Path(folder) / "packed.tar", Path(folder) / "unpacked"

            def download() -> None:
                system.get_file(self._path(digest), str(packed))

            self._ask(f"give artifact {digest[:12]}", download)
            try:
                self._install(packed, unpacked, local, digest)
            except (tarfile.TarError, BadMemberError, BadBundleError, OSError) as error:
                raise self._damaged(digest, str(error)) from error

    def _install(self, packed: Path, unpacked: Path, local: ArtifactStore, digest: str) -> None:
        with tarfile.open(packed, mode="r:") as tar:
            for member in tar:
                unpack_member(tar, member, unpacked)
        bundle = unpacked / _NAME
        names = sorted(one.name for one in (bundle / "payload").iterdir())
        found = local.take(bundle, names[0] if names else "", _MOST_BYTES)
        if found.digest != digest:
            raise self._damaged(digest, f"its content has the digest {found.digest[:12]}")

    def _damaged(self, digest: str, how: str) -> StorageError:
        return StorageError(
            f"artifact {digest[:12]} of the store {self} is damaged: {how}",
            f"remove {digest}.tar from the store; the next run puts it there again",
        )

    def _path(self, digest: str) -> str:
        return f"{self._place[1]}/{digest}.tar"

    @cached_property
    def _place(self) -> tuple[Any, str]:
        """The file system and the folder in it.

        Raises:
            ClusterError: the URL cannot be used here.
        """
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - in an extra
        except ImportError:
            raise missing_extra("fsspec") from None
        try:
            system, root = url_to_fs(self.url)
        except ImportError as error:
            raise ClusterError(
                f"the store {self} needs a package that is not installed here: {error}",
                "for s3:// install `crossload[s3]`, on every machine of the cluster",
            ) from error
        except ValueError as error:
            raise ClusterError(
                f"the store {self} cannot be used: {error}",
                "give a URL such as s3://bucket/folder or file:///shared/folder",
            ) from error
        return system, str(root).rstrip("/")

    def _ask(self, what: str, action: Callable[[], None]) -> None:
        """Do something with the store, again if it refuses.

        Raises:
            StorageError: it refuses to the end, or does not answer in time.
        """
        started = time.monotonic()
        for pause in (*self.pauses, None):
            error = _in_time(action, self.seconds)
            if error is None:
                self.waited = max(self.waited, time.monotonic() - started)
                return
            if pause is None or isinstance(error, TimeoutError):
                raise StorageError(
                    f"the store {self} does not {what}: {type(error).__name__}: {error}",
                    "look after the store; everything recorded is kept, and the same command "
                    "continues",
                ) from error
            time.sleep(pause)


def missing_extra(package: str) -> ClusterError:
    """The error of a machine without the packages of a cluster."""
    return ClusterError(
        f"a run on a cluster needs the package {package}, which is not installed here",
        "install `crossload[dask]`, on every machine of the cluster",
    )


def _protocols(system: Any) -> tuple[str, ...]:
    named = system.protocol
    return (named,) if isinstance(named, str) else tuple(named)


def _in_time(action: Callable[[], None], seconds: float) -> BaseException | None:
    """Run an action that might hang; what it raised, or that it took too long."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - every backend of fsspec has errors of its own
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True, name="crossload-store")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        return TimeoutError(f"no answer for {seconds:g} s")
    return raised[0] if raised else None
