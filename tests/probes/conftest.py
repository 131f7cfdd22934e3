"""Fixtures for the probes: their modules, a worker around a toy framework, real interpreters."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import findpython
import numpy as np
import pytest

from tests.probes.worker_driver import PROBES, WorkerDriver

FAKE = Path(__file__).parent / "fixtures" / "fake"


@pytest.fixture(scope="session")
def probe() -> Callable[[str], ModuleType]:
    """Import a probe module into this process by its name, as the worker would."""
    if str(PROBES) not in sys.path:
        sys.path.append(str(PROBES))
    return importlib.import_module


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
def interpreter() -> Callable[[int, int], Path]:
    """Path of a real Python of that version; skips where this machine has none."""

    found = {(item.version.major, item.version.minor): item for item in findpython.find_all()}

    def find(major: int, minor: int) -> Path:
        if (major, minor) not in found:
            pytest.skip(f"no Python {major}.{minor} on this machine")
        return Path(found[major, minor].executable)

    return find
