"""Environments that conda's programs build, and the locks of what they resolved.

The programs are stand-ins that check their command lines; see `tests.stand_in_conda`.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from nox.virtualenv import ALL_VENVS

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.conda import install_conda
from crossload.runner.environments.installing import Ran, Workshop
from crossload.runner.environments.integrity import find_damage
from crossload.runner.environments.locking import check_lock, lock_path, make_lock
from crossload.runner.environments.model import BuiltEnvironment, Environment, current_platform
from crossload.runner.environments.project import make_project
from crossload.runner.environments.recalling import identity_of, recall
from crossload.runner.environments.record import environment_record
from crossload.runner.environments.resolving import resolve_environments
from crossload.runner.environments.tools import CONDA_TOOLS
from crossload.runner.home import Home
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause
from tests.channels import PACKAGES, Channel, make_channel

FILE = "dependencies:\n  - python=3.11\n  - tensorflow=2.16\n"
FACTS = """
import json, sys
out = sys.argv[sys.argv.index("--out") + 1]
versions = {"tensorflow": "2.16.1", "keras": "3.1.1"}
json.dump({"python": "3.11.7", "versions": versions, "import_seconds": 1.5}, open(out, "w"))
"""


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    return make_channel(tmp_path / "bin", monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "environment.yml"
    path.write_text(FILE, encoding="utf-8")
    return path


def resolved(file: Path) -> Environment:
    spec = EnvironmentSpec.model_validate({"name": "ours", "conda": str(file)})
    (environment,) = resolve_environments([spec], ())
    return environment


def run(command: Sequence[str], variables: Mapping[str, str]) -> Ran:
    done = subprocess.run(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout)


def install(file: Path, folder: Path) -> BuiltEnvironment | EnvironmentProblem:
    """Build the environment with its home in a folder, and its lock beside the file."""
    folder.mkdir(exist_ok=True)
    script = folder / "facts.py"
    script.write_text(FACTS)
    shop = Workshop(folder / "envs", run, lambda _: None, script)
    return install_conda(resolved(file), (file.parent / "locks",), shop)


def built(file: Path, folder: Path) -> BuiltEnvironment:
    outcome = install(file, folder)
    assert isinstance(outcome, BuiltEnvironment), outcome
    return outcome


def test_its_programs_are_backends_of_nox() -> None:
    assert set(CONDA_TOOLS) <= set(ALL_VENVS)


@pytest.mark.parametrize("tool", CONDA_TOOLS)
def test_the_file_is_built_once_and_locked(
    channel: Channel, file: Path, tmp_path: Path, tool: str
) -> None:
    channel.install(tool)
    channel.offer(pip=["h5py-3.10.0", "tf_keras-2.16.0"])
    environment = built(file, tmp_path / "home")
    prefix = tmp_path / "home" / "envs" / "ours-py3.11"
    assert environment.prefix == environment.base_prefix == prefix
    assert dict(environment.versions)["tensorflow"] == "2.16.1"
    assert channel.calls == [
        [tool, "env", "create", "--quiet", "--prefix", str(prefix), "--file", str(file)]
    ]
    lock = lock_path(tmp_path / "locks", resolved(file)).read_text()
    assert lock.splitlines()[3:] == [
        "# python: 3.11",
        f"# platform: {current_platform()}",
        f"# resolve: {tool}, on {date.today()}",  # noqa: DTZ011  (as in the lock)
        "# asked for: environment.yml",
        "# from pip: h5py==3.10.0 tf_keras==2.16.0",
        "@EXPLICIT",
        *(f"{one['url']}#{one['md5']}" for one in PACKAGES),
    ]
    assert not list(find_damage(prefix))
    assert built(file, tmp_path / "home") == environment
    assert len(channel.calls) == 1


def test_elsewhere_the_lock_is_installed_and_is_the_same_environment(
    channel: Channel, file: Path, tmp_path: Path
) -> None:
    channel.install("conda")
    channel.offer(pip=["h5py-3.10.0"])
    first = built(file, tmp_path / "one")
    second = built(file, tmp_path / "two")
    assert second.digest == first.digest
    lock = lock_path(tmp_path / "locks", resolved(file))
    prefix = str(tmp_path / "two" / "envs" / "ours-py3.11")
    assert channel.calls[1:] == [
        ["conda", "create", "--quiet", "--prefix", prefix, "--file", str(lock)],
        ["pip", "install", "--quiet", "--no-input", "--no-deps", "h5py==3.10.0"],
    ]


def test_a_changed_file_is_another_environment(
    channel: Channel, file: Path, tmp_path: Path
) -> None:
    channel.install("conda")
    first = built(file, tmp_path / "home")
    file.write_text(FILE + "  - h5py\n", encoding="utf-8")
    assert check_lock(resolved(file), (tmp_path / "locks",)).state == "stale"
    assert built(file, tmp_path / "home").digest != first.digest
    assert check_lock(resolved(file), (tmp_path / "locks",)).state == "current"


def test_what_it_measured_is_known_without_it(channel: Channel, file: Path, tmp_path: Path) -> None:
    channel.install("conda")
    environment = built(file, tmp_path / "home")
    record = environment_record(environment.environment, environment)
    assert (record.resolve, record.python) == ("conda", "3.11")
    shutil.rmtree(tmp_path / "home")
    project = make_project(tmp_path / "matrix.yaml", Home(tmp_path / "home"))
    assert identity_of(resolved(file), project) == environment.digest
    known = {environment.digest: record}
    assert recall(resolved(file), project, known.get) == environment


def test_what_conda_cannot_resolve_is_reported_in_its_words(
    channel: Channel, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    channel.install("mamba")
    channel.offer(complaint="LibMambaUnsatisfiableError: nothing provides tensorflow 2.16*")
    problem = install(file, tmp_path / "home")
    assert isinstance(problem, EnvironmentProblem)
    assert problem.cause is EnvironmentCause.RESOLVE_FAILED
    assert problem.message == "mamba cannot create the environment of 'environment.yml'"
    assert problem.advice == (
        "`mamba env create --file environment.yml` says the same outside of crossload"
    )
    assert "nothing provides tensorflow 2.16*" in problem.log_tail
    assert not (tmp_path / "locks").exists()


def test_without_conda_the_row_says_what_to_install(channel: Channel, file: Path) -> None:
    environment = resolved(file)
    assert channel.calls == []
    assert environment.id == "ours-py3.11"
    assert environment.problem is not None
    assert environment.problem.cause is EnvironmentCause.MISSING_TOOL
    assert environment.problem.message == (
        "'ours' needs conda, mamba or micromamba, and none of them was found"
    )


def test_it_is_not_locked_by_uv(channel: Channel, file: Path, tmp_path: Path) -> None:
    channel.install("conda")
    problem = make_lock(replace(resolved(file)), tmp_path)
    assert isinstance(problem, EnvironmentProblem)
    assert problem.advice == "run `crossload envs build ours`"
