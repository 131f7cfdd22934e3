"""Scripts that a test runs in an environment of the shipped matrix, and what they print.

Owns finding that environment's interpreter, and the process.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import HOME, ROOT, crossload


@cache
def python(name: str) -> Path:
    """The interpreter of an environment of the shipped matrix, which is built where it is not."""
    found = sorted((HOME / "envs").glob(f"{name}-py*/bin/python"))
    if not found:
        built = crossload(ROOT, "envs", "build", name)
        found = sorted((HOME / "envs").glob(f"{name}-py*/bin/python"))
        if not found:
            pytest.skip(f"{name!r} cannot be built here: {built.stderr[-300:]}")
    return found[0]


def printed(name: str, driver: Path, *arguments: str | Path) -> dict[str, Any]:
    """The JSON in the last line that a script prints in the environment of that name."""
    done = subprocess.run(
        [python(name), "-B", driver, *arguments],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
