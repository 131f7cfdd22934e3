"""Checkpoints and SavedModels in bytes, as TensorFlow writes them, without TensorFlow.

Owns the layouts; what is in them is given by the tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

TYPES = {"float32": 1, "float64": 2, "int32": 3, "int64": 9, "object": 7, "bool": 10}
MAGIC = bytes.fromhex("57fb808b247547db")
GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"


def varint(number: int) -> bytes:
    found = bytearray()
    number &= 2**64 - 1
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(found + bytes([number]))


def field(number: int, value: int | str | bytes) -> bytes:
    """A field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def content(array: Any) -> bytes:
    if array.dtype != object:
        return bytes(array.tobytes())
    texts = list(array.ravel())
    return b"".join(varint(len(one)) for one in texts) + b"sum!" + b"".join(texts)


def block(entries: Sequence[tuple[bytes, bytes]]) -> bytes:
    found = b"".join(
        varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in entries
    )
    return found + (0).to_bytes(4, "little") + (1).to_bytes(4, "little")


def write_checkpoint(prefix: Path, arrays: Mapping[str, Any]) -> None:
    """The index and the data of a checkpoint with these arrays."""
    prefix.parent.mkdir(parents=True, exist_ok=True)
    data, entries = b"", [(b"", b"\x08\x01")]
    for key in sorted(arrays):
        array = np.asarray(arrays[key])
        stored = content(array)
        shape = b"".join(field(2, field(1, size)) for size in array.shape)
        entry = field(1, TYPES[str(array.dtype)]) + field(2, shape) + field(4, len(data))
        entries.append((key.encode(), entry + field(5, len(stored))))
        data += stored
    prefix.with_name(prefix.name + ".data-00000-of-00001").write_bytes(data)
    first = block(entries)
    second = block([(b"z", varint(0) + varint(len(first)))])
    start = len(first) + 5
    footer = varint(0) * 2 + varint(start) + varint(len(second))
    table = first + b"\0" * 5 + second + b"\0" * 5 + footer.ljust(40, b"\0") + MAGIC
    prefix.with_name(prefix.name + ".index").write_bytes(table)


class Model:
    """The objects of a SavedModel, added one by one; the first is the model.

    Attributes:
        inner: the names and numbers of the objects within each object.
        keys: the attributes of each object: (attribute, name, key).
        described: what Keras says of an object, by its number.
        arrays: the content of the checkpoint.
        saved: further fields of the objects in the graph.
    """

    def __init__(self) -> None:
        self.inner: list[dict[str, int]] = []
        self.keys: list[list[tuple[str, str, str]]] = []
        self.described: dict[int, dict[str, Any]] = {}
        self.arrays: dict[str, Any] = {}
        self.saved: dict[int, bytes] = {}
        self.graph = b""
        self.functions = b""
        self.assets = b""

    def add(self, described: dict[str, Any] | None = None, **inner: int) -> int:
        """A new object; returns its number."""
        self.inner.append(inner)
        self.keys.append([])
        number = len(self.inner) - 1
        if described is not None:
            self.described[number] = described
        return number

    def variable(self, name: str, array: Any) -> int:
        number = self.add()
        key = f"all/{number}/.ATTRIBUTES/VARIABLE_VALUE"
        self.keys[number] = [("VARIABLE_VALUE", name, key)]
        self.arrays[key] = np.asarray(array)
        return number

    def layer(self, described: dict[str, Any], *variables: int, **inner: int) -> int:
        listed = self.add(None, **{str(place): one for place, one in enumerate(variables)})
        return self.add(described, variables=listed, **inner)

    def constant(self, name: str, dtype: int, *fields_: bytes) -> int:
        """A constant of the graph, and the object that stands for it."""
        tensor = field(1, dtype) + b"".join(fields_)
        attribute = field(1, "value") + field(2, field(8, tensor))
        self.graph += field(1, field(1, name) + field(2, "Const") + field(5, attribute))
        number = self.add()
        self.saved[number] = field(9, field(1, name))
        return number

    def asset(self, path: Path, name: str, text: str) -> int:
        (path / "assets").mkdir(parents=True, exist_ok=True)
        (path / "assets" / name).write_text(text, encoding="utf-8")
        self.assets += field(6, field(2, name))
        number = self.add()
        self.saved[number] = field(5, field(1, 0))
        return number

    def table(self, name: str, *bound: int) -> int:
        """A table that a function of that name initializes with these objects."""
        initialize, number = self.add(), self.add()
        self.inner[number]["_initialize"] = initialize
        self.saved[initialize] = field(6, field(1, name))
        packed = b"".join(varint(one) for one in (number, *bound))
        self.functions += field(2, field(1, name) + field(2, field(2, packed)))
        return number

    def write(self, path: Path, *, older: bool = False) -> Path:
        """Everything in a folder; `older` as TensorFlow 2.0 to 2.4 kept the descriptions."""
        path.mkdir(exist_ok=True)
        nodes, objects, metadata = b"", b"", b""
        for number, inner in enumerate(self.inner):
            children = b"".join(
                field(1, field(1, one) + field(2, name)) for name, one in inner.items()
            )
            keys = b"".join(
                field(2, field(1, kind) + field(2, name) + field(3, key))
                for kind, name, key in self.keys[number]
            )
            nodes += field(1, children + keys)
            user = b""
            if number in self.described:
                text = json.dumps(self.described[number])
                user = field(1, "_tf_keras_layer") + (field(3, text) if older else b"")
                user = field(4, user)
                metadata += field(
                    1, field(2, number) + field(4, "_tf_keras_layer") + field(5, text)
                )
            objects += field(1, children + user + self.saved.get(number, b""))
        meta = field(2, self.graph) + self.assets + field(7, objects + self.functions)
        (path / "saved_model.pb").write_bytes(field(1, 1) + field(2, meta))
        if not older:
            (path / "keras_metadata.pb").write_bytes(metadata)
        graph = np.array(nodes, dtype=object)
        write_checkpoint(path / "variables" / "variables", {GRAPH: graph, **self.arrays})
        return path
