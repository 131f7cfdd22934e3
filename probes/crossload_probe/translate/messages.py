"""Just enough of protocol buffers' wire format to walk a message whose field numbers are known.

Owns the format of messages, not their meaning. Every length is checked: files are not trusted.
"""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST = 10  # bytes of a number


class Damaged(Exception):
    """These bytes are not what they should be; the message says why."""


def varint(data, at):
    """The number at `at`, and where the next thing begins."""
    number = 0
    for index in range(LONGEST):
        if at + index >= len(data):
            break
        number |= (data[at + index] & 0x7F) << (7 * index)
        if data[at + index] < 0x80:
            return number, at + index + 1
    raise Damaged("it is cut short")


def fields(data):
    """(field number, number or part of `data`) of a message, in its order."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == VARINT:
            value, at = varint(data, at)
            yield key >> 3, value
            continue
        if kind == BYTES:
            length, at = varint(data, at)
        elif kind in (FIXED64, FIXED32):
            length = 8 if kind == FIXED64 else 4
        else:
            raise Damaged("it is damaged")
        if at + length > len(data):
            raise Damaged("it is cut short")
        yield key >> 3, data[at : at + length]
        at += length


def messages(data, number):
    """The byte fields with that number."""
    for found, value in fields(data):
        if found == number and not isinstance(value, int):
            yield value


def first(data, *path):
    """The first bytes at a path of field numbers; empty where there are none."""
    for number in path:
        data = next(messages(data, number), b"")
    return bytes(data)


def integer(data, number):
    """The first number with that field number; 0, as messages leave it out, where there is none."""
    found = (value for key, value in fields(data) if key == number and isinstance(value, int))
    return next(found, 0)


def text(data, number):
    return first(data, number).decode("utf-8", "replace")
