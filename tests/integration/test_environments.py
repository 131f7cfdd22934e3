"""Real builds: small ones for every way it can go, and one TensorFlow."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments import installing
from crossload.runner.environments.building import BuildOptions, build_all, present, remove
from crossload.runner.environments.installing import Ran, Workshop, install
from crossload.runner.environments.interpreters import find_interpreters
from crossload.runner.environments.locking import ensure_lock, make_lock
from crossload.runner.environments.model import BuiltEnvironment, Environment, Lock
from crossload.runner.environments.project import Project, load_environments, make_project
from crossload.runner.environments.resolving import resolve_environments
from crossload.runner.home import Home
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause

pytestmark = pytest.mark.integration

TENSORFLOW = 'environments: {tf2.15: {tensorflow: "2.15.1"}}\n'


def project_in(folder: Path, matrix: str) -> tuple[Project, Environment]:
    (folder / "matrix.yaml").write_text(matrix)
    project = make_project(folder / "matrix.yaml", Home(folder / "home"))
    project.home.prepare()
    (one,) = load_environments(project)
    if one.problem is not None:
        pytest.skip(one.problem.message)
    return project, one


def six(tmp_path: Path, python: str = "auto") -> tuple[Project, Environment, Lock]:
    """An environment without a framework: as small as it gets, and its import check fails."""
    spec = EnvironmentSpec(name="six", python=python, packages={"six": "1.16.0"})
    (one,) = resolve_environments([spec], find_interpreters(tmp_path / "interpreters.json"))
    project = make_project(tmp_path / "matrix.yaml", Home(tmp_path / "home"))
    lock = make_lock(one, tmp_path / "locks")
    assert isinstance(lock, Lock), lock
    return project, one, lock


def built_in(results: Sequence[BuiltEnvironment | EnvironmentProblem]) -> BuiltEnvironment:
    (outcome,) = results
    assert isinstance(outcome, BuiltEnvironment), outcome
    return outcome


def build(project: Project, one: Environment) -> list[BuiltEnvironment | EnvironmentProblem]:
    return [result.outcome for result in build_all([one], project, BuildOptions())]


def test_a_lock_of_a_real_package_is_reproducible(tmp_path: Path) -> None:
    _, one, lock = six(tmp_path)
    assert lock.requirements == (("six", "1.16.0"),)
    again = make_lock(one, tmp_path / "again")
    assert isinstance(again, Lock)
    assert again.digest == lock.digest


def test_a_version_that_does_not_exist_is_named(tmp_path: Path) -> None:
    spec = EnvironmentSpec(name="it", packages={"six": "99.0.1"})
    (one,) = resolve_environments([spec], find_interpreters(tmp_path / "interpreters.json"))
    problem = make_lock(one, tmp_path / "locks")
    assert isinstance(problem, EnvironmentProblem)
    assert problem.message.startswith("'six==99.0.1', which 'it-py3.")


def test_an_import_that_fails_is_a_result_and_is_kept(tmp_path: Path) -> None:
    project, one, lock = six(tmp_path)
    said: list[str] = []
    shop = Workshop(project.home.envs, run_directly, said.append)
    first = install(one, lock, shop)
    assert isinstance(first, EnvironmentProblem)
    assert first.cause is EnvironmentCause.IMPORT_FAILED
    assert "ModuleNotFoundError: No module named 'numpy'" in first.message
    assert install(one, lock, shop) == first
    assert said[-1] == f"{one.id} is up to date"
    python = project.home.envs / one.id / "bin" / "python"
    subprocess.run([python, "-I", "-c", "import six"], check=True)


def test_without_uv_the_stand_ins_build_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, one, lock = six(tmp_path, python="3.11")
    if one.problem is not None:
        pytest.skip(one.problem.message)
    monkeypatch.setattr(installing, "uv_command", lambda: None)
    outcome = install(one, lock, Workshop(project.home.envs, run_directly, print))
    assert isinstance(outcome, EnvironmentProblem)
    assert outcome.cause is EnvironmentCause.IMPORT_FAILED
    python = project.home.envs / one.id / "bin" / "python"
    subprocess.run([python, "-I", "-c", "import six"], check=True)


def run_directly(command: Sequence[str], variables: Mapping[str, str]) -> Ran:
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    return Ran(done.returncode, done.stdout + done.stderr)


def test_a_changed_hash_is_refused(tmp_path: Path) -> None:
    project, one = project_in(tmp_path, TENSORFLOW)
    lock = ensure_lock(one, project.lock_folders)
    assert isinstance(lock, Lock)
    text = lock.path.read_text()
    broken = tmp_path / "locks" / lock.path.parent.name / lock.path.name
    broken.parent.mkdir(parents=True, exist_ok=True)
    header = text[: text.index("\nabsl-py==") + 1]
    broken.write_text(f"{header}six==1.16.0 --hash=sha256:{'0' * 64}\n")
    (problem,) = build(project, one)
    assert isinstance(problem, EnvironmentProblem)
    assert problem.cause is EnvironmentCause.HASH_MISMATCH
    assert not (project.home.envs / one.id / "crossload.json").exists()


def test_a_real_tensorflow_is_built_kept_repaired_and_removed(tmp_path: Path) -> None:
    project, one = project_in(tmp_path, TENSORFLOW)
    with ThreadPoolExecutor(2) as pool:  # two builders of one environment
        first, second = pool.map(lambda _: built_in(build(project, one)), range(2))
    assert first == second
    versions = dict(first.versions)
    assert versions["tensorflow"] == "2.15.1"
    assert versions["keras"] == "2.15.0"
    assert versions["numpy"].startswith("1.26")

    assert present(one, project) == first
    assert "is up to date" in nox(project, one)

    (site,) = (first.prefix / "lib").glob("python*/site-packages")
    shutil.rmtree(site / "keras")
    assert present(one, project) is None
    assert "rebuilding it" in nox(project, one)
    assert (site / "keras").is_dir()
    assert isinstance(present(one, project), BuiltEnvironment)

    assert remove(project, one.id, print)
    assert present(one, project) is None


def nox(project: Project, one: Environment) -> str:
    """Run the clone's own noxfile with the nox command, from elsewhere."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [Path(sys.executable).with_name("nox"), "-f", root / "noxfile.py", "-s", f"env({one.id})"],
        env={**os.environ, **project.variables(), "NO_COLOR": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout + done.stderr
