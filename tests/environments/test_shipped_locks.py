"""The shipped matrix and its locks fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crossload.runner.config.load import load_matrix
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.frameworks import load_frameworks
from crossload.runner.environments.locking import read_lock
from crossload.runner.environments.project import known_models
from crossload.runner.environments.requirements import wish_digest
from crossload.runner.environments.resolving import supported_pythons
from crossload.runner.shipped import shipped_path

PLATFORM = "linux-x86_64"
MATRIX = load_matrix(shipped_path("matrix.yaml"), known_models=known_models())
QUICK = MATRIX.profiles["quick"].environments
LOCKS = sorted((shipped_path("locks") / PLATFORM).glob("*.txt"))


def wanted() -> Iterator[tuple[EnvironmentSpec, str]]:
    for spec in MATRIX.environments:
        supported = supported_pythons(spec, load_frameworks()) or ()
        pythons = [one for one in supported if one in {"3.10", "3.11", "3.12", "3.13"}]
        if spec.python != "auto":
            pythons = [spec.python]
        elif spec.name not in QUICK:
            pythons = pythons[-1:]
        yield from ((spec, python) for python in pythons)


WANTED = {spec.id_with(python): (spec, python) for spec, python in wanted()}


def test_every_shipped_environment_has_a_current_lock() -> None:
    for name, (spec, python) in WANTED.items():
        lock = read_lock(shipped_path("locks") / PLATFORM / f"{name}.txt")
        assert lock is not None, name
        assert lock.spec_digest == wish_digest(spec, python, PLATFORM, load_frameworks()), name
        assert len(lock.requirements) >= 8, name


def test_there_is_no_lock_without_an_environment() -> None:
    assert {path.stem for path in LOCKS} == set(WANTED)


def test_a_lock_has_a_hash_for_every_package_and_no_address() -> None:
    for path in LOCKS:
        text = path.read_text()
        assert "://" not in text, path
        assert not re.search(r"/(home|root|tmp|work|Users)/", text), path
        blocks = re.split(r"\n(?=\S)", text.split("# built from source")[1])[1:]
        assert [one for one in blocks if "--hash=sha256:" not in one] == [], path


def test_the_quick_profile_crosses_the_border_on_python_3_13_alone() -> None:
    names = [
        spec.name
        for spec in MATRIX.environments
        if spec.name in QUICK and "3.13" in (supported_pythons(spec, load_frameworks()) or ())
    ]
    assert names == ["tf2.21-tfkeras", "tf2.21"]
