"""When an environment counts as built, and what makes it not."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crossload.runner.environments.causes import import_problem
from crossload.runner.environments.marker import Facts, built, environment_digest, write_marker
from crossload.runner.environments.model import BuiltEnvironment, Environment, Lock
from tests.auditing import audited
from tests.environments.conftest import MakeEnvironment, Program, interpreter_of

FACTS = Facts({"python": "3.11.7", "keras": "2.15.0"}, 1.5)


@pytest.fixture
def lock(tmp_path: Path) -> Lock:
    return Lock(tmp_path / "lock.txt", "d" * 64, "s" * 64, (("six", "1.16.0"),))


@pytest.fixture
def environment(make_environment: MakeEnvironment, program: Program) -> Environment:
    """An environment whose base interpreter can be changed."""
    one = make_environment()
    base = program("base/python", "")
    return dataclasses.replace(one, interpreter=dataclasses.replace(interpreter_of(one), path=base))


@pytest.fixture
def prefix(tmp_path: Path, environment: Environment, lock: Lock) -> Path:
    prefix = tmp_path / "envs" / environment.id
    for package in ("six", "six-1.16.0.dist-info"):
        (prefix / "lib" / "python3.11" / "site-packages" / package).mkdir(parents=True)
    (prefix / "bin").mkdir()
    (prefix / "bin" / "python").symlink_to(interpreter_of(environment).path)
    write_marker(tmp_path / "envs", environment, lock, FACTS)
    return prefix


def test_a_built_environment_is_read_from_its_marker(
    tmp_path: Path, environment: Environment, lock: Lock, prefix: Path
) -> None:
    one = built(tmp_path / "envs", environment, lock)
    assert isinstance(one, BuiltEnvironment)
    assert one.digest == environment_digest(environment, lock)
    assert one.python == prefix / "bin" / "python"
    assert one.base_prefix == interpreter_of(environment).prefix
    assert one.versions == (("python", "3.11.7"), ("keras", "2.15.0"))
    assert one.import_seconds == 1.5


@dataclasses.dataclass(frozen=True)
class Place:
    """Where an environment and the interpreter it was made from are."""

    prefix: Path
    base: Path


def remove_package(place: Place) -> None:
    shutil.rmtree(place.prefix / "lib" / "python3.11" / "site-packages" / "six")


def add_package(place: Place) -> None:
    (place.prefix / "lib" / "python3.11" / "site-packages" / "evil.pth").write_text("")


def change_inside_package(place: Place) -> None:
    package = place.prefix / "lib" / "python3.11" / "site-packages" / "six"
    (package / "new.py").write_text("")
    os.utime(package, (1, 1))


def remove_marker(place: Place) -> None:
    (place.prefix / "crossload.json").unlink()


def cut_marker(place: Place) -> None:
    marker = place.prefix / "crossload.json"
    marker.write_text(marker.read_text()[:100])


def strange_marker(place: Place) -> None:
    marker = place.prefix / "crossload.json"
    marker.write_text(json.dumps({**json.loads(marker.read_text()), "versions": 3}))


def remove_python(place: Place) -> None:
    (place.prefix / "bin" / "python").unlink()


def upgrade_base(place: Place) -> None:
    place.base.write_text("another interpreter")


def remove_base(place: Place) -> None:
    place.base.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        remove_package,
        add_package,
        change_inside_package,
        remove_marker,
        cut_marker,
        strange_marker,
        remove_python,
        upgrade_base,
        remove_base,
    ],
)
def test_a_damaged_environment_needs_building(
    tmp_path: Path,
    environment: Environment,
    lock: Lock,
    prefix: Path,
    damage: Callable[[Place], None],
) -> None:
    damage(Place(prefix, interpreter_of(environment).path))
    assert built(tmp_path / "envs", environment, lock) is None


@pytest.mark.usefixtures("prefix")
def test_another_lock_needs_building(tmp_path: Path, environment: Environment, lock: Lock) -> None:
    other = dataclasses.replace(lock, digest="e" * 64)
    assert built(tmp_path / "envs", environment, other) is None


@pytest.mark.usefixtures("prefix")
def test_other_variables_need_building(
    tmp_path: Path, make_environment: MakeEnvironment, environment: Environment, lock: Lock
) -> None:
    changed = make_environment(variables={"A": "1"})
    other = dataclasses.replace(changed, interpreter=environment.interpreter)
    assert built(tmp_path / "envs", other, lock) is None


@pytest.mark.usefixtures("prefix")
def test_a_failed_import_is_kept_as_a_result(
    tmp_path: Path, environment: Environment, lock: Lock
) -> None:
    problem = import_problem(environment.id, "TypeError: no", "last words")
    write_marker(tmp_path / "envs", environment, lock, Facts({}, 0.0, problem))
    assert built(tmp_path / "envs", environment, lock) == problem


def test_the_look_at_one_environment_reads_one_file_and_one_folder(
    tmp_path: Path, environment: Environment, lock: Lock, prefix: Path
) -> None:
    packages = prefix / "lib" / "python3.11" / "site-packages"
    for index in range(150):
        (packages / f"p{index}").mkdir()
        (packages / f"p{index}" / "__init__.py").touch()
    write_marker(tmp_path / "envs", environment, lock, FACTS)
    with audited("open", "os.listdir", "os.scandir", "subprocess.Popen") as seen:
        assert built(tmp_path / "envs", environment, lock)
    opened = [path for event, path in seen if event == "open"]
    listed = [path for event, path in seen if event in ("os.listdir", "os.scandir")]
    assert opened == [str(prefix / "crossload.json")]
    assert [path for path in listed if path.startswith(str(packages))] == [str(packages)]
    assert len(seen) < 10
