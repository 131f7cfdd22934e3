"""Read a checkpoint of TensorFlow without TensorFlow.

Owns the layout of its files: an index, which is a sorted table in blocks whose values are small
messages, and files with the arrays one after another. What the arrays are is decided elsewhere.
"""

import glob

import numpy

from crossload_probe.translate.messages import Damaged, first, integer, messages, varint

FOOTER, TRAILER = 48, 5
MAGIC = bytes(bytearray.fromhex("57fb808b247547db"))
# The numbers of TensorFlow's types.
TYPES = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?",
    17: "<u2", 19: "<f2", 22: "<u4", 23: "<u8",
}  # fmt: skip
STRING, BFLOAT16 = 7, 14
# Fields of a BundleEntryProto, and of its shape.
TYPE, SHAPE, SHARD, OFFSET, SIZE, SLICES = 1, 2, 3, 4, 5, 7
DIMENSION, LENGTH = 2, 1


class Reader(object):
    """A checkpoint by its prefix, with the methods of TensorFlow's reader that are used here."""

    def __init__(self, prefix):
        self.prefix = str(prefix)
        with open(self.prefix + ".index", "rb") as stream:
            self.entries = dict(entries(memoryview(stream.read())))

    def get_variable_to_shape_map(self):
        return {key: shape_of(entry) for key, entry in self.entries.items()}

    def get_tensor(self, key):
        """An array; texts as an array of bytes objects.

        Raises:
            Damaged: the file is not whole, or holds it in a form that is not read.
        """
        entry = self.entries[key]
        kind, shape = integer(entry, TYPE), shape_of(entry)
        if next(messages(entry, SLICES), None) is not None:
            raise Damaged("{} is stored in slices".format(key))
        data = self.content(entry)
        if kind == STRING:
            return texts(data, shape)
        if kind == BFLOAT16:  # the upper half of a float32
            halves = numpy.frombuffer(data, "<u2").astype("<u4") << 16
            return halves.view("<f4").reshape(shape)
        if kind not in TYPES:
            raise Damaged("{} has numbers of a type that is not read ({})".format(key, kind))
        found = numpy.frombuffer(data, TYPES[kind])
        if found.size != numpy.prod(shape, dtype="int64"):
            raise Damaged("{} has another size than its shape".format(key))
        return found.reshape(shape).copy()

    def content(self, entry):
        pattern = "{}.data-{:05d}-of-*".format(glob.escape(self.prefix), integer(entry, SHARD))
        names = sorted(glob.glob(pattern))
        if not names:
            raise Damaged("there is no file {}".format(pattern))
        with open(names[0], "rb") as stream:
            stream.seek(integer(entry, OFFSET))
            data = stream.read(integer(entry, SIZE))
        if len(data) != integer(entry, SIZE):
            raise Damaged("{} is cut short".format(names[0]))
        return data


class Train(object):
    """Stands where `tensorflow.train` is."""

    load_checkpoint = Reader


train = Train


def texts(data, shape):
    """An array of texts: their lengths, a checksum, then one after another."""
    count = int(numpy.prod(shape, dtype="int64"))
    if count > len(data):
        raise Damaged("texts are cut short")
    lengths, at = [], 0
    for _ in range(count):
        length, at = varint(data, at)
        lengths.append(length)
    at += 4
    found = numpy.empty(count, object)
    for number, length in enumerate(lengths):
        found[number] = bytes(data[at : at + length])
        at += length
    return found.reshape(shape)


def shape_of(entry):
    return tuple(integer(one, LENGTH) for one in messages(first(entry, SHAPE), DIMENSION))


def entries(data):
    """(key, message) of each array that an index lists."""
    if len(data) < FOOTER or bytes(data[-len(MAGIC) :]) != MAGIC:
        raise Damaged("this is not the index of a checkpoint, or it is cut short")
    footer = data[len(data) - FOOTER :]
    _, at = varint(footer, 0)
    _, at = varint(footer, at)
    for _, handle in block(data, *handle_at(footer, at)):
        for key, value in block(data, *handle_at(handle, 0)):
            if key:  # the first one is the header
                yield key.decode("utf-8", "replace"), value


def handle_at(data, at):
    offset, at = varint(data, at)
    size, _ = varint(data, at)
    return offset, size


def block(data, offset, size):
    """(key, value) of a block; a key repeats the beginning of the one before it."""
    if offset + size + TRAILER > len(data):
        raise Damaged("a part of the index lies outside of it")
    if data[offset + size] != 0:
        raise Damaged("the index is compressed, which TensorFlow does not do")
    content = data[offset : offset + size]
    end = len(content) - 4 * (int.from_bytes(bytes(content[-4:]), "little") + 1)
    key, at = b"", 0
    while at < end:
        shared, at = varint(content, at)
        own, at = varint(content, at)
        length, at = varint(content, at)
        if shared > len(key) or at + own + length > end:
            raise Damaged("the index is damaged")
        key = key[:shared] + bytes(content[at : at + own])
        at += own
        yield key, content[at : at + length]
        at += length
