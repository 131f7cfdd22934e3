"""Facts of a TensorFlow checkpoint: which arrays it holds, of which shape and type.

Owns the index file's layout: a sorted table in blocks (LevelDB's format) whose values are small
messages. The arrays themselves are not read; only the sizes of their files are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crossload.runner.inspection.model import (
    Contents,
    Finding,
    FindingKind,
    Inspection,
    Training,
    Weights,
)
from crossload.runner.inspection.protobuf import WireError, fields, first, read_varint
from crossload.runner.words import Container, Format

_FOOTER = 48
_MAGIC = bytes.fromhex("57fb808b247547db")
_TRAILER = 5  # after each block: how it is compressed, and a checksum
_INDEX_CAP = 64_000_000
# The numbers of TensorFlow's DataType: name and bytes of one value.
_TYPES = {
    1: ("float32", 4), 2: ("float64", 8), 3: ("int32", 4), 4: ("uint8", 1), 5: ("int16", 2),
    6: ("int8", 1), 7: ("string", 0), 9: ("int64", 8), 10: ("bool", 1), 14: ("bfloat16", 2),
    17: ("uint16", 2), 19: ("float16", 2), 22: ("uint32", 4), 23: ("uint64", 8),
}  # fmt: skip
_STRING = 7
_SLOT = "/.OPTIMIZER_SLOT/"
_OPTIMIZER = ("optimizer/", "_optimizer/", "keras_api/optimizer")
# What an optimizer is set to, which an HDF5 file does not keep among its states.
_SETTINGS = re.compile(
    r"(?:^|/)_?(?:learning_rate|decay|beta_1|beta_2|momentum|rho|epsilon)/\.ATTR"
)
# `_all_variables` of an export names the same arrays once more.
_NOT_ARRAYS = ("_CHECKPOINTABLE_OBJECT_GRAPH", "save_counter/", "_all_variables/", "keras_api/")


@dataclass(frozen=True)
class Entry:
    """One array of a checkpoint: its key, type by number, shape, bytes and where they lie."""

    key: str
    dtype: int
    shape: tuple[int, ...]
    size: int
    shard: int
    offset: int

    @property
    def values(self) -> int:
        count = 1
        for size in self.shape:
            count *= size
        return count


class NotACheckpointError(ValueError):
    """The index is not one, or not whole; the message says why."""


def inspect_checkpoint(path: Path) -> Inspection:
    """Read a checkpoint by its folder, its index, or one of its data files."""
    index = find_index(path)
    if index is None:
        finding = Finding(kind=FindingKind.MISSING, text="no file ends in .index")
        return _nothing(finding)
    try:
        entries = read_index(index)
    except (NotACheckpointError, WireError, OSError) as error:
        return _nothing(Finding(kind=FindingKind.DAMAGED, text=str(error)[:500], where=index.name))
    own, slots = split(entries)
    return Inspection(
        container=Container.CHECKPOINT,
        contents=Contents.WEIGHTS if own else Contents.NOTHING,
        format=Format.WEIGHTS_TF,
        weights=weights_of(own),
        training=Training(slots=len(slots)),
        findings=tuple(missing_data(index, entries)),
    )


def _nothing(finding: Finding) -> Inspection:
    return Inspection(
        container=Container.CHECKPOINT,
        contents=Contents.NOTHING,
        format=Format.WEIGHTS_TF,
        findings=(finding,),
    )


def find_index(path: Path) -> Path | None:
    """The index that a path means; the newest by name in a folder."""
    if path.is_dir():
        return max(path.glob("*.index"), default=None)
    if path.suffix == ".index":
        return path
    stem = path.name.split(".data-")[0]
    beside = path.with_name(f"{stem}.index")
    if beside.is_file():
        return beside
    return max(path.parent.glob("*.index"), default=None) if path.name == "checkpoint" else None


def split(entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The model's own arrays, and those in which its optimizer keeps its state."""
    own: list[Entry] = []
    slots: list[Entry] = []
    for entry in entries:
        if entry.dtype == _STRING or entry.key.startswith(_NOT_ARRAYS):
            continue
        is_slot = _SLOT in entry.key or entry.key.startswith(_OPTIMIZER)
        if not is_slot:
            own.append(entry)
        elif _SLOT in entry.key or not _SETTINGS.search(entry.key):
            slots.append(entry)
    return own, slots


def weights_of(entries: list[Entry]) -> Weights:
    """Count and size of arrays."""
    return Weights(
        arrays=len(entries),
        values=sum(entry.values for entry in entries),
        bytes=sum(entry.size for entry in entries),
        dtypes=tuple(sorted({_TYPES.get(entry.dtype, ("other", 0))[0] for entry in entries})),
    )


def missing_data(index: Path, entries: list[Entry]) -> Iterator[Finding]:
    """Data files that are not there or too short for what the index says of them."""
    needed: dict[int, int] = {}
    for entry in entries:
        needed[entry.shard] = max(needed.get(entry.shard, 0), entry.offset + entry.size)
    stem = index.name.removesuffix(".index")
    for shard, size in sorted(needed.items())[:20]:
        found = sorted(index.parent.glob(f"{stem}.data-{shard:05d}-of-*"))
        name = found[0].name if found else f"{stem}.data-{shard:05d}-of-..."
        if not found:
            yield Finding(kind=FindingKind.MISSING, text=f"{name} is not there", where=name)
        elif found[0].stat().st_size < size:
            text = f"{name} has {found[0].stat().st_size} bytes and should have {size}"
            yield Finding(kind=FindingKind.DAMAGED, text=text, where=name)


def read_index(path: Path) -> list[Entry]:
    """The arrays that an index lists.

    Raises:
        NotACheckpointError: it is not whole.
        WireError: its messages are not.
        OSError: it cannot be read.
    """
    if path.stat().st_size > _INDEX_CAP:
        raise NotACheckpointError(f"more than {_INDEX_CAP} bytes")
    data = memoryview(path.read_bytes())
    if len(data) < _FOOTER or bytes(data[-8:]) != _MAGIC:
        raise NotACheckpointError("not the index of a checkpoint, or cut short")
    footer = data[len(data) - _FOOTER :]
    _, at = read_varint(footer, 0)
    _, at = read_varint(footer, at)
    found = []
    for _, handle in _block(data, *_handle(footer, at)):
        for key, value in _block(data, *_handle(handle, 0)):
            if key:  # the first, empty key is the header
                found.append(_entry(key, value))
    return found


def _handle(data: memoryview, at: int) -> tuple[int, int]:
    offset, at = read_varint(data, at)
    size, _ = read_varint(data, at)
    return offset, size


def _block(data: memoryview, offset: int, size: int) -> Iterator[tuple[bytes, memoryview]]:
    """(key, value) of a block; a key repeats the beginning of the one before it."""
    if offset + size + _TRAILER > len(data):
        raise NotACheckpointError("a block lies outside the file")
    if data[offset + size] != 0:
        raise NotACheckpointError("a block is compressed, which TensorFlow does not do")
    block = data[offset : offset + size]
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 * (restarts + 1)
    if end < 0:
        raise NotACheckpointError("a block is not whole")
    key, at = b"", 0
    while at < end:
        shared, at = read_varint(block, at)
        own, at = read_varint(block, at)
        length, at = read_varint(block, at)
        if shared > len(key) or at + own + length > end:
            raise NotACheckpointError("an entry lies outside its block")
        key = key[:shared] + bytes(block[at : at + own])
        at += own
        yield key, block[at : at + length]
        at += length


def _entry(key: bytes, value: memoryview) -> Entry:
    numbers = {number: item for number, item in fields(value) if isinstance(item, int)}
    shape = first(value, 2)
    sizes = []
    if shape is not None:
        for number, dimension in fields(shape):
            if number == 2 and isinstance(dimension, memoryview):
                sizes.append(
                    next((int(n) for k, n in fields(dimension) if k == 1 and isinstance(n, int)), 0)
                )
    return Entry(
        key=key.decode("utf-8", "replace"),
        dtype=numbers.get(1, 0),
        shape=tuple(sizes),
        size=numbers.get(5, 0),
        shard=numbers.get(3, 0),
        offset=numbers.get(4, 0),
    )
