"""The artifact store: what savers wrote, addressed by its content, `<folder>/<sha256>/`.

Owns taking a bundle out of a worker's scratch folder, and finding out later whether it is still
what was taken. A bundle is opaque bytes here; only probes read it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.errors import StorageError
from crossload.runner.untrusted.evidence import remove_tree
from crossload.runner.untrusted.folders import Entry, open_folder, walk

MAX_FILES = 2000
MAX_NAME_BYTES = 200
_CHUNK = 1 << 20


class BadBundleError(Exception):
    """A worker's bundle holds something that no model needs; the message says what."""


@dataclass(frozen=True)
class Artifact:
    """A stored bundle; `payload_sha256` covers the file or folder that a framework would load."""

    digest: str
    payload_name: str
    payload_sha256: str
    payload_bytes: int


class ArtifactStore:
    """A folder of bundles, each in a folder named by its sha256 and never changed again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._checked: set[str] = set()

    def prepare(self) -> None:
        """Make the folder; a worker under another user id must be able to read it.

        Raises:
            StorageError: the folder cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o755)
            for left in self.folder.glob(".incoming-*"):
                remove_tree(left)
        except OSError as error:
            raise self._storage_error(error) from error

    def has(self, digest: str) -> bool:
        """Tell whether an artifact is there, without reading it."""
        return (self.folder / digest / "payload").is_dir()

    def intact(self, digest: str) -> bool:
        """Tell whether an artifact is there and still what its name says; read once per store."""
        if digest in self._checked:
            return self.has(digest)
        if not self.has(digest) or self.damage(digest) is not None:
            return False
        self._checked.add(digest)
        return True

    def damage(self, digest: str) -> str | None:
        """Say what is wrong with a stored artifact, or None."""
        try:
            found = tree_digest(self.folder / digest)
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"
        return None if found == digest else f"content has the digest {found}"

    def take(self, bundle: Path, payload_name: str, max_bytes: int) -> Artifact:
        """Copy a bundle in and return where it is; an equal one that is there is kept.

        Args:
            bundle: the folder in the worker's scratch; nothing in it is trusted.
            payload_name: the one entry that `payload/` must hold.
            max_bytes: the most that all files together may have.

        Raises:
            BadBundleError: links, special files, odd names, too much of anything, no payload.
            StorageError: the disk is full or the store cannot be written.
        """
        incoming = self.folder / f".incoming-{secrets.token_hex(8)}"
        try:
            _make_folder(incoming)
            _copy_bundle(bundle, incoming, max_bytes)
            artifact = _describe(incoming, payload_name)
            self._install(incoming, artifact.digest)
        except OSError as error:
            raise self._storage_error(error) from error
        finally:
            remove_tree(incoming)
        self._checked.add(artifact.digest)
        return artifact

    def _install(self, incoming: Path, digest: str) -> None:
        final = self.folder / digest
        if final.exists():
            if self.intact(digest):
                return
            remove_tree(final)
        incoming.rename(final)
        _sync_folder(self.folder)

    def _storage_error(self, error: OSError) -> StorageError:
        return StorageError(
            f"cannot write to the artifact store {str(self.folder)!r}: {error.strerror or error}",
            "free some space or choose another folder with --home",
        )


def tree_digest(folder: Path) -> str:
    """Return the sha256 over (relative path, size, content) of all files, in order of path.

    Raises:
        OSError: something cannot be read.
    """
    digest = hashlib.sha256()
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    for name in files:
        path = folder / name
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _describe(incoming: Path, payload_name: str) -> Artifact:
    folder = incoming / "payload"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if names != [payload_name]:
        raise BadBundleError(f"payload holds {names!r}, expected [{payload_name!r}]")
    payload = folder / payload_name
    if payload.is_file():
        content = hashlib.sha256(payload.read_bytes()).hexdigest()
        size = payload.stat().st_size
    else:
        content = tree_digest(payload)
        size = sum(path.stat().st_size for path in payload.rglob("*") if path.is_file())
    return Artifact(tree_digest(incoming), payload_name, content, size)


def _copy_bundle(bundle: Path, incoming: Path, max_bytes: int) -> None:
    try:
        job = open_folder(bundle.parent)
    except OSError as error:
        raise BadBundleError(f"job folder cannot be opened: {error.strerror}") from error
    try:
        source = open_folder(bundle.name, job)
    except OSError as error:
        raise BadBundleError(f"bundle cannot be opened: {error.strerror}") from error
    finally:
        os.close(job)
    room = max_bytes
    try:
        for count, entry in enumerate(_entries(source)):
            if count >= MAX_FILES:
                raise BadBundleError(f"more than {MAX_FILES} files and folders")
            room = _copy_entry(entry, incoming / entry.path, room, max_bytes)
    finally:
        os.close(source)
    for folder, _, _ in os.walk(incoming):
        _sync_folder(Path(folder))


def _entries(source: int) -> Iterator[Entry]:
    """Walk, with what goes wrong in reading told apart from what goes wrong in writing."""
    entries = walk(source)
    while True:
        try:
            entry = next(entries)
        except StopIteration:
            return
        except OSError as error:
            raise BadBundleError(f"cannot be read: {error.strerror or error}") from error
        yield entry


def _copy_entry(entry: Entry, target: Path, room: int, max_bytes: int) -> int:
    _check_name(entry)
    if entry.is_folder:
        _make_folder(target)
        return room
    if not entry.is_file:
        raise BadBundleError(f"{entry.path!r} is neither a file nor a folder")
    if entry.status.st_nlink != 1:
        raise BadBundleError(f"{entry.path!r} has several names (hard links)")
    copied = _copy_file(entry, target, room)
    if copied > room:
        raise BadBundleError(f"more than {max_bytes} bytes in all")
    return room - copied


def _make_folder(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)  # whatever the caller's umask: a worker's user id must get in


def _check_name(entry: Entry) -> None:
    try:
        raw = entry.name.encode("utf-8")
    except UnicodeEncodeError:
        raise BadBundleError(f"name {entry.name!r} is not UTF-8") from None
    if len(raw) > MAX_NAME_BYTES:
        raise BadBundleError(f"name {entry.name[:40]!r}... has {len(raw)} bytes")
    if not entry.name.isprintable() or "\\" in entry.name:
        raise BadBundleError(f"name {entry.name!r} holds characters that no model file needs")


def _copy_file(entry: Entry, target: Path, room: int) -> int:
    """Copy at most one byte more than `room`, so that the caller sees an overrun."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        source = os.open(entry.name, flags, dir_fd=entry.parent)
    except OSError as error:
        raise BadBundleError(f"{entry.path!r} cannot be opened: {error.strerror}") from error
    copied = 0
    with os.fdopen(source, "rb", buffering=0) as stream, target.open("xb") as copy:
        status = os.fstat(stream.fileno())
        if (status.st_dev, status.st_ino) != (entry.status.st_dev, entry.status.st_ino):
            raise BadBundleError(f"{entry.path!r} was replaced while it was being read")
        while copied <= room and (chunk := stream.read(min(_CHUNK, room + 1 - copied))):
            copy.write(chunk)
            copied += len(chunk)
        copy.flush()
        os.fchmod(copy.fileno(), 0o644)
        os.fsync(copy.fileno())
    return copied


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
