"""The standard streams, so that a command ends as it should whoever reads what it prints.

Owns streams that were closed before the start and those whose reader goes away (`| head`): what is
printed then is discarded, and the command goes on to its own exit code.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_STANDARD = 3  # input, output, errors


def open_streams() -> None:
    """Open every standard stream that is closed, and let none fail for want of a reader.

    A descriptor that is left free would be that of the next file, such as the ledger, and whatever
    a child prints would be written there.
    """
    for number in range(_STANDARD):
        if _is_closed(number):
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    sys.stdout = _lasting(sys.stdout, 1)
    sys.stderr = _lasting(sys.stderr, 2)


def _is_closed(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return True
    return False


class _Lasting(io.FileIO):
    """A descriptor that takes everything, read or not."""

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes


def _lasting(stream: TextIO | None, number: int) -> TextIO:
    """The same stream on a descriptor that lasts; prints `?` for what it cannot encode."""
    if stream is not None and not _is_at(stream, number):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
        return stream  # somebody captures it
    encoding = "utf-8" if stream is None else stream.encoding
    lines = number == 2 or (stream is not None and stream.isatty())
    buffer = io.BufferedWriter(_Lasting(number, "w", closefd=False))
    return io.TextIOWrapper(buffer, encoding, errors="replace", line_buffering=lines)


def _is_at(stream: TextIO, number: int) -> bool:
    try:
        return stream.fileno() == number
    except (OSError, ValueError):
        return False
