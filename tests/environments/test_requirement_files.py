"""Requirements and lock files as environments: what they ask for, and mistakes by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.locking import find_lock, make_lock
from crossload.runner.environments.model import Environment, Lock
from crossload.runner.environments.requirement_files import (
    is_hashed,
    requirement_lines,
    with_requirements,
)
from crossload.runner.errors import ConfigurationError
from crossload.runner.words import Api
from tests.environments.conftest import Program, this_interpreter

HASH = "--hash=sha256:" + 64 * "a"


def lines_of(path: Path) -> list[str]:
    return list(requirement_lines(str(path)))


def test_lines_comments_continuations_and_included_files(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("numpy<2  # old\n\n")
    path = tmp_path / "requirements.txt"
    path.write_text(
        f"--find-links https://example.org/wheels\n-r base.txt\ntensorflow==2.16.1 \\\n  {HASH}\n"
    )
    assert lines_of(path) == [
        "--find-links https://example.org/wheels", "numpy<2", f"tensorflow==2.16.1 {HASH}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("numpy\ntensorflow=2.16\n", ":2: found 'tensorflow=2.16', expected a requirement such"),
        ("\n-e ../mine\n", ":2: found the option '-e', expected a requirement"),
        ("-r requirements.txt\n", ":1: found files that include each other"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        lines_of(path)
    assert f"requirements.txt{expected}" in str(caught.value)


def test_a_missing_file_and_broken_toml(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        lines_of(tmp_path / "none.txt")
    broken = tmp_path / "poetry.lock"
    broken.write_text("[[package]]\nname = \n")
    with pytest.raises(ConfigurationError, match=r"poetry\.lock:2: this is not TOML"):
        lines_of(broken)


def test_locks_of_poetry_and_the_standard_keep_their_hashes(tmp_path: Path) -> None:
    poetry = tmp_path / "poetry.lock"
    poetry.write_text(
        '[[package]]\nname = "keras"\nversion = "3.1.1"\ngroups = ["main"]\n'
        "markers = \"python_version >= '3.9'\"\n"
        'files = [{file = "k.whl", hash = "sha256:abc"}]\n'
        '[[package]]\nname = "pytest"\nversion = "8.0"\ngroups = ["dev"]\nfiles = []\n'
    )
    assert lines_of(poetry) == ["keras==3.1.1 ; python_version >= '3.9' --hash=sha256:abc"]
    pylock = tmp_path / "pylock.toml"
    pylock.write_text(
        '[[packages]]\nname = "six"\nversion = "1.16.0"\n'
        'sdist = {hashes = {sha256 = "b"}}\nwheels = [{hashes = {sha256 = "a"}}]\n'
    )
    assert lines_of(pylock) == ["six==1.16.0 --hash=sha256:a --hash=sha256:b"]
    assert is_hashed(lines_of(pylock))


def test_a_project_and_one_of_its_groups(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[project]\ndependencies = ["numpy"]\n[dependency-groups]\ntf = ["tensorflow==2.15.1"]\n'
        'all = [{include-group = "tf"}, "h5py"]\n'
    )
    assert lines_of(path) == ["numpy"]
    assert lines_of(tmp_path / "pyproject.toml:all") == ["numpy", "tensorflow==2.15.1", "h5py"]
    with pytest.raises(ConfigurationError, match="no dependency group 'gpu'"):
        lines_of(tmp_path / "pyproject.toml:gpu")


@pytest.mark.parametrize(
    ("text", "tensorflow", "api"),
    [
        ("tensorflow-cpu==2.16.1\nkeras==3.1.1\n", "2.16.1", Api.TF_DOT_KERAS),
        ("tensorflow>=2.16\n", None, Api.TF_DOT_KERAS),
        ("keras==3.4.0\njax\n", None, Api.KERAS),
    ],
)
def test_the_keras_follows_from_the_file(
    tmp_path: Path, text: str, tensorflow: str | None, api: Api
) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(text)
    found = with_requirements(EnvironmentSpec(name="it", requirements=str(path)))
    assert (found.tensorflow, found.api) == (tensorflow, api)


def test_hashes_are_taken_over_and_a_changed_file_needs_another_lock(
    tmp_path: Path, program: Program
) -> None:
    def environment() -> Environment:
        spec = with_requirements(EnvironmentSpec(name="it", requirements=str(path)))
        interpreter = this_interpreter()
        return Environment("it-py", spec, interpreter.minor, interpreter)

    path = tmp_path / "requirements.txt"
    path.write_text(f"keras==3.4.0 {HASH}\njax==0.4 {HASH}\n")
    never = [str(program("uv", "exit 9"))]
    made = make_lock(environment(), tmp_path / "locks", uv=never)
    assert isinstance(made, Lock)
    assert made.requirements == (("keras", "3.4.0"), ("jax", "0.4"))
    assert made.path.read_text().endswith(f"keras==3.4.0 {HASH}\njax==0.4 {HASH}\n")
    assert find_lock(environment(), [tmp_path / "locks"]) == made
    path.write_text(f"keras==3.4.1 {HASH}\njax==0.4 {HASH}\n")
    assert find_lock(environment(), [tmp_path / "locks"]) is None
