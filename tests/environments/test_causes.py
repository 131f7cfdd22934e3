"""What a tool printed, and the cause that is read from it."""

from __future__ import annotations

import pytest

from crossload.runner.environments.causes import (
    import_problem,
    install_problem,
    is_conflict,
    is_network_failure,
    resolve_problem,
    source_only_package,
)
from crossload.runner.words import EnvironmentCause, EnvironmentState

CONFLICT = (
    "error: No solution found when resolving dependencies\n"
    "  cause: Because tensorflow-cpu==2.15.1 depends on numpy>=1.23.5,<2.0.0 and you require it"
)


@pytest.mark.parametrize(
    ("printed", "cause", "state"),
    [
        pytest.param(
            "hint: we only found wheels for `x` with the following tags: `cp39`",
            EnvironmentCause.NO_WHEEL,
            EnvironmentState.IMPOSSIBLE,
            id="other tags",
        ),
        pytest.param(
            "the requested Python version (>=3.8) does not satisfy Python>=3.11",
            EnvironmentCause.NO_WHEEL,
            EnvironmentState.IMPOSSIBLE,
            id="too old a Python",
        ),
        pytest.param(
            "No space left on device (os error 28)",
            EnvironmentCause.DISK_FULL,
            EnvironmentState.UNAVAILABLE,
            id="disk",
        ),
        pytest.param(
            CONFLICT,
            EnvironmentCause.RESOLVE_FAILED,
            EnvironmentState.UNAVAILABLE,
            id="conflict",
        ),
    ],
)
def test_failed_resolutions(printed: str, cause: EnvironmentCause, state: EnvironmentState) -> None:
    problem = resolve_problem("it-py3.11", "3.11", printed)
    assert (problem.cause, problem.state) == (cause, state)
    assert problem.advice


@pytest.mark.parametrize(
    "printed",
    [
        "Because there is no version of tensorflow-cpu==2.15.99 and you require it",
        "only tensorflow-cpu<=2.21.0 is available and you require tensorflow-cpu==2.15.99, we",
    ],
)
def test_a_version_that_does_not_exist_is_named(printed: str) -> None:
    problem = resolve_problem("it-py3.11", "3.11", printed)
    assert problem.message == (
        "'tensorflow-cpu==2.15.99', which 'it-py3.11' asks for, "
        "does not exist or is newer than its `resolve` allows"
    )


def test_only_packages_that_do_not_fit_together_are_a_conflict() -> None:
    assert is_conflict(CONFLICT)
    assert not is_conflict("No solution found: there is no version of x==1")
    assert not is_conflict("something else")


@pytest.mark.parametrize(
    ("printed", "cause"),
    [
        pytest.param("error: Hash mismatch for `six`", EnvironmentCause.HASH_MISMATCH, id="uv"),
        pytest.param(
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
            EnvironmentCause.HASH_MISMATCH,
            id="pip",
        ),
        pytest.param("[Errno 28] No space left", EnvironmentCause.DISK_FULL, id="disk"),
        pytest.param("operation timed out", EnvironmentCause.INSTALL_FAILED, id="network"),
        pytest.param("gcc: not found", EnvironmentCause.INSTALL_FAILED, id="compiler"),
    ],
)
def test_failed_installs(printed: str, cause: EnvironmentCause) -> None:
    assert install_problem("it-py3.11", printed).cause is cause


def test_trying_again_helps_against_the_network_alone() -> None:
    assert is_network_failure("error sending request for url")
    assert not is_network_failure("gcc: not found")
    assert not is_network_failure("timed out, then: hash mismatch")


def test_the_last_fifteen_lines_are_kept_without_secrets() -> None:
    printed = "\n".join([*map(str, range(30)), "from https://me:secret@host/simple"])
    kept = install_problem("it-py3.11", printed).log_tail.splitlines()
    assert len(kept) == 15
    assert kept[-1] == "from https://***@host/simple"


def test_a_failed_import_names_the_error() -> None:
    problem = import_problem("it-py3.11", "TypeError: no", "")
    assert problem.message == (
        "the packages of 'it-py3.11' install, but its Keras cannot be imported: TypeError: no"
    )


@pytest.mark.parametrize(
    "printed",
    [
        "Because gast==0.2.2 has no usable wheels and tensorflow depends on it",
        "Because all of:\n    gast<=0.2\n    gast>=0.2.2\nhave no usable wheels and only",
        "hint: Wheels are required for `gast` because building from source is disabled",
    ],
)
def test_a_package_without_a_wheel_is_named(printed: str) -> None:
    assert source_only_package(printed) == "gast"


def test_wheels_of_other_pythons_name_no_package_to_build() -> None:
    assert source_only_package("we only found wheels for `gast` with the tags: `cp39`") is None
