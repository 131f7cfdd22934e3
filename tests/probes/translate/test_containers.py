"""What a file or folder is, by its content under any name."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import h5py
import pytest

Probe = Callable[[str], ModuleType]
DESCRIPTION = json.dumps({"class_name": "Sequential", "config": {"layers": []}})


def hdf5(path: Path, *groups: str, **attributes: Any) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs.update(attributes)
        for group in groups:
            file.create_group(group)
    return path


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "."), content)
    return path


def folder(path: Path, *names: str) -> Path:
    path.mkdir()
    for name in names:
        (path / name).write_text(DESCRIPTION)
    return path


def test_hdf5_holds_a_model_or_weights_whatever_it_is_called(probe: Probe, tmp_path: Path) -> None:
    recognise = probe("translate.containers").recognise
    whole = hdf5(tmp_path / "model.keras", model_config=DESCRIPTION)
    assert recognise(whole).kind == "h5"
    assert recognise(hdf5(tmp_path / "model", layer_names=[])).kind == "weights-h5"


def test_an_archive_is_a_keras_file_without_its_suffix_too(probe: Probe, tmp_path: Path) -> None:
    path = archive(tmp_path / "model.h5", config__json=b"{}")
    assert probe("translate.containers").recognise(path).kind == "keras"


def test_folders_and_prefixes_are_told_apart_by_what_they_hold(
    probe: Probe, tmp_path: Path
) -> None:
    recognise = probe("translate.containers").recognise
    saved = recognise(folder(tmp_path / "saved", "saved_model.pb"))
    assert (saved.kind, saved.weights) == (
        "savedmodel",
        str(tmp_path / "saved/variables/variables"),
    )
    described = folder(tmp_path / "described", "net.json", "w.index", "w.data-00000-of-00001")
    found = recognise(described)
    assert (found.kind, found.description, found.weights) == (
        "json+weights",
        str(described / "net.json"),
        str(described / "w"),
    )
    assert recognise(described / "w").kind == "weights-tf"
    hdf5(folder(tmp_path / "alone") / "w.h5", "layers")
    assert recognise(tmp_path / "alone").kind == "weights-h5"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "is no SavedModel, and holds no weights file"),
        (("a.index", "b.index"), "holds weights more than once"),
    ],
)
def test_a_folder_that_is_no_model_says_why(
    probe: Probe, tmp_path: Path, names: tuple[str, ...], said: str
) -> None:
    module = probe("translate.containers")
    with pytest.raises(module.NotAModel, match=said):
        module.recognise(folder(tmp_path / "f", *names))


def test_a_path_to_nothing_or_to_another_file_says_so(probe: Probe, tmp_path: Path) -> None:
    module = probe("translate.containers")
    with pytest.raises(module.NotAModel, match="there is no file or folder"):
        module.recognise(tmp_path / "gone.h5")
    (tmp_path / "text.h5").write_text("text")
    with pytest.raises(module.NotAModel, match=r"neither HDF5 nor a \.keras archive"):
        module.recognise(tmp_path / "text.h5")


@pytest.mark.parametrize(
    ("groups", "attributes", "suffix"),
    [((), {"layer_names": []}, "model.h5"), (("layers",), {}, "model.weights.h5")],
    ids=["named groups", "tree"],
)
def test_loaders_see_weights_under_the_suffix_of_their_layout(
    probe: Probe, tmp_path: Path, groups: tuple[str, ...], attributes: Any, suffix: str
) -> None:
    module = probe("translate.containers")
    path = hdf5(tmp_path / "weights", *groups, **attributes)
    before = path.read_bytes()
    with module.weights_file(module.recognise(path)) as seen:
        assert Path(seen).name == suffix
        assert Path(seen).read_bytes() == before
    assert not Path(seen).parent.exists()
    assert [one.name for one in tmp_path.iterdir()] == ["weights"]


def test_the_weights_of_an_archive_are_unpacked_elsewhere(probe: Probe, tmp_path: Path) -> None:
    module = probe("translate.containers")
    path = archive(tmp_path / "m.keras", model__weights__h5=b"stored")
    with module.weights_file(module.recognise(path)) as seen:
        assert Path(seen).read_bytes() == b"stored"
    assert [one.name for one in tmp_path.iterdir()] == ["m.keras"]
    empty = module.recognise(archive(tmp_path / "e.keras", config__json=b"{}"))
    with pytest.raises(module.NotAModel, match=r"there is no model\.weights\.h5 in"):
        module.weights_file(empty).__enter__()
