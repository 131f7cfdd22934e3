"""Fixtures for the probes: their modules, a worker around a toy framework, real interpreters."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from crossload.cli.plan import PlanDocument, PlannedEnvironment
from tests.conftest import path_of_python
from tests.integration.conftest import HOME, crossload
from tests.probes.real_frameworks import KERAS2, KERAS3, OTHERS, Start
from tests.probes.worker_driver import PROBES, WorkerDriver

FAKE = Path(__file__).parent / "fixtures" / "fake"


@pytest.fixture(scope="session")
def probe() -> Callable[[str], ModuleType]:
    """Import a module of the probe into this process by its name within the package."""
    if str(PROBES) not in sys.path:
        sys.path.append(str(PROBES))
    return lambda name: importlib.import_module(f"crossload_probe.{name}")


@pytest.fixture(scope="session")
def toy_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter in whose environment `keras` is the toy of the fixtures."""
    prefix = tmp_path_factory.mktemp("toy")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(prefix)], check=True)
    (site,) = prefix.glob("lib/python*/site-packages")
    (site / "toy.pth").write_text(f"{FAKE}\n{Path(np.__file__).parent.parent}\n")
    return prefix / "bin" / "python"


@pytest.fixture
def start_toy(toy_python: Path, tmp_path: Path) -> Iterator[Callable[..., WorkerDriver]]:
    """Start a worker around the toy, told how to misbehave; ended with the test."""
    started: list[WorkerDriver] = []

    def start(order: str = "") -> WorkerDriver:
        driver = WorkerDriver(
            toy_python,
            tmp_path / f"scratch-{len(started)}",
            api="keras",
            KERAS_BACKEND="theano",
            CROSSLOAD_FAKE=order,
        )
        started.append(driver)
        return driver

    yield start
    for driver in started:
        driver.close()


@pytest.fixture(scope="session")
def interpreter(known_interpreters: Path) -> Callable[[int, int], Path]:
    """Path of a real Python of that version; skips where this machine has none."""

    return partial(path_of_python, known_interpreters)


@pytest.fixture(scope="module")
def built() -> dict[str, PlannedEnvironment]:
    """The environments of these tests by id, built where that is possible."""
    names = [one.rpartition("-py")[0] for one in (*KERAS2, *KERAS3, *OTHERS)]
    crossload(PROBES.parent, "envs", "build", *names)
    plan = crossload(PROBES.parent, "plan", "--profile", "full", "--json").stdout
    return {one.id: one for one in PlanDocument.model_validate_json(plan).environments}


@pytest.fixture(scope="module")
def start(
    built: dict[str, PlannedEnvironment], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Start]:
    """A running worker of an environment; one for each, shared by the tests of this file."""
    running: dict[str, WorkerDriver] = {}

    def get(environment: str) -> WorkerDriver:
        python = HOME / "envs" / environment / "bin" / "python"
        if environment not in built or built[environment].state != "built":
            pytest.skip(f"{environment!r} cannot be built here: `crossload doctor` says why")
        if environment not in running:
            scratch = tmp_path_factory.mktemp("scratch")
            legacy = {"TF_USE_LEGACY_KERAS": "1"} if "tfkeras" in environment else {}
            running[environment] = WorkerDriver(python, scratch, **legacy)
        return running[environment]

    yield get
    for worker in running.values():
        worker.close()
