"""Images as environments: identity, what is found in them, and every way in which one is missing.

The engines are stand-ins; an image's Python is a virtual environment of this machine.
"""

from __future__ import annotations

import hashlib
import sys
import venv
from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.adopted_facts import look
from crossload.runner.environments.images import adopt_image
from crossload.runner.environments.marker import adopted_digest, site_packages
from crossload.runner.environments.model import Environment
from crossload.runner.environments.record import environment_record
from crossload.runner.environments.resolving import missing_interpreter
from crossload.runner.records import EnvironmentProblem
from crossload.runner.sandbox.target import Engine, Image
from crossload.runner.words import EnvironmentCause
from tests.engines import DIGEST, NAME, Engines, make_engines


@pytest.fixture
def engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engines:
    return make_engines(tmp_path / "bin", monkeypatch)


def adopted(name: str = NAME, cache: Path | None = None, **values: object) -> Environment:
    spec = {"name": "mine", "container": name, **values}
    return adopt_image(EnvironmentSpec.model_validate(spec), cache)


def problem_of(environment: Environment) -> EnvironmentProblem:
    assert environment.problem is not None
    return environment.problem


def with_keras(prefix: Path) -> Path:
    """A virtual environment that claims to have TensorFlow and Keras, and its Python."""
    venv.create(prefix, with_pip=False, symlinks=True)
    for name in ("tensorflow_cpu-2.16.1", "keras-3.1.1"):
        (site_packages(prefix)[0] / f"{name}.dist-info").mkdir()
    (site_packages(prefix)[0] / "h5py-3.10.0-py3.11.egg-info").touch()
    return prefix / "bin" / "python"


@pytest.fixture
def python(tmp_path: Path) -> Path:
    return with_keras(tmp_path / "image")


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_an_image_is_described_by_what_is_installed_in_it(
    engines: Engines, python: Path, engine: str
) -> None:
    program = engines.install(engine)
    engines.image(python)
    found = adopted()
    assert found.problem is None
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert (found.id, found.python) == (f"mine-py{minor}", minor)
    assert (found.spec.tensorflow, found.spec.keras) == ("2.16.1", None)
    assert found.adopted is not None
    assert found.adopted.image == Image(Engine(engine), str(program), DIGEST)
    assert found.adopted.installed == DIGEST
    inspected, asked = engines.calls
    assert inspected == [engine, "image", "inspect", "--format", "{{.Id}}", NAME]
    assert asked[:2] == [engine, "run"]
    assert asked[asked.index("--network") + 1] == "none"


def test_a_tag_that_means_another_image_is_another_environment(
    engines: Engines, python: Path
) -> None:
    engines.install("docker")
    engines.image(python)
    first = adopted()
    assert adopted_digest(adopted(variables={"A": "1"})) != adopted_digest(first)
    engines.image(python, digest="sha256:" + "34" * 32)
    assert adopted_digest(adopted()) != adopted_digest(first)
    engines.image(python)
    assert adopted_digest(adopted()) == adopted_digest(first)


def test_the_record_names_the_image_and_its_digest(engines: Engines, python: Path) -> None:
    engines.install("docker")
    engines.image(python)
    found = adopted()
    record = environment_record(found, missing_interpreter("3.9"))
    assert record.resolve == f"{NAME} {DIGEST}"


def test_an_image_is_asked_once(engines: Engines, python: Path, tmp_path: Path) -> None:
    engines.install("docker")
    engines.image(python)
    cache = tmp_path / "cache"
    adopted(cache=cache)
    assert not cache.exists()
    cache.mkdir()
    first = adopted(cache=cache)
    assert adopted(cache=cache) == first
    assert [call[1] for call in engines.calls] == ["image", "run"] * 2 + ["image"]


def test_without_an_engine_the_row_says_what_to_install(engines: Engines) -> None:
    problem = problem_of(adopted())
    assert engines.calls == []
    assert (problem.state, problem.cause) == ("unavailable", EnvironmentCause.MISSING_TOOL)
    assert problem.message == f"the image {NAME!r} needs docker or podman, and neither was found"
    assert problem.advice == (
        f"install one of them and run `docker pull {NAME}` or `podman pull {NAME}`"
    )


def test_an_image_that_is_not_there_is_not_pulled(engines: Engines) -> None:
    engines.install("docker")
    engines.install("podman")
    problem = problem_of(adopted("keras:9"))
    assert problem.message == (
        "the image 'keras:9' was not found (docker: Error: No such image: keras:9; "
        "podman: Error: No such image: keras:9)"
    )
    assert problem.advice == "run `docker pull keras:9`; crossload pulls no images"
    assert [call[1:3] for call in engines.calls] == [["image", "inspect"]] * 2


def test_an_engine_that_does_not_work_is_no_missing_image(engines: Engines) -> None:
    engines.install("podman")
    (engines.install("docker")).write_text(
        "#!/bin/sh\necho 'Cannot connect to the Docker daemon. Is it running?' >&2\nexit 1\n"
    )
    problem = problem_of(adopted("keras:9"))
    assert problem.message == (
        "docker does not say whether it has the image 'keras:9': Cannot connect to the Docker "
        "daemon. Is it running?"
    )
    assert problem.advice.endswith("`docker info` shows what is wrong")


def test_an_image_without_python_and_one_without_keras(engines: Engines, tmp_path: Path) -> None:
    engines.install("docker")
    engines.image(tmp_path / "bin" / "no-python")
    problem = problem_of(adopted())
    assert problem.message.startswith(f"python3 does not answer in the image {NAME!r}: bwrap: ")
    venv.create(tmp_path / "empty", with_pip=False, symlinks=True)
    engines.image(tmp_path / "empty" / "bin" / "python")
    problem = problem_of(adopted())
    assert problem.message == f"the image {NAME!r} has neither TensorFlow nor Keras installed"


def test_a_file_is_for_apptainer(engines: Engines, python: Path, tmp_path: Path) -> None:
    sif, cache = tmp_path / "keras.sif", tmp_path / "cache"
    cache.mkdir()
    assert problem_of(adopted(str(sif))).message == (
        f"the image {str(sif)!r} needs apptainer, which was not found"
    )
    engines.install("apptainer")
    missing = problem_of(adopted(str(sif))).message
    assert missing.endswith("keras.sif' cannot be read: No such file or directory")
    sif.write_bytes(b"one")
    engines.image(python, digest=str(sif))
    found = adopted(str(sif), cache)
    assert found.adopted is not None
    assert found.adopted.installed == f"sha256:{hashlib.sha256(b'one').hexdigest()}"
    assert adopted(str(sif), cache) == found
    assert [call[0] for call in engines.calls] == ["apptainer"]
    sif.write_bytes(b"another")
    other = adopted(str(sif), cache).adopted
    assert other is not None
    assert other.installed != found.adopted.installed


def test_its_keras_is_imported_inside(engines: Engines, python: Path, tmp_path: Path) -> None:
    engines.install("docker")
    engines.image(python)
    outcome = look(tmp_path, adopted())
    assert isinstance(outcome, EnvironmentProblem)
    assert outcome.cause is EnvironmentCause.IMPORT_FAILED
    call = engines.calls[-1]
    assert call[call.index(DIGEST) + 1 :] == [
        *("-I", "-B", "/probes/start.py", "facts", "--out", "facts.json"),
        *("--api", "tf.keras", "--backend", "tensorflow"),
    ]
    assert "No module named 'numpy'" in outcome.log_tail
