"""Model files made by hand, as each era writes them: no framework is needed to make them."""

from __future__ import annotations

import base64
import json
import marshal
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from crossload.runner.inspection.model import Finding, FindingKind, Inspection

Config = dict[str, Any]

CODE = base64.b64encode(marshal.dumps((lambda x: x * 2).__code__)).decode()


def dense(name: str = "d", **more: Any) -> Config:
    """A Dense layer as Keras 2 writes it."""
    return {"class_name": "Dense", "config": {"name": name, "units": 2, **more}}


def sequential(*layers: Config, **more: Any) -> Config:
    """A Sequential as Keras 2.3 and later write it."""
    config = {"name": "sequential", "layers": list(layers)}
    return {"class_name": "Sequential", "config": config, **more}


def old_lambda(name: str = "l") -> Config:
    """A Lambda with byte code as Keras 2 writes it."""
    config = {"name": name, "function": [CODE, None, None], "function_type": "lambda"}
    return {"class_name": "Lambda", "config": config}


def new_lambda(name: str = "l") -> Config:
    """A Lambda with byte code as Keras 3 writes it."""
    code = {"class_name": "__lambda__", "config": {"code": CODE, "defaults": None}}
    return {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"name": name, "function": code},
        "registered_name": None,
    }


def in_models(layer: Config, depth: int) -> Config:
    """A layer inside models inside models."""
    for _ in range(depth):
        layer = sequential(layer)
    return layer


TRAINING = {"optimizer_config": {"class_name": "Adam", "config": {"lr": 0.1}}, "loss": "mse"}


def write_h5(
    path: Path,
    model: Config | None = None,
    training: Config | None = None,
    version: str = "2.10.0",
) -> Path:
    """A whole model with two arrays; None as the model leaves only its weights."""
    with h5py.File(path, "w") as file:
        root = file
        if model is not None:
            file.attrs["model_config"] = json.dumps(model)
            root = file.create_group("model_weights")
        if training is not None:
            file.attrs["training_config"] = json.dumps(training)
            file["optimizer_weights/Adam/iter:0"] = np.int64(1)
            file["optimizer_weights/Adam/d/kernel/m:0"] = np.ones((4, 2), "f4")
        root.attrs["keras_version"] = version
        root.attrs["backend"] = "tensorflow"
        root.attrs["layer_names"] = [b"d"]
        layer = root.create_group("d")
        layer.attrs["weight_names"] = [b"d/kernel:0", b"d/bias:0"]
        layer["d/kernel:0"] = np.ones((4, 2), "f4")
        layer["d/bias:0"] = np.zeros(2, "f4")
    return path


def weights_of_keras_3(path: Path, *, named: bool = True, separator: str = "/") -> Path:
    """What `.weights.h5` and the archive hold; paths of layers as the writer's system has them."""
    layer = separator.join(["layers", "dense"])
    with h5py.File(path, "w") as file:
        for number, shape in enumerate([(4, 2), (2,)]):
            file[f"{layer}/vars/{number}"] = np.ones(shape, "f4")
        file["optimizer/vars/0"] = np.int64(1)
        file["optimizer/vars/1"] = np.float32(0.1)
        file[f"{separator.join(['metrics', 'mean'])}/vars/0"] = np.float32(0)
        if named:
            file[f"{layer}/vars"].attrs["name"] = "d"
            file["optimizer/vars"].attrs["name"] = "adam"
    return path


def new_sequential(*layers: Config, **more: Any) -> Config:
    """A model as Keras 3 writes it."""
    return {"module": "keras", "registered_name": None, **sequential(*layers, **more)}


NEW_DENSE = {
    "module": "keras.layers",
    "class_name": "Dense",
    "config": {"name": "d", "units": 2},
    "registered_name": None,
}


def write_keras(
    path: Path,
    model: Config | None = None,
    version: str = "3.9.2",
    more: Mapping[str, bytes] | None = None,
    compression: int = zipfile.ZIP_STORED,
) -> Path:
    """An archive with weights."""
    weights = weights_of_keras_3(path.with_suffix(".tmp"))
    members = {
        "metadata.json": json.dumps({"keras_version": version, "date_saved": "2025"}).encode(),
        "config.json": json.dumps(model or new_sequential(NEW_DENSE)).encode(),
        "model.weights.h5": weights.read_bytes(),
        **(more or {}),
    }
    weights.unlink()
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def varint(number: int) -> bytes:
    """A number as protocol buffers write it."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: bytes | str | int) -> bytes:
    """A field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def index_table(arrays: Mapping[str, tuple[int, tuple[int, ...], int]]) -> bytes:
    """The index of a checkpoint: key to (type, shape, bytes), all in the first shard."""
    offset, rows = 0, [(b"", field(1, 1))]
    for key, (dtype, shape, size) in sorted(arrays.items()):
        dimensions = b"".join(field(2, field(1, one)) for one in shape)
        entry = field(1, dtype) + field(2, dimensions) + field(4, offset) + field(5, size)
        rows.append((key.encode(), entry))
        offset += size
    data, handle = _block(rows, 0)
    listing, listed = _block([(b"zz", handle)], len(data))
    empty = varint(0) + varint(0)
    footer = (empty + listed).ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")
    return data + listing + footer


def _block(rows: list[tuple[bytes, bytes]], at: int) -> tuple[bytes, bytes]:
    body = b"".join(
        varint(0) + varint(len(key)) + varint(len(value)) + key + value for key, value in rows
    )
    body += struct.pack("<II", 0, 1)
    return body + b"\0" * 5, varint(at) + varint(len(body))


VARIABLES: dict[str, tuple[int, tuple[int, ...], int]] = {
    "layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE": (1, (4, 2), 32),
    "layer_with_weights-0/kernel/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE": (
        1,
        (4, 2),
        32,
    ),
    "optimizer/iter/.ATTRIBUTES/VARIABLE_VALUE": (9, (), 8),
    "optimizer/learning_rate/.ATTRIBUTES/VARIABLE_VALUE": (1, (), 4),
    "_CHECKPOINTABLE_OBJECT_GRAPH": (7, (), 50),
}


def write_checkpoint(stem: Path, arrays: Mapping[str, tuple[int, tuple[int, ...], int]]) -> Path:
    """An index and its data file; returns the index."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    index = stem.with_name(f"{stem.name}.index")
    index.write_bytes(index_table(arrays))
    size = sum(one for _, _, one in arrays.values())
    stem.with_name(f"{stem.name}.data-00000-of-00001").write_bytes(b"\0" * size)
    return index


def write_savedmodel(
    folder: Path,
    operations: tuple[str, ...] = ("Const",),
    in_functions: tuple[str, ...] = (),
    metadata: tuple[tuple[str, Config], ...] = (),
) -> Path:
    """A SavedModel with these operations, and Keras' descriptions of its objects."""
    folder.mkdir(exist_ok=True)

    def node(name: str) -> bytes:
        return field(1, f"node_{name}") + field(2, name)

    graph = b"".join(field(1, node(one)) for one in operations)
    functions = b"".join(field(3, node(one)) for one in in_functions)
    graph += field(2, field(1, functions))
    signature = field(5, field(1, "serving_default"))
    meta = field(1, field(4, "serve") + field(5, "2.10.1")) + field(2, graph) + signature
    (folder / "saved_model.pb").write_bytes(field(1, 1) + field(2, meta))
    if metadata:
        nodes = b"".join(
            field(1, field(2, at) + field(4, name) + field(5, json.dumps(tree)))
            for at, (name, tree) in enumerate(metadata)
        )
        (folder / "keras_metadata.pb").write_bytes(nodes)
    write_checkpoint(folder / "variables" / "variables", VARIABLES)
    return folder


def kinds(inspection: Inspection) -> set[FindingKind]:
    """The kinds of what was found."""
    return {one.kind for one in inspection.findings}


def texts(findings: tuple[Finding, ...] | list[Finding]) -> str:
    """All that was found, for looking into."""
    return "\n".join(f"{one.kind}: {one.text} @ {one.where}" for one in findings)
