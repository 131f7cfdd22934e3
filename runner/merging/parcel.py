"""One run and the files that it saved, as a tar file: `run.jsonl.xz` and `artifacts/<sha256>/...`.

Owns that file. A parcel may be a stranger's: what is unpacked are plain files and folders at those
places, and `runner.artifacts.store` checks each artifact against its digest before it takes it.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.artifacts.packing import (
    BadMemberError,
    add_file,
    add_folder,
    unpack_member,
)
from crossload.runner.artifacts.store import ArtifactStore
from crossload.runner.errors import StorageError
from crossload.runner.ledger.exported import ExportError, whole_file

_RUN = "run.jsonl.xz"
_ARTIFACTS = "artifacts"
_NAME = re.compile(r"artifacts/[0-9a-f]{64}(/[^/\0]+)*", re.ASCII)
_MAGIC, _MAGIC_AT = b"ustar", 257


@dataclass(frozen=True)
class Unpacked:
    """A parcel's run, and the folder of its artifacts, which may be empty."""

    export: Path
    artifacts: Path


def is_parcel(path: Path) -> bool:
    """Whether a file looks like a parcel, by its content."""
    with suppress(OSError), path.open("rb") as stream:
        stream.seek(_MAGIC_AT)
        return stream.read(len(_MAGIC)) == _MAGIC
    return False


def write_parcel(target: Path, export: Path, store: ArtifactStore, digests: Iterable[str]) -> int:
    """Pack an export with those of its artifacts that are stored and intact; returns their number.

    The file appears whole or not at all, and the same content gives the same bytes.

    Raises:
        StorageError: it cannot be written.
    """
    stored = [one for one in sorted(set(digests)) if store.intact(one)]
    with (
        whole_file(target) as file,
        tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        add_file(tar, export, _RUN)
        for digest in stored:
            add_folder(tar, store.folder / digest, f"{_ARTIFACTS}/{digest}")
    return len(stored)


def unpack(path: Path, folder: Path) -> Unpacked:
    """Unpack a parcel into a new folder.

    Raises:
        ExportError: it is damaged, cut, or holds anything else.
        StorageError: the folder cannot be written.
    """
    found = Unpacked(folder / _RUN, folder / _ARTIFACTS)
    try:
        found.artifacts.mkdir(parents=True)
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r|") as tar:
            for member in tar:
                _unpack_member(tar, member, folder, path)
    except tarfile.TarError as error:
        raise ExportError(path, "it is damaged or cut") from error
    except OSError as error:
        raise StorageError(
            f"cannot unpack {str(path)!r}: {(error.strerror or str(error)).lower()}",
            "free some space, or choose another folder with --home",
        ) from error
    if not found.export.is_file():
        raise ExportError(path, "it holds no run", "`crossload ledger export` makes one")
    return found


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, path: Path) -> None:
    if member.name != _RUN and _NAME.fullmatch(member.name) is None:
        raise ExportError(path, f"it holds {member.name[:80]!r}, which no export of a run has")
    try:
        unpack_member(tar, member, folder)
    except BadMemberError as error:
        raise ExportError(path, f"it {error}") from error
