"""Containers made to do harm: no link is followed, no bomb goes off, no lie is believed."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from crossload.runner.inspection.model import Contents, FindingKind, Inspection, Risk
from crossload.runner.inspection.reading import read
from tests.inspection.making import (
    NEW_DENSE,
    VARIABLES,
    dense,
    field,
    index_table,
    kinds,
    new_sequential,
    old_lambda,
    sequential,
    texts,
    write_checkpoint,
    write_h5,
    write_keras,
    write_savedmodel,
)


def h5_with(path: Path, change: Any) -> Inspection:
    """What is said of a whole model after a change to its file."""
    write_h5(path, sequential(dense()))
    with h5py.File(path, "a") as file:
        change(file)
    return read(path)


def test_data_in_another_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"canary!!" * 8)
    found = h5_with(
        tmp_path / "m.h5",
        lambda file: file.create_dataset(
            "model_weights/d/x", (8,), "f4", external=[(str(secret), 0, 32)]
        ),
    )
    assert found.risk is Risk.READS_FILES
    assert str(secret) in texts(found.findings)


def test_a_link_to_another_file_is_not_followed(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.h5"
    os.mkfifo(fifo)  # whoever opened it would hang
    found = h5_with(
        tmp_path / "m.h5",
        lambda file: file.__setitem__("model_weights/e", h5py.ExternalLink(str(fifo), "/a")),
    )
    assert found.risk is Risk.READS_FILES
    assert str(fifo) in texts(found.findings)


def test_weights_that_are_a_link_to_another_file(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.h5"
    os.mkfifo(fifo)

    def change(file: h5py.File) -> None:
        del file["model_weights"]
        file["model_weights"] = h5py.ExternalLink(str(fifo), "/a")
        file["d"] = h5py.SoftLink("/model_weights/d")

    found = h5_with(tmp_path / "m.h5", change)
    assert kinds(found) >= {FindingKind.READS_FILES, FindingKind.MISSING}


def test_data_put_together_from_other_files(tmp_path: Path) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", (4,))
    found = h5_with(
        tmp_path / "m.h5", lambda file: file.create_virtual_dataset("model_weights/v", layout)
    )
    assert found.risk is Risk.READS_FILES
    assert "other.h5" in texts(found.findings)


@pytest.mark.parametrize("shape", [(10**12,), (2**40, 2**20)])
def test_a_shape_that_no_memory_holds(tmp_path: Path, shape: tuple[int, ...]) -> None:
    found = h5_with(
        tmp_path / "m.h5",
        lambda file: file.create_dataset(
            "model_weights/b", shape, "f4", chunks=tuple(min(one, 64) for one in shape)
        ),
    )
    assert kinds(found) == {FindingKind.OVERSIZED}
    assert found.risk is Risk.MALFORMED
    assert found.weights.values > 10**12 - 1


def test_groups_inside_themselves_end(tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        file["model_weights/d/again"] = file["model_weights"]
        file["soft"] = h5py.SoftLink("/soft")

    found = h5_with(tmp_path / "m.h5", change)
    assert "a group that is also elsewhere" in texts(found.findings)
    assert found.weights.arrays == 2


def test_the_same_in_an_archive(tmp_path: Path) -> None:
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.create_dataset("layers/d/vars/0", (8,), "f4", external=[("/etc/passwd", 0, 32)])
        file["layers/e"] = h5py.ExternalLink("/etc/passwd", "/a")
    members = {"model.weights.h5": memory.getvalue()}
    found = read(write_keras(tmp_path / "m.keras", more=members))
    assert texts(found.findings).count("/etc/passwd") == 2
    assert found.risk is Risk.READS_FILES


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(new_sequential(NEW_DENSE)))
        archive.writestr("metadata.json", "{}")
        with archive.open("model.weights.h5", "w", force_zip64=True) as member:
            for _ in range(70):
                member.write(bytes(1 << 20))
    found = read(path)
    assert kinds(found) == {FindingKind.OVERSIZED, FindingKind.FAILED}
    assert found.risk is Risk.MALFORMED


def test_a_configuration_that_is_a_bomb_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("config.json", "w") as member,
    ):
        for _ in range(65):
            member.write(b" " * (1 << 20))
    found = read(path)
    assert kinds(found) >= {FindingKind.OVERSIZED, FindingKind.FAILED}


def patched(path: Path, signature: bytes, offset: int, value: bytes) -> Path:
    """An archive with some bytes of every header of a kind overwritten."""
    data = bytearray(path.read_bytes())
    at = data.find(signature)
    while at >= 0:
        data[at + offset : at + offset + len(value)] = value
        at = data.find(signature, at + 4)
    path.write_bytes(bytes(data))
    return path


CENTRAL = b"PK\x01\x02"


@pytest.mark.parametrize("declared", [1, 10**6, 2**32 - 2])
def test_sizes_that_lie(tmp_path: Path, declared: int) -> None:
    path = patched(write_keras(tmp_path / "m.keras"), CENTRAL, 24, struct.pack("<I", declared))
    assert read(path).risk is Risk.MALFORMED


def test_members_that_are_encrypted(tmp_path: Path) -> None:
    path = patched(write_keras(tmp_path / "m.keras"), CENTRAL, 8, b"\x01\0")
    found = read(path)
    assert "is encrypted" in texts(found.findings)
    assert found.risk is Risk.MALFORMED


def test_members_that_are_there_twice(tmp_path: Path) -> None:
    path = write_keras(tmp_path / "m.keras")
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", json.dumps(new_sequential(old_lambda())))
    found = read(path)
    assert "is there 2 times" in texts(found.findings)


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "assets/../../evil", "a\0/b"])
def test_members_that_leave_the_folder(tmp_path: Path, name: str) -> None:
    plain = name.replace("\0", "\x01")
    path = write_keras(tmp_path / "m.keras", more={plain: b"x"})
    if "\0" in name:
        path.write_bytes(path.read_bytes().replace(plain.encode(), name.encode()))
    assert FindingKind.UNSAFE_NAME in kinds(read(path))
    assert not (tmp_path.parent / "evil").exists()


def test_members_that_are_links(tmp_path: Path) -> None:
    path = write_keras(tmp_path / "m.keras")
    member = zipfile.ZipInfo("assets/link")
    member.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(member, "/etc/passwd")
    assert "symbolic link" in texts(read(path).findings)


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("WriteFile", FindingKind.WRITES_FILES),
        ("Save", FindingKind.WRITES_FILES),
        ("ReadFile", FindingKind.READS_FILES),
        ("MatchingFiles", FindingKind.READS_FILES),
        ("PyFunc", FindingKind.CODE),
        ("EagerPyFunc", FindingKind.CODE),
    ],
)
def test_operations_that_reach_out(tmp_path: Path, operation: str, kind: FindingKind) -> None:
    assert kinds(read(write_savedmodel(tmp_path / "a", (operation,)))) == {kind}
    hidden = write_savedmodel(tmp_path / "b", in_functions=("Const", operation))
    assert kinds(read(hidden)) == {kind}


@pytest.mark.parametrize(
    "graph", [b"", b"\xff" * 40, field(2, b"\xff"), b"\x12\xff\xff\xff\x7f", b"\0" * 100]
)
def test_graphs_that_are_none(tmp_path: Path, graph: bytes) -> None:
    folder = write_savedmodel(tmp_path / "sm")
    (folder / "saved_model.pb").write_bytes(graph)
    assert read(folder).risk is Risk.MALFORMED


def test_checkpoints_that_declare_nonsense(tmp_path: Path) -> None:
    index = write_checkpoint(tmp_path / "ck", VARIABLES)
    index.write_bytes(index_table({"a": (1, (2**62, 2**62), 2**62)}))
    found = read(index)
    assert kinds(found) == {FindingKind.DAMAGED}
    assert Inspection.from_json(found.to_json()) == found
    index.write_bytes(index.read_bytes()[:-20])
    assert read(index).contents is Contents.NOTHING
    write_checkpoint(tmp_path / "ck", VARIABLES)
    data = bytearray(index.read_bytes())
    data[:3] = b"\xff\xff\xff"
    index.write_bytes(bytes(data))
    assert read(index).risk is Risk.MALFORMED


def test_texts_stored_with_weights_may_be_anything(tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        file.attrs["model_config"] = np.arange(3)
        file.attrs["keras_version"] = b"\xff" * 3000
        file["model_weights"].attrs["layer_names"] = 5

    found = h5_with(tmp_path / "m.h5", change)
    assert found.risk is Risk.MALFORMED
    assert Inspection.from_json(found.to_json()) == found
