"""Each advisory is named for the file that it is about, and for no harmless one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import pytest
from packaging.specifiers import SpecifierSet

from crossload.runner.inspection.advisories import Advisory, advisories_in, known_advisories
from crossload.runner.inspection.model import Inspection
from crossload.runner.inspection.reading import read
from tests.conftest import Project
from tests.inspection.making import (
    NEW_DENSE,
    Config,
    dense,
    new_lambda,
    new_sequential,
    old_lambda,
    sequential,
    write_h5,
    write_keras,
)


def layer(class_name: str, **config: Any) -> Config:
    return {"module": "keras.layers", "class_name": class_name, "config": {"name": "x", **config}}


def function(module: str, name: str) -> Config:
    taken = {"module": module, "class_name": "function", "config": name, "registered_name": name}
    return layer("Lambda", function=taken)


CONFIGURATIONS = {
    "CVE-2024-3660": new_lambda(),
    "CVE-2025-1550": function("os", "system"),
    "CVE-2025-8747": function("keras.utils", "get_file"),
    "CVE-2025-9906": function("keras.config", "enable_unsafe_deserialization"),
    "CVE-2025-12058": layer("StringLookup", vocabulary="/etc/passwd"),
    "CVE-2025-49655": layer("TorchModuleWrapper", module="gASV"),
    "CVE-2026-1462": layer("TFSMLayer", filepath="/somewhere"),
}


def outside(file: h5py.File) -> None:
    file.create_dataset("layers/d/vars/0", (8,), "f4", external=[("/etc/passwd", 0, 32)])


def elsewhere(file: h5py.File) -> None:
    file["layers/e"] = h5py.ExternalLink("/etc/passwd", "/a")


def giant(file: h5py.File) -> None:
    file.create_dataset("layers/d/vars/0", (10**12,), "f4", chunks=(64,))


ARRAYS: list[tuple[str, Callable[[h5py.File], None]]] = [
    ("CVE-2026-0897", giant),
    ("CVE-2026-1669", outside),
    ("CVE-2026-1669", elsewhere),
]


def ids(inspection: Inspection) -> list[str]:
    return [one.id for one in advisories_in(inspection)]


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_is_named_after_what_it_uses(tmp_path: Path, name: str) -> None:
    found = read(write_keras(tmp_path / "m.keras", new_sequential(CONFIGURATIONS[name])))
    assert name in ids(found)


@pytest.mark.parametrize(("name", "change"), ARRAYS)
def test_arrays_are_named_after_what_they_do(
    tmp_path: Path, name: str, change: Callable[[h5py.File], None]
) -> None:
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        change(file)
    archive = write_keras(tmp_path / "m.keras", more={"model.weights.h5": memory.getvalue()})
    assert ids(read(archive)) == [name]
    with h5py.File(write_h5(tmp_path / "m.h5"), "a") as file:
        change(file)
    assert name in ids(read(tmp_path / "m.h5"))


def test_files_elsewhere_are_read_by_other_versions_through_each_container(tmp_path: Path) -> None:
    """Measured: Keras 3.12.1, 3.13.2 and 3.14.0 refuse them in an archive, and not in `.h5`."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        outside(file)
    with h5py.File(write_h5(tmp_path / "m.h5", sequential(dense())), "a") as file:
        outside(file)
    archive = write_keras(tmp_path / "m.keras", more={"model.weights.h5": memory.getvalue()})
    (of_archive,) = advisories_in(read(archive))
    (of_hdf5,) = advisories_in(read(tmp_path / "m.h5"))
    assert (of_archive.id, of_hdf5.id) == ("CVE-2026-1669", "CVE-2026-1669")
    versions = ["2.15.0", "3.12.0", "3.12.1", "3.12.2", "3.13.1", "3.13.2", "3.14.0", "3.14.1"]
    assert affected(of_archive, versions) == ["2.15.0", "3.12.0", "3.13.1"]
    assert affected(of_hdf5, versions) == [
        "2.15.0", "3.12.0", "3.12.1", "3.13.1", "3.13.2", "3.14.0"
    ]  # fmt: skip


def affected(advisory: Advisory, versions: list[str]) -> list[str]:
    ranges = [SpecifierSet(one) for one in advisory.keras]
    return [one for one in versions if any(one in some for some in ranges)]


def test_the_one_about_safe_mode_in_hdf5_is_for_hdf5_alone(tmp_path: Path) -> None:
    name = "CVE-2025-9905"
    assert name in ids(read(write_h5(tmp_path / "m.h5", sequential(old_lambda()))))
    assert name not in ids(read(write_keras(tmp_path / "m.keras", new_sequential(new_lambda()))))


def test_every_advisory_has_a_file_here() -> None:
    tried = {*CONFIGURATIONS, *(name for name, _ in ARRAYS), "CVE-2025-9905"}
    assert {one.id for one in known_advisories()} == tried


def test_a_zip_bomb_is_another_matter(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps(new_sequential(NEW_DENSE)))
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", bytes(70 << 20))
    assert ids(read(tmp_path / "m.keras")) == []


def test_a_plain_model_has_none(tmp_path: Path) -> None:
    assert ids(read(write_h5(tmp_path / "m.h5", sequential(dense())))) == []
    assert ids(read(write_keras(tmp_path / "m.keras", new_sequential(NEW_DENSE)))) == []


def test_an_advisory_has_a_link() -> None:
    for one in known_advisories():
        assert one.summary()["link"] == f"https://nvd.nist.gov/vuln/detail/{one.id}"


def test_the_command_names_them_with_the_note(project: Project) -> None:
    write_h5(project.folder / "m.h5", sequential(old_lambda()))
    shown = project.run("inspect", "--no-predict", "m.h5")
    assert "(/config/layers/0/config), see CVE-2024-3660, CVE-2025-9905" in shown.out
    assert "Keras >=3,<3.11.3: safe mode is ignored" in shown.out
    assert "https://nvd.nist.gov/vuln/detail/CVE-2025-9905" in shown.out
    asked = project.run("inspect", "--no-predict", "--json", "m.h5")
    (finding,) = json.loads(asked.out)["models"][0]["findings"]
    assert [one["id"] for one in finding["advisories"]] == ["CVE-2024-3660", "CVE-2025-9905"]
