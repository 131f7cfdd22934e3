"""Just enough of protocol buffers' wire format to walk a message whose field numbers are known.

Owns the format of messages, not their meaning. Input is untrusted: every length is checked, and
nothing is copied that is not asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


class WireError(ValueError):
    """These bytes are not a message."""


def read_varint(data: memoryview, at: int) -> tuple[int, int]:
    """The number at `at`, and where the next thing begins.

    Raises:
        WireError: the data ends within it, or it is longer than any number.
    """
    number = 0
    for index in range(_LONGEST_VARINT):
        if at + index >= len(data):
            break
        byte = data[at + index]
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, at + index + 1
    raise WireError("a number does not end")


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """(field number, value) of a message in its order; a value is a number or a part of `data`.

    Raises:
        WireError: the bytes are not a message.
    """
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = read_varint(data, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = read_varint(data, at)
        elif kind in {_FIXED64, _FIXED32}:
            length = 8 if kind == _FIXED64 else 4
        else:
            raise WireError(f"a field of unknown kind {kind}")
        if at + length > len(data):
            raise WireError("a field is longer than the message")
        yield number, data[at : at + length]
        at += length


def messages(data: memoryview, number: int) -> Iterator[memoryview]:
    """The fields `number` that hold bytes: texts or messages."""
    for found, value in fields(data):
        if found == number and isinstance(value, memoryview):
            yield value


def first(data: memoryview, *path: int) -> memoryview | None:
    """The first message or text at a path of field numbers; None if there is none."""
    for number in path:
        found = next(messages(data, number), None)
        if found is None:
            return None
        data = found
    return data


def text(data: memoryview | None) -> str:
    """Bytes as text, wrong ones replaced; nothing as nothing."""
    return "" if data is None else bytes(data).decode("utf-8", "replace")
