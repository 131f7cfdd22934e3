"""The fixtures of a merge: machines, and the home that their runs go to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crossload.runner.home import Home
from tests.merging.machines import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Machine]:
    def make(name: str, minute: int = 0, command: str = "crossload run") -> Machine:
        return Machine(tmp_path / name, minute, command)

    return make


@pytest.fixture
def target(tmp_path: Path) -> Home:
    home = Home(tmp_path / "target")
    home.prepare()
    return home
