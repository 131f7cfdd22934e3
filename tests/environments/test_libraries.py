"""Libraries of the machine under other names: found, linked, told to probes, missed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments import libraries
from crossload.runner.environments.libraries import (
    are_linked,
    find_library,
    library_folders,
    link_libraries,
    missing_library,
)
from crossload.runner.environments.marker import environment_digest
from crossload.runner.environments.model import Lock
from crossload.runner.environments.resolving import resolve_environments
from crossload.runner.environments.variables import probe_variables
from crossload.runner.words import EnvironmentCause, EnvironmentState
from tests.environments.conftest import MakeEnvironment, problem_of, this_interpreter

WANTED = {"libold.so.1": "libnew.so.40", "libolder.so": "libnewer.so.2"}
elf_only = pytest.mark.skipif(sys.platform != "linux", reason="libraries of Linux")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with both libraries, as a machine has them: a name with a number behind a link."""
    folder = tmp_path / "machine" / "lib"
    real = tmp_path / "machine" / "real"
    folder.mkdir(parents=True)
    real.mkdir()
    (real / "libnew.so.40.30").write_bytes(Path(sys.executable).read_bytes()[:64])
    (folder / "libnew.so.40").symlink_to(real / "libnew.so.40.30")
    (folder / "libnewer.so.2").write_bytes(Path(sys.executable).read_bytes()[:64])
    return folder


def find_in(folder: Path, name: str) -> Path | None:
    path = folder / name
    return path if path.exists() else None


def link(machine: Path, prefix: Path) -> None:
    link_libraries(WANTED, prefix, lambda name: find_in(machine, name))


@elf_only
def test_the_loaders_cache_is_asked_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = (("libnew.so.40", str(machine / "libnew.so.40")), ("libc.so.6", "/nowhere/libc.so.6"))
    monkeypatch.setattr(libraries, "_loader_cache", lambda: listed)
    assert find_library("libnew.so.40") == machine / "libnew.so.40"
    assert find_library("libabsent.so.9") is None


@elf_only
def test_a_library_of_another_processor_does_not_count(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = machine / "libother.so"
    head = bytearray(Path(sys.executable).read_bytes()[:64])
    head[18] ^= 0xFF  # the processor
    path.write_bytes(head)
    monkeypatch.setattr(libraries, "_loader_cache", lambda: (("libother.so", str(path)),))
    assert find_library("libother.so") is None
    path.write_text("/* GNU ld script */")
    assert find_library("libother.so") is None


def test_the_listing_of_ldconfig_is_read() -> None:
    listing = (
        "2 libs found in cache `/etc/ld.so.cache'\n"
        "\tlibmpi.so.40 (libc6,x86-64) => /lib/x86_64-linux-gnu/libmpi.so.40\n"
        "\tld-linux.so.2 (ELF, OS ABI: Linux 3.2.0) => /lib/ld linux.so.2\n"
    )
    assert list(libraries._entries(listing)) == [
        ("libmpi.so.40", "/lib/x86_64-linux-gnu/libmpi.so.40"),
        ("ld-linux.so.2", "/lib/ld linux.so.2"),
    ]


def test_links_have_the_wanted_names_and_lead_to_the_machine(machine: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "env"
    assert not are_linked(WANTED, prefix)
    link(machine, prefix)
    assert are_linked(WANTED, prefix)
    assert (prefix / "libraries" / "libold.so.1").readlink() == machine / "libnew.so.40"
    assert set(library_folders(WANTED, prefix)) == {machine, machine.parent / "real"}
    (machine / "libnewer.so.2").unlink()
    assert not are_linked(WANTED, prefix)


def test_nothing_is_made_where_nothing_is_wanted(tmp_path: Path) -> None:
    link_libraries({}, tmp_path / "env")
    assert not (tmp_path / "env").exists()
    assert are_linked({}, tmp_path / "env")
    assert library_folders({}, tmp_path / "env") == ()


def test_a_missing_library_is_named(machine: Path, tmp_path: Path) -> None:
    (machine / "libnewer.so.2").unlink()
    assert missing_library(WANTED, lambda name: find_in(machine, name)) == "libnewer.so.2"
    with pytest.raises(FileNotFoundError, match=r"libnewer\.so\.2"):
        link(machine, tmp_path / "env")


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("libmpi_cxx.so.40", "install Open MPI"),
        ("libnone.so.1", "look for the package of this system that has the file 'libnone.so.1'"),
    ],
)
def test_an_environment_without_its_library_is_unavailable(name: str, advice: str) -> None:
    spec = EnvironmentSpec.model_validate(
        {"name": "it", "tensorflow": "2.15.1", "libraries": {"libold.so.1": name}}
    )
    python = this_interpreter().minor
    (one,) = resolve_environments(
        [spec.model_copy(update={"tensorflow": None, "python": python})],
        [this_interpreter()],
        lambda _: None,
    )
    problem = problem_of(one.problem)
    assert (problem.state, problem.cause) == (
        EnvironmentState.UNAVAILABLE,
        EnvironmentCause.MISSING_LIBRARY,
    )
    assert problem.message == f"the library {name!r} was not found on this machine"
    assert problem.advice.startswith(advice)


def test_probes_look_there_before_the_folders_that_were_declared(tmp_path: Path) -> None:
    spec = EnvironmentSpec.model_validate(
        {"name": "it", "libraries": WANTED, "variables": {"LD_LIBRARY_PATH": "/opt/a:/opt/b"}}
    )
    own = str(tmp_path / "libraries")
    assert probe_variables(spec, tmp_path)["LD_LIBRARY_PATH"] == os.pathsep.join(
        (own, "/opt/a:/opt/b")
    )
    plain = spec.model_copy(update={"variables": {}})
    assert probe_variables(plain, tmp_path)["LD_LIBRARY_PATH"] == own
    assert "LD_LIBRARY_PATH" not in probe_variables(plain)


def test_the_stand_ins_are_part_of_the_digest(
    make_environment: MakeEnvironment, tmp_path: Path
) -> None:
    lock = Lock(tmp_path / "lock.txt", "d" * 64, "s" * 64, ())
    without = environment_digest(make_environment(), lock)
    first = environment_digest(make_environment(libraries=WANTED), lock)
    other = environment_digest(make_environment(libraries={"libold.so.1": "libnew.so.41"}), lock)
    assert len({without, first, other}) == 3
    assert environment_digest(make_environment(libraries={}), lock) == without
