"""Folders of files inside tar archives: written the same for the same content, read with care.

Owns the members of such archives, not their names: whoever reads one checks those first.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

_CHUNK = 1 << 20


class BadMemberError(Exception):
    """A member of an archive is not what belongs there; the message says why."""


def add_folder(tar: tarfile.TarFile, folder: Path, name: str) -> None:
    """Add everything below a folder, under `name`."""
    for path in sorted(folder.rglob("*")):
        below = f"{name}/{path.relative_to(folder).as_posix()}"
        if path.is_dir():
            info = tarfile.TarInfo(below)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        else:
            add_file(tar, path, below)


def add_file(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """Add one file, under `name`."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = path.stat().st_size, 0o644
    with path.open("rb") as stream:
        tar.addfile(info, stream)


def unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Unpack a plain file or folder below `folder`.

    Raises:
        BadMemberError: it is neither, leads out of the folder, or is there already.
        OSError: it cannot be written.
    """
    parts = member.name.split("/")
    if ".." in parts or "" in parts or not (member.isreg() or member.isdir()):
        raise BadMemberError(f"holds {member.name[:80]!r}, which is no plain file or folder")
    target = folder / member.name
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    source = tar.extractfile(member)
    if source is None or target.exists():
        raise BadMemberError(f"holds {member.name[:80]!r} twice")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as copy:
        while chunk := source.read(_CHUNK):
            copy.write(chunk)
