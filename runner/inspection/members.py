"""The files of an archive or of a folder that was one, reached without being fooled by it.

Owns the distrust of zip archives: lying sizes, bombs, names that lead elsewhere. Nothing is
unpacked to disk, and nothing is read beyond its cap, whatever size is declared.
"""

from __future__ import annotations

import io
import lzma
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from crossload.runner.inspection.model import Finding, FindingKind
from crossload.runner.inspection.scanning import is_unsafe

CONFIG_CAP = 64_000_000
_PACKED_CAP = 500_000_000  # of compressed weights, which are held in memory
_RATIO = 200
_LARGE = 50_000_000
_MAX_MEMBERS = 20_000
_LOCAL_HEADER = 30
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, EOFError,
              ValueError, KeyError, MemoryError)  # fmt: skip


class TooLargeError(ValueError):
    """A member holds more than is read of it."""


class Members(Protocol):
    """The named files of an archive or a folder."""

    def names(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...

    def open(self, name: str) -> IO[bytes]: ...


class Folder:
    """The files of a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return [one.name for one in self._path.iterdir() if one.is_file()]

    def read(self, name: str) -> bytes:
        with self.open(name) as stream:
            return _capped(stream, CONFIG_CAP)

    def open(self, name: str) -> IO[bytes]:
        return (self._path / name).open("rb")


class Archive:
    """The members of a zip archive.

    Raises:
        BadZipFile: it is none, or not whole.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._zip = zipfile.ZipFile(path)

    def __enter__(self) -> Archive:  # noqa: PYI034  (Self needs Python 3.11)
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        return self._zip.namelist()

    def read(self, name: str) -> bytes:
        with self._zip.open(name) as stream:
            return _capped(stream, CONFIG_CAP)

    def open(self, name: str) -> IO[bytes]:
        """A member; one that is not compressed, as Keras writes it, is left where it lies."""
        member = self._zip.getinfo(name)
        if _is_bomb(member):
            raise TooLargeError("not unpacked, since it declares far more than it holds")
        with self._zip.open(name) as stream:  # compares both headers of the member
            if member.compress_type != zipfile.ZIP_STORED:
                return io.BytesIO(_capped(stream, _PACKED_CAP))
        window = _Window(self._path, member.header_offset, member.file_size)
        return io.BufferedReader(window, 65_536)

    def odd_members(self) -> Iterator[Finding]:
        """What no program that saves models writes into an archive."""
        members = self._zip.infolist()
        times = Counter(one.filename for one in members)
        for name, number in times.items():
            if number > 1:
                text = f"is there {number} times: what is read depends on the reader"
                yield Finding(kind=FindingKind.DAMAGED, text=text, where=name)
        for member in members[:_MAX_MEMBERS]:
            yield from _odd(member)


def _odd(member: zipfile.ZipInfo) -> Iterator[Finding]:
    where = member.filename
    # `orig_filename` still has what zipfile cuts off at a NUL.
    if is_unsafe(member.orig_filename):
        text = f"the member {member.orig_filename!r} leaves the folder it is unpacked in"
        yield Finding(kind=FindingKind.UNSAFE_NAME, text=text, where=where)
    if stat.S_ISLNK(member.external_attr >> 16):
        yield Finding(kind=FindingKind.UNSAFE_NAME, text="is a symbolic link", where=where)
    if member.flag_bits & 1:
        yield Finding(kind=FindingKind.DAMAGED, text="is encrypted", where=where)
    if _is_bomb(member):
        text = f"declares {member.file_size} bytes and stores {member.compress_size}"
        yield Finding(kind=FindingKind.OVERSIZED, text=text, where=where)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    far_more = member.file_size > _RATIO * max(1, member.compress_size)
    return member.file_size > _LARGE and far_more


def _capped(stream: IO[bytes], cap: int) -> bytes:
    data = stream.read(cap + 1)
    if len(data) > cap:
        raise TooLargeError(f"more than {cap} bytes, not read")
    return data


class _Window(io.RawIOBase):
    """A part of a file as a file of its own."""

    def __init__(self, path: Path, header: int, size: int) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._file.seek(header)
        head = self._file.read(_LOCAL_HEADER)
        lengths = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        self._start = header + _LOCAL_HEADER + lengths
        end = os.fstat(self._file.fileno()).st_size
        if self._start + size > end:
            raise EOFError("a member is longer than the archive")
        self._size, self._at = size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        length = max(0, min(len(view), self._size - self._at))
        self._file.seek(self._start + self._at)
        done = self._file.readinto(view[:length]) or 0
        self._at += done
        return done

    def close(self) -> None:
        self._file.close()
        super().close()
