"""Where the architecture is found in a file of each format, and what is said without one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Probe = Callable[[str], ModuleType]
DENSE: dict[str, Any] = {
    "class_name": "Sequential",
    "config": {"name": "model", "layers": [{"class_name": "Dense", "config": {"units": 2}}]},
}


def write_hdf5(path: Path, **attributes: Any) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 is read with h5py alone")
    with h5py.File(path, "w") as file:
        file.attrs.update(attributes)


def field(number: int, content: bytes) -> bytes:
    """A field of a message of protocol buffers that holds bytes."""
    length, size = bytearray(), len(content)
    while size > 0x7F:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([number << 3 | 2, *length, size]) + content


@pytest.mark.parametrize("as_bytes", [True, False], ids=["bytes", "text"])
@pytest.mark.parametrize(
    ("kind", "name"), [("h5", "model.h5"), ("keras", "model.keras")], ids=["h5", "keras-suffix"]
)
def test_an_hdf5_file_holds_it_under_any_suffix_as_bytes_or_text(
    probe: Probe, tmp_path: Path, kind: str, name: str, *, as_bytes: bool
) -> None:
    text = json.dumps(DENSE)
    config = text.encode() if as_bytes else text
    write_hdf5(tmp_path / name, model_config=config, keras_version=b"2.2.4")
    found = probe("translate.architectures").read(kind, str(tmp_path / name))
    assert found == {**DENSE, "keras_version": "2.2.4"}


def test_a_zip_holds_it_with_the_version_next_to_it(probe: Probe, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({**DENSE, "module": "keras"}))
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.1.0"}))
    found = probe("translate.architectures").read("keras", str(path))
    assert found == {**DENSE, "module": "keras", "keras_version": "3.1.0"}


def test_json_with_weights_holds_it_in_its_own_file(probe: Probe, tmp_path: Path) -> None:
    (tmp_path / "architecture.json").write_text(json.dumps(DENSE))
    found = probe("translate.architectures").read("json+weights", str(tmp_path))
    assert found["config"] == DENSE["config"]


@pytest.mark.parametrize("era", ["metadata", "graph"])
def test_a_savedmodel_holds_it_next_to_the_graph_or_inside(
    probe: Probe, tmp_path: Path, era: str
) -> None:
    body = json.dumps({"name": "m", "keras_version": "2.4.0", "model_config": DENSE}).encode()
    if era == "metadata":
        node = field(3, b"root") + field(4, b"_tf_keras_sequential") + field(5, body)
        (tmp_path / "keras_metadata.pb").write_bytes(field(1, node) + field(1, node))
    user = field(4, field(1, b"_tf_keras_sequential") + field(3, body))
    inside = field(2, field(7, field(1, user))) if era == "graph" else b""
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01" + inside)
    found = probe("translate.architectures").read("savedmodel", str(tmp_path))
    assert found == {**DENSE, "keras_version": "2.4.0"}


def test_weights_alone_hold_none(probe: Probe, tmp_path: Path) -> None:
    module = probe("translate.architectures")
    write_hdf5(tmp_path / "weights.h5", backend="tensorflow")
    with pytest.raises(module.NoArchitecture, match="holds weights alone"):
        module.read("h5", str(tmp_path / "weights.h5"))


def test_a_graph_without_keras_holds_none(probe: Probe, tmp_path: Path) -> None:
    module = probe("translate.architectures")
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01")
    with pytest.raises(module.NoArchitecture, match="without Keras' description"):
        module.read("savedmodel", str(tmp_path))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, "class Mine, whose layers only its code knows"),
        ({"layer was saved without config": True}, "class Mine, whose layers"),
        (None, "names no class and no layers"),
    ],
    ids=["empty", "undescribed", "none"],
)
def test_a_subclassed_model_without_a_configuration_holds_none(
    probe: Probe, tmp_path: Path, config: Any, message: str
) -> None:
    module = probe("translate.architectures")
    (tmp_path / "architecture.json").write_text(
        json.dumps({"class_name": "Mine", "config": config})
    )
    with pytest.raises(module.NoArchitecture, match=message):
        module.read("json+weights", str(tmp_path))


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x03\x04cut"], ids=["empty", "text", "cut"]
)
def test_a_file_that_is_not_from_keras_is_reported_in_one_sentence(
    probe: Probe, tmp_path: Path, content: bytes
) -> None:
    module = probe("translate.architectures")
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(module.NoArchitecture, match="neither HDF5 nor a zip"):
        module.read("keras", str(tmp_path / "model.keras"))


@pytest.mark.parametrize(
    "content", [b"\x0a\x7fshort", b"\x0a", b"\x0f\x01"], ids=["long", "no-length", "kind"]
)
def test_a_damaged_savedmodel_is_reported_in_one_sentence(
    probe: Probe, tmp_path: Path, content: bytes
) -> None:
    module = probe("translate.architectures")
    (tmp_path / "keras_metadata.pb").write_bytes(content)
    with pytest.raises(module.NoArchitecture, match=r"damaged|cut short"):
        module.read("savedmodel", str(tmp_path))
