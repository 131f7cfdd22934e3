"""Reference models rebuilt in real environments from the architecture in their files, both ways."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from crossload.cli.plan import PlannedEnvironment
from tests.integration.conftest import HOME
from tests.probes.worker_driver import VARIABLES

DRIVER = Path(__file__).parent / "fixtures" / "rebuild_driver.py"
TOLERANCE = 1e-5
MODELS = (
    *("functional-io", "conv-bn", "lstm", "rnn-options", "gru-reset-before", "depthwise"),
    *("embedding-masking", "activations", "attention", "merges", "operators", "normalisations"),
    *("custom-activation", "custom-layer", "rnn-custom-cell", "nested-outputs", "nested"),
    *("shared-submodel", "bidirectional", "mobilenet-block", "multi-head-attention"),
    "normalization-adapted",
)
# HDF5 has no place for a vocabulary that was learned; TF 2.3 had other arguments for all of these.
LEARNED = ("string-lookup", "text-vectorization", "integer-lookup")
HARD = ("hard-gates", "hard-images", "hard-activation")
PAIRS = (
    ("tf1.15-py3.7", "tf2.21-py3.13"),
    ("tf2.3-h5py2-py3.8", "tf2.21-py3.13"),
    ("tf2.15-py3.11", "tf2.21-py3.13"),
    ("tf2.21-py3.13", "tf2.15-py3.11"),
    ("tf2.21-py3.13", "tf2.3-h5py2-py3.8"),
)
# Layers that are younger than an environment, or could not be saved by it.
MISSING = {"normalisations", "multi-head-attention", "attention", "normalization-adapted"}
MISSING |= set(LEARNED)
# How a layer is refused that an environment lacks, and grouped convolutions on a CPU by TF 2.3.
REFUSALS = ("no layer", "does not support grouped convolutions on the CPU")
pytestmark = pytest.mark.integration


def run(environment: str, *arguments: str) -> dict[str, Any]:
    """What the driver answers in that environment, by the name of the model."""
    python = HOME / "envs" / environment / "bin" / "python"
    done = subprocess.run(
        [python, "-B", DRIVER, *arguments],
        env={**VARIABLES, "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("file_format", ["h5", "keras"])
@pytest.mark.parametrize(("saver", "loader"), PAIRS, ids=lambda one: str(one).partition("-")[0])
def test_models_answer_the_same_where_they_are_rebuilt_from_their_own_file(
    built: dict[str, PlannedEnvironment],
    tmp_path: Path,
    saver: str,
    loader: str,
    file_format: str,
) -> None:
    for environment in (saver, loader):
        if environment not in built or built[environment].state != "built":
            pytest.skip(f"{environment!r} cannot be built here: `crossload doctor` says why")
    learned = file_format == "keras" and not loader.startswith("tf2.3")
    models = (*MODELS, *HARD, *(LEARNED if learned else ()))
    saved = run(saver, "save", str(tmp_path), file_format, *models)
    names = [name for name in models if "error" not in saved[name]]
    assert {name for name in models if name not in names} < MISSING
    found = run(loader, "load", str(tmp_path), file_format, *names)
    wrong = {
        name: answer
        for name, answer in found.items()
        if answer.get("difference") is None or answer["difference"] > TOLERANCE
    }
    refused = {
        name
        for name, answer in wrong.items()
        if any(words in answer.get("error", "") for words in REFUSALS)
    }
    assert refused <= MISSING
    assert {name: wrong[name] for name in wrong if name not in refused} == {}
    again = {name: found[name].get("again") for name in HARD}
    assert all(gap is not None and gap < TOLERANCE for gap in again.values()), again
    crossed = [name for name in names if found[name].get("changes")]
    assert len(crossed) > len(names) // 2
