"""Jobs for workers in real environments, and what their answers say; for integration tests.

The fixtures that build the environments and start the workers are in this folder's `conftest`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.probes.worker_driver import WorkerDriver

KERAS2 = ("tf2.3-h5py2-py3.8", "tf2.6-py3.9", "tf2.10-py3.10", "tf2.15-py3.11")
KERAS3 = ("tf2.18-py3.12", "tf2.21-py3.13")
OTHERS = ("tf1.15-py3.7", "tf2.18-both-py3.12")
TOLERANCE = 1e-6
SENSITIVITY = 1e-5  # how far rounding moves the outputs of any reference model
HALF = 2.0**-11  # what float16 rounds by; a saver that computes in it says so as its noise
Start = Callable[[str], WorkerDriver]


def save(worker: WorkerDriver, model: str, file_format: str) -> Path:
    name = f"{model}-{file_format}"
    answer = worker.save(name, model, file_format)
    assert answer["status"] == "done", answer["error"]
    least = HALF if model == "mixed-precision" else 0.0
    assert least <= answer["noise"] <= max(4 * least, SENSITIVITY)
    return worker.scratch / name / "bundle"


def load(
    worker: WorkerDriver, model: str, file_format: str, strategy: str, artifact: Path
) -> dict[str, Any]:
    return worker.load(f"{model}-{file_format}-load", model, file_format, strategy, artifact)


def lost(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Checks that found a difference, each with what it said."""
    assert answer["status"] == "done", answer["error"]
    return [
        (check["check"], check["detail"])
        for check in answer["checks"]
        if check["status"] in ("disagrees", "error")
        or (check["status"] == "measured" and check["difference"] > TOLERANCE)
    ]
