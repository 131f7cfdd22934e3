"""Locks: made by a stand-in for uv, found again, told to be stale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments import locking
from crossload.runner.environments.locking import (
    check_lock,
    find_lock,
    lock_folders,
    make_lock,
    read_lock,
)
from crossload.runner.environments.model import Environment, Lock, current_platform
from crossload.runner.errors import StorageError
from crossload.runner.records import EnvironmentProblem
from crossload.runner.shipped import shipped_path
from crossload.runner.words import EnvironmentCause, EnvironmentState
from tests.environments.conftest import Program

FakeUv: TypeAlias = Callable[..., tuple[str, ...]]
TODAY = date(2026, 1, 2)
RESOLVED = "keras==2.15.0 \\\\\\n    --hash=sha256:aa\\nnumpy==1.26.4 \\\\\\n    --hash=sha256:bb"
SPECIFIC = "Because clang==5.0 has no usable wheels and tensorflow-cpu depends on clang"


def environment(name: str = "it", python: str = "3.11", **values: object) -> Environment:
    spec = EnvironmentSpec.model_validate({"name": name, "tensorflow": "2.15.1", **values})
    return Environment(spec.id_with(python), spec, python, None)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "_RETRY_SECONDS", (0.0, 0.0))


@pytest.fixture
def uv(program: Program, tmp_path: Path) -> FakeUv:
    """A uv that notes its arguments and requirements, then does as told."""

    def make(script: str = f"printf '{RESOLVED}\\n'") -> tuple[str, ...]:
        notes = tmp_path / "notes"
        return (str(program("uv", f'echo "$@" >> {notes}; cat >> {notes}; {script}')),)

    return make


def lock(tmp_path: Path, command: tuple[str, ...], one: Environment | None = None) -> Lock:
    made = make_lock(one or environment(), tmp_path / "locks", uv=command, today=TODAY)
    assert isinstance(made, Lock), made
    return made


def refusal(
    tmp_path: Path, command: tuple[str, ...], one: Environment | None = None
) -> EnvironmentProblem:
    problem = make_lock(one or environment(), tmp_path / "locks", uv=command, today=TODAY)
    assert isinstance(problem, EnvironmentProblem)
    assert not (tmp_path / "locks").exists()
    return problem


def test_a_lock_names_what_it_was_made_for_and_from(tmp_path: Path, uv: FakeUv) -> None:
    made = lock(tmp_path, uv())
    assert made.path == tmp_path / "locks" / current_platform() / "it-py3.11.txt"
    assert made.requirements == (("keras", "2.15.0"), ("numpy", "1.26.4"))
    text = made.path.read_text()
    assert text.startswith("# crossload lock, format 1")
    assert "# environment: it-py3.11\n" in text
    assert f"# specification: {made.spec_digest}\n" in text
    assert "# python: 3.11\n" in text
    assert "# resolve: period (releases until 2024-03-29)\n" in text
    assert "==2.15.1\n# forced on others: nothing\n" in text
    assert "# built from source: nothing\nkeras==2.15.0 \\\n" in text
    assert str(tmp_path) not in text
    assert "://" not in text


def test_uv_is_asked_for_wheels_with_hashes_of_that_python_and_time(
    tmp_path: Path, uv: FakeUv
) -> None:
    lock(tmp_path, uv())
    notes = (tmp_path / "notes").read_text()
    for option in (
        "pip compile -",
        "--python-version 3.11",
        "--generate-hashes",
        "--only-binary :all:",
        "--no-python-downloads",
        "--exclude-newer 2024-03-29",
    ):
        assert option in notes
    assert "--no-binary" not in notes


def test_equal_resolutions_give_equal_locks(tmp_path: Path, uv: FakeUv) -> None:
    assert lock(tmp_path, uv()).digest == lock(tmp_path, uv()).digest


def test_a_package_that_may_be_built_from_source_is_let_in_when_it_has_no_wheel(
    tmp_path: Path, uv: FakeUv
) -> None:
    command = uv(
        f'case "$*" in *"--no-binary clang"*) printf "{RESOLVED}\\n";; '
        f'*) echo "{SPECIFIC}" >&2; exit 1;; esac'
    )
    made = lock(tmp_path, command, environment(tensorflow="2.6.0", python="3.9"))
    assert "# built from source: clang\n" in made.path.read_text()
    assert locking.locked_source(made.path) == ("clang",)


def test_no_other_package_is_built_from_source(tmp_path: Path, uv: FakeUv) -> None:
    problem = refusal(tmp_path, uv(f'echo "{SPECIFIC}" >&2; exit 1'))
    assert problem.cause is EnvironmentCause.RESOLVE_FAILED
    assert problem.message == (
        "'it-py3.11' needs 'clang', which had no wheel at that time and must not be built from "
        "source"
    )


def test_a_pin_that_others_forbid_is_forced_and_noted(tmp_path: Path, uv: FakeUv) -> None:
    command = uv(
        'while [ "$1" != --override ]; do shift; done; '
        f'if grep -q "h5py==3.1.0" "$2"; then printf "{RESOLVED}\\n"; '
        'else echo "No solution found when resolving dependencies" >&2; exit 1; fi'
    )
    made = lock(tmp_path, command, environment(packages={"h5py": "3.1.0"}))
    assert "# forced on others: h5py==3.1.0\n" in made.path.read_text()


def test_no_matching_wheel_is_impossible(tmp_path: Path, uv: FakeUv) -> None:
    text = "keras has no wheels with a matching Python ABI tag (e.g., cp313)"
    problem = refusal(tmp_path, uv(f'echo "first\n{text}" >&2; exit 1'))
    assert problem.state is EnvironmentState.IMPOSSIBLE
    assert problem.cause is EnvironmentCause.NO_WHEEL
    assert problem.log_tail == f"first\n{text}"


def test_without_a_network_it_tries_three_times(tmp_path: Path, uv: FakeUv) -> None:
    problem = refusal(tmp_path, uv('echo "cause: dns error" >&2; exit 1'))
    assert problem.message == (
        "the packages of 'it-py3.11' could not be looked up: no package index answered"
    )
    assert (tmp_path / "notes").read_text().count("pip compile") == 3


def test_an_unknown_release_day_is_reported_with_what_to_write(tmp_path: Path, uv: FakeUv) -> None:
    problem = refusal(tmp_path, uv(), environment(tensorflow="2.99.0"))
    assert problem.message == (
        "the release day of TensorFlow 2.99.0 is not known, "
        "so 'it-py3.11' has no period to resolve in"
    )
    assert problem.advice == ("write `resolve: latest` or a day such as `resolve: '2024-03-01'`")


def test_a_folder_that_cannot_be_written_is_an_error_of_storage(tmp_path: Path, uv: FakeUv) -> None:
    (tmp_path / "locks").write_text("a file")
    with pytest.raises(StorageError, match="cannot be written"):
        make_lock(environment(), tmp_path / "locks", uv=uv(), today=TODAY)


def test_the_lock_next_to_the_matrix_comes_before_the_shipped_one(tmp_path: Path) -> None:
    folders = lock_folders(tmp_path / "matrix.yaml")
    assert folders == (tmp_path / "locks", shipped_path("locks"))


def test_a_current_lock_is_found_in_the_first_folder_that_has_one(
    tmp_path: Path, uv: FakeUv
) -> None:
    second = lock(tmp_path, uv())
    assert find_lock(environment(), (tmp_path / "none", tmp_path / "locks")) == second
    assert check_lock(environment(), (tmp_path / "locks",)).state == "current"


def test_a_lock_of_another_specification_is_stale_and_not_used(tmp_path: Path, uv: FakeUv) -> None:
    folders = (tmp_path / "locks",)
    made = lock(tmp_path, uv())
    changed = environment(packages={"h5py": "<3"})
    assert find_lock(changed, folders) is None
    status = check_lock(changed, folders)
    assert (status.state, status.path) == ("stale", made.path)
    assert check_lock(environment(name="other"), folders).state == "missing"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"keras==2.15.0\n"])
def test_what_is_not_a_lock_of_ours_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.txt").write_bytes(content)
    assert read_lock(tmp_path / "x.txt") is None
    assert read_lock(tmp_path / "absent.txt") is None
