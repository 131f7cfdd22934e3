"""Files that begin or are written unusually: they are read as the frameworks read them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from crossload.runner.inspection.model import Contents, FindingKind, Risk
from crossload.runner.inspection.reading import read
from crossload.runner.inspection.sniffing import sniff
from crossload.runner.words import Container
from tests.inspection.making import (
    NEW_DENSE,
    kinds,
    new_lambda,
    new_sequential,
    old_lambda,
    sequential,
    write_h5,
    write_keras,
)

ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
HOSTILE = new_sequential(new_lambda())


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings_of_json(tmp_path: Path, encoding: str) -> None:
    text = json.dumps(HOSTILE).encode(encoding)
    archive = read(write_keras(tmp_path / "m.keras", more={"config.json": text}))
    assert (archive.risk, archive.contents) == (Risk.CODE, Contents.WHOLE)
    assert kinds(archive) == {FindingKind.CODE, FindingKind.ODD}
    (tmp_path / "m.json").write_bytes(text)
    assert read(tmp_path / "m.json").risk is Risk.CODE
    (tmp_path / "no_ending").write_bytes(text)
    assert read(tmp_path / "no_ending").risk is Risk.CODE


@pytest.mark.parametrize("size", [1, 512, 4096, 70_000])
@pytest.mark.parametrize("name", ["m.keras", "m.bin"])
def test_an_archive_after_something_else(tmp_path: Path, size: int, name: str) -> None:
    path = write_keras(tmp_path / name, HOSTILE)
    path.write_bytes(b"#" * size + path.read_bytes())
    found = read(path)
    assert (found.container, found.risk) == (Container.KERAS_ZIP, Risk.CODE)
    assert found.weights.arrays == 2


@pytest.mark.parametrize("size", [512, 1024, 2048, 4096, 1 << 20])
def test_hdf5_after_a_user_block(tmp_path: Path, size: int) -> None:
    path = write_h5(tmp_path / "m.h5", sequential(old_lambda()))
    path.write_bytes(b"#" * size + path.read_bytes())
    found = read(path)
    assert (found.container, found.risk) == (Container.HDF5, Risk.CODE)


@pytest.mark.parametrize(("name", "first"), [("m.h5", "hdf5"), ("m.keras", "keras-zip")])
def test_a_file_that_is_both_is_read_as_both(tmp_path: Path, name: str, first: str) -> None:
    weights = write_h5(tmp_path / "plain.h5", sequential(NEW_DENSE))
    archive = write_keras(tmp_path / "hostile.keras", HOSTILE)
    both = tmp_path / name
    both.write_bytes(weights.read_bytes() + archive.read_bytes())
    assert sniff(both) == first
    found = read(both)
    assert kinds(found) >= {FindingKind.CODE, FindingKind.DAMAGED}


def test_an_archive_that_is_hdf5_further_on(tmp_path: Path) -> None:
    hidden = write_h5(tmp_path / "hidden.h5", sequential(old_lambda())).read_bytes()
    path = tmp_path / "m.h5"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(new_sequential(NEW_DENSE)))
        header = 30 + len("x")
        end = archive.fp.tell() if archive.fp else 0
        archive.writestr("pad", b" " * ((1 << 12) - end - header - 30 - len("pad")))
        archive.writestr("x", hidden)
    assert read(path).risk is Risk.CODE


def test_of_members_with_one_name_the_last_is_read(tmp_path: Path) -> None:
    path = write_keras(tmp_path / "m.keras")
    with (
        zipfile.ZipFile(path, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("config.json", json.dumps(HOSTILE))
    assert read(path).risk is Risk.CODE
