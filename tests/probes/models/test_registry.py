"""The list of reference models that the runner reads is the one that the probes build."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from crossload.runner.models.listing import MODELS_FILE
from tests.probes.worker_driver import PROBES

Probe = Callable[[str], ModuleType]
LISTED = {
    entry["name"]: entry for entry in json.loads((PROBES / MODELS_FILE).read_text())["models"]
}


def test_the_listed_models_are_the_built_ones(probe: Probe) -> None:
    files = dict.fromkeys(entry["file"] for entry in LISTED.values())
    built = [name for file in files for name in probe(f"models.{file}").MODELS]
    assert sorted(LISTED) == sorted(built)


@pytest.mark.parametrize("name", LISTED)
def test_a_model_names_the_published_breakage_it_reproduces(probe: Probe, name: str) -> None:
    reference = probe("models.registry").find(name)
    assert "https://" in (reference.build.__doc__ or "")


@pytest.mark.parametrize("name", LISTED)
def test_exactly_the_compiled_models_have_something_to_train_on(probe: Probe, name: str) -> None:
    targets = probe("models.samples").make_targets(name)
    assert bool(targets) is LISTED[name]["compiled"]


def test_data_are_the_same_numbers_everywhere(probe: Probe) -> None:
    samples = probe("models.samples")
    (inputs,) = samples.make_inputs("dense")
    assert inputs.shape == (8, 6)
    assert inputs.dtype == np.float32
    np.testing.assert_array_equal(inputs[0, :3], np.array(FIRST_NUMBERS, dtype="float32"))
    (classes,) = samples.make_targets("conv-bn")
    assert set(classes.ravel()) == {0.0, 1.0, 2.0}


# numpy.random.RandomState(7).uniform(-1, 1): frozen over the versions of NumPy.
FIRST_NUMBERS = (-0.847383439540863, 0.5598375797271729, -0.1231815367937088)
