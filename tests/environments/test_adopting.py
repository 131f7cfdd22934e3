"""Existing environments: what identifies them, what they hold, and that they stay untouched."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.adopting import Distribution, adopt, with_found_versions
from crossload.runner.environments.marker import adopted_digest, site_packages
from crossload.runner.environments.model import Environment
from crossload.runner.words import Api, Backend, EnvironmentCause


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A virtual environment without packages, for tests to put some in."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    return folder


def put(place: Path, name: str, version: str, record: str = "") -> None:
    """Install a distribution by its metadata alone."""
    info = site_packages(place)[0] / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "RECORD").write_text(record or f"{name}/__init__.py,sha256=abc,3\n")


def adopted(place: Path, **values: object) -> Environment:
    spec = {"name": "mine", "interpreter": str(place / "bin" / "python"), **values}
    return adopt(EnvironmentSpec.model_validate(spec))


def names(place: Path) -> list[tuple[str, int]]:
    return sorted((str(one), one.lstat().st_mtime_ns) for one in place.rglob("*"))


def test_an_environment_is_described_by_what_is_installed_and_not_touched(place: Path) -> None:
    put(place, "tensorflow_cpu", "2.16.1")
    put(place, "keras", "3.1.1")
    put(place, "tf_keras", "2.16.0")
    before = names(place)
    found = adopted(place)
    assert found.problem is None
    assert found.id == f"mine-py{sys.version_info[0]}.{sys.version_info[1]}"
    assert (found.spec.tensorflow, found.spec.tf_keras) == ("2.16.1", "2.16.0")
    assert (found.spec.api, found.spec.keras) == (Api.TF_DOT_KERAS, None)
    assert found.adopted is not None
    assert found.adopted.prefix == place
    assert names(place) == before


def test_identity_follows_names_versions_and_records_and_not_the_place(
    place: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    venv.create(other, with_pip=False, symlinks=True)
    put(place, "tensorflow", "2.16.1", "tf/a.py,sha256=1,3\n../../../bin/saved,sha256=2,3\n")
    put(other, "tensorflow", "2.16.1", "../../../bin/saved,sha256=9,3\ntf/a.py,sha256=1,3\n"
        "tensorflow-2.16.1.dist-info/INSTALLER,sha256=5,4\ntf/__pycache__/a.pyc,,\n")  # fmt: skip
    first = adopted_digest(adopted(place))
    assert adopted_digest(adopted(other)) == first
    put(other, "h5py", "3.10.0")
    with_h5py = adopted_digest(adopted(other))
    info = site_packages(other)[0] / "h5py-3.10.0.dist-info" / "RECORD"
    info.write_text("h5py/__init__.py,sha256=changed,3\n")
    changed = adopted_digest(adopted(other))
    assert len({first, with_h5py, changed}) == 3
    assert adopted_digest(adopted(place, variables={"TF_USE_LEGACY_KERAS": "1"})) != first


def test_sources_outside_of_the_environment_stay_readable(place: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    put(place, "keras", "3.1.1")
    (site_packages(place)[0] / "more.pth").write_text(f"{source}\n")
    found = adopted(place).adopted
    assert found is not None
    assert found.readable == (source,)


def test_an_environment_without_keras_and_a_file_that_is_no_python(
    place: Path, tmp_path: Path
) -> None:
    empty = adopted(place).problem
    assert empty is not None
    assert empty.message == (
        f"the environment in {str(place)!r} has neither TensorFlow nor Keras installed"
    )
    text = tmp_path / "python"
    text.write_text("no program")
    wrong = adopt(EnvironmentSpec(name="it", interpreter=str(text)))
    assert wrong.interpreter is None
    assert wrong.problem is not None
    assert wrong.problem.cause is EnvironmentCause.MISSING_INTERPRETER
    assert wrong.problem.message == f"{str(text)!r} is not a Python that answers"


@pytest.mark.parametrize(
    ("installed", "written", "api", "backend", "keras"),
    [
        ({"tensorflow": "2.16.1", "keras": "3.1.1"}, {}, "tf.keras", "tensorflow", None),
        ({"keras": "3.4.0", "torch": "2.3.0"}, {}, "keras", "torch", "3.4.0"),
        ({"keras": "3.4.0", "jax": "0.4.0", "tensorflow": "2.17.0"}, {"backend": "jax"},
         "keras", "jax", "3.4.0"),
        ({"keras": "3.4.0", "tensorflow": "2.17.0"}, {"api": "keras"},
         "keras", "tensorflow", "3.4.0"),
    ],
)  # fmt: skip
def test_api_and_backend_follow_from_what_is_installed(
    installed: dict[str, str], written: dict[str, str], api: str, backend: str, keras: str | None
) -> None:
    spec = EnvironmentSpec.model_validate({"name": "it", "interpreter": "/x", **written})
    found = with_found_versions(spec, [Distribution(*one, "") for one in installed.items()])
    assert (found.api, found.backend, found.keras) == (Api(api), Backend(backend), keras)
