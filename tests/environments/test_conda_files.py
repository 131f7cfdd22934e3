"""Reading environment.yml: what it pins, and every mistake with its line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.conda_files import conda_digest, with_conda
from crossload.runner.errors import ConfigurationError
from crossload.runner.words import Api, Backend

FILE = """
name: ours
channels: [conda-forge]
dependencies:
  # the one we deploy
  - python=3.11
  - conda-forge::tensorflow=2.16.*=cpu_*
  - numpy >=1.26
  - pip:
      - tf-keras==2.16.0
"""


def read(folder: Path, text: str) -> EnvironmentSpec:
    path = folder / "environment.yml"
    path.write_text(text, encoding="utf-8")
    return with_conda(EnvironmentSpec.model_validate({"name": "ours", "conda": str(path)}))


def test_python_and_keras_come_from_the_file(tmp_path: Path) -> None:
    spec = read(tmp_path, FILE)
    assert (spec.python, spec.tensorflow, spec.tf_keras) == ("3.11", "2.16", "2.16.0")
    assert (spec.api, spec.backend) == (Api.TF_DOT_KERAS, Backend.TENSORFLOW)


def test_keras_without_tensorflow_runs_on_what_is_there(tmp_path: Path) -> None:
    spec = read(tmp_path, "dependencies: [python=3.12.1, keras==3.6.0, jax]")
    assert (spec.python, spec.keras, spec.tensorflow) == ("3.12", "3.6.0", None)
    assert (spec.api, spec.backend) == (Api.KERAS, Backend.JAX)


def test_identity_follows_the_contents_and_not_comments(tmp_path: Path) -> None:
    first = conda_digest(read(tmp_path, FILE), "linux-x86_64")
    assert conda_digest(read(tmp_path, FILE.replace("the one", "what")), "linux-x86_64") == first
    assert conda_digest(read(tmp_path, FILE), "macos-arm64") != first
    assert conda_digest(read(tmp_path, FILE.replace("1.26", "1.25")), "linux-x86_64") != first


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name: x", "1: found nothing"),
        ("dependencies: numpy", "1: dependencies: found 'numpy', expected a list of packages"),
        (
            "dependencies:\n- numpy",
            "1: dependencies: found no Python, expected a Python such as 'python=3.11'",
        ),
        (
            "dependencies:\n- numpy\n- python>=3.9",
            (
                "3: dependencies[1]: found an open version of Python, "
                "expected a Python such as 'python=3.11'"
            ),
        ),
        (
            "dependencies:\n- python=3.11\n- [numpy]",
            (
                "3: dependencies[1]: found a list, "
                "expected a package such as 'numpy=1.26' or a list under 'pip'"
            ),
        ),
        (
            "dependencies:\n- python=3.11\n- pip:\n  - -r more.txt",
            (
                "4: dependencies[1].pip[0]: found '-r more.txt', "
                "expected a requirement such as 'tensorflow==2.16.1'"
            ),
        ),
    ],
)
def test_mistakes_name_file_key_found_and_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert f"environment.yml:{complaint}" in str(caught.value)
    assert caught.value.advice == "correct these lines of the environment.yml"


def test_a_missing_file_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    spec = EnvironmentSpec.model_validate({"name": "a", "conda": str(tmp_path / "gone.yml")})
    with pytest.raises(ConfigurationError) as caught:
        with_conda(spec)
    assert str(caught.value) == "gone.yml cannot be read: No such file or directory"
    assert caught.value.advice == "name an environment.yml that exists"
