"""The file that carries one run to another ledger: lines of JSON, compressed.

Owns the file: its lines, its limits, its damage; `runner.ledger.spelling` has the values on a line.
The first line names the format, the last one counts the others, so that a part of a file is never
taken for the whole.
"""

from __future__ import annotations

import json
import lzma
import os
import tempfile
from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from pydantic_core import from_json

from crossload.runner.errors import LedgerError, StorageError

# 1 had neither the kind of a run nor the models that a user gave; 2 no recipes; 3 no days
FORMAT = 4
_FORMATS = (1, 2, 3, FORMAT)
MAGIC = "crossload-run"
END = "end"
Line: TypeAlias = list[Any]

_MEMORY = 256_000_000  # bytes that decompression may take; preset 6 takes a tenth of it
_TEXT = 4_000_000_000  # bytes of all lines together
_LINE = 4_000_000  # bytes of one line
_READ = 1 << 16
_OUT = 1 << 20


class ExportError(LedgerError):
    """The file is no export that can be used: damaged, cut, hostile or of another version."""

    def __init__(self, path: Path, reason: str, advice: str = "") -> None:
        self.reason = reason
        super().__init__(
            f"cannot read the export {str(path)!r}: {reason}",
            advice or "nothing was changed; get the file again from its source",
        )


class LineWriter:
    """Writes lines one by one and counts them by kind, the first item of each."""

    def __init__(self, stream: lzma.LZMAFile) -> None:
        self._stream = stream
        self._counts: dict[str, int] = {}

    def write(self, line: Line) -> None:
        kind = str(line[0])
        self._counts[kind] = self._counts.get(kind, 0) + 1
        text = json.dumps(line, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
        self._stream.write(text.encode("ascii") + b"\n")

    def finish(self) -> None:
        self.write([END, dict(sorted(self._counts.items()))])


@contextmanager
def written_whole(path: Path) -> Generator[LineWriter, None, None]:
    """A writer whose file appears at `path` when the block ends well, and only then.

    Raises:
        StorageError: it cannot be written.
    """
    with whole_file(path) as file, lzma.open(file, "wb", preset=6) as stream:
        writer = LineWriter(stream)
        writer.write([MAGIC, FORMAT])
        yield writer
        writer.finish()


@contextmanager
def whole_file(path: Path) -> Generator[BinaryIO, None, None]:
    """A file for an export, which appears at `path` when the block ends well, and only then.

    Raises:
        StorageError: it cannot be written.
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    except OSError as error:
        raise StorageError(
            f"cannot write the export {str(path)!r}: {(error.strerror or str(error)).lower()}",
            "free some space, or choose a file that can be written",
        ) from error
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def lines(path: Path) -> Iterator[tuple[int, Line]]:
    """Each line between the first and the last, with its number.

    Raises:
        ExportError: the file is not there, damaged, cut, too large, or of another version.
    """
    counts: defaultdict[str, int] = defaultdict(int)
    ended = False
    number = 0
    for raw in chain.from_iterable(_raw_lines(path)):
        number += 1
        line = _parsed(path, number, raw)
        kind = line[0]
        if number == 1:
            _check_first(path, line)
        elif ended:
            raise ExportError(path, f"something follows its end, on line {number}")
        elif kind == END:
            if line[1:] != [counts]:
                raise ExportError(path, "lines are missing, or there are too many")
            ended = True
            continue
        else:
            yield number, line
        counts[kind] += 1
    if not ended:
        raise ExportError(path, "it is empty" if number == 0 else "its end is missing")


def _check_first(path: Path, line: Line) -> None:
    if line[0] != MAGIC or len(line) < 2:
        raise ExportError(
            path, "it is not an export of a run", "`crossload ledger export` makes one"
        )
    if isinstance(line[1], bool) or line[1] not in _FORMATS:
        raise ExportError(
            path,
            f"it has format {str(line[1])[:20]}, this crossload reads formats up to {FORMAT}",
            "use the crossload that wrote it, or a newer one",
        )


def _parsed(path: Path, number: int, raw: bytes) -> Line:
    try:
        line = from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise ExportError(path, f"line {number} is not JSON") from error
    if not isinstance(line, list) or not line or not isinstance(line[0], str):
        raise ExportError(path, f"line {number} is not a list that begins with a word")
    return line


def _raw_lines(path: Path) -> Iterator[list[bytes]]:
    """The lines, some at a time."""
    rest = b""
    total = 0
    for piece in _decompressed(path):
        total += len(piece)
        *whole, rest = (rest + piece).split(b"\n")
        if total > _TEXT or max(map(len, (rest, *whole))) > _LINE:
            raise ExportError(path, "it is larger than any run")
        yield whole
    if rest:
        raise ExportError(path, "its last line is cut")


def _decompressed(path: Path) -> Iterator[bytes]:
    """The content in pieces, however much a hostile file claims to hold."""
    try:
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
        with path.open("rb") as file:
            while not decompressor.eof:
                piece = file.read(_READ) if decompressor.needs_input else b""
                if decompressor.needs_input and not piece:
                    raise ExportError(path, "it is cut")
                yield decompressor.decompress(piece, max_length=_OUT)
            if decompressor.unused_data or file.read(1):
                raise ExportError(path, "something follows its end")
    except OSError as error:
        raise ExportError(path, (error.strerror or str(error)).lower()) from error
    except (lzma.LZMAError, EOFError) as error:
        raise ExportError(path, "it is damaged or not an xz file") from error
