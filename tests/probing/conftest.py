"""Benches with and without the sandbox; a missing sandbox skips with its reason."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.probing import deaths
from crossload.runner.sandbox.containment import Sandbox, detect_sandbox, uncontained
from crossload.runner.words import JobStatus
from tests.probing.bench import FAULTS, SMALL, Bench


def best_sandbox() -> Sandbox:
    found = detect_sandbox()
    if not found.contained:
        pytest.skip(f"no sandbox: {found.findings[0].found}")
    return found


@pytest.fixture(params=["contained", "uncontained"], scope="session")
def any_sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return best_sandbox() if request.param == "contained" else uncontained()


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return best_sandbox()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench without a sandbox, for everything that is not about containment."""
    return Bench(tmp_path, uncontained())


@pytest.fixture
def any_bench(tmp_path: Path, any_sandbox: Sandbox) -> Bench:
    return Bench(tmp_path, any_sandbox)


@pytest.fixture
def safe_bench(tmp_path: Path, sandbox: Sandbox) -> Bench:
    return Bench(tmp_path, sandbox)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        metafunc.parametrize("fault", FAULTS, ids=lambda fault: fault.model)


@pytest.fixture(scope="session")
def fault_bench(any_sandbox: Sandbox) -> Iterator[Bench]:
    """Every fault once, over a few workers that go on to healthy jobs; costs some seconds.

    Only the endless ones have little time: on a busy machine the others would run out of it too.
    """
    endless = [fault.model for fault in FAULTS if fault.status is JobStatus.TIMED_OUT]
    ending = [fault.model for fault in FAULTS if fault.status is not JobStatus.TIMED_OUT]
    with tempfile.TemporaryDirectory(prefix="crossload-faults-") as folder:
        bench = Bench(Path(folder), any_sandbox)
        groups = [ending[start::4] for start in range(4)]
        tasks = [
            bench.task(f"env{number}", [*models, f"fine-{number}"])
            for number, models in enumerate(groups)
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(deaths, "MAX_SCRATCH_ENTRIES", 2000)  # for speed
            bench.run(*tasks, jobs=4)
        bench.limits = replace(SMALL, wall_seconds=2)
        bench.run(*(bench.task(f"endless-{model}", [model]) for model in endless), jobs=2)
        yield bench
