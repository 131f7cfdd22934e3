"""Models that others published: what is said of them agrees with what is known of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crossload.runner.inspection.customs import customs
from crossload.runner.inspection.model import Contents, Risk
from crossload.runner.inspection.reading import read
from crossload.runner.words import Container
from tests.wild import WILD, needs_wild

pytestmark = needs_wild


def known() -> dict[str, Any]:
    """Static facts by the name of the file."""
    if not WILD.is_dir():
        return {"(no files)": {}}
    document = json.loads((WILD / "measured.json").read_text(encoding="utf-8"))
    return {name: one["inspection"] for name, one in document["files"].items()}


FACTS = known()
HDF5 = [name for name, facts in FACTS.items() if facts.get("format") == "HDF5"]


@pytest.mark.parametrize("name", HDF5)
def test_facts_of_hdf5_files(name: str) -> None:
    facts, found = FACTS[name], read(WILD / name)
    assert found.container is Container.HDF5
    assert found.contents is (Contents.WHOLE if facts["whole_model"] else Contents.WEIGHTS)
    assert found.origin.keras == facts["keras_version"]
    assert found.origin.backend == facts["backend"]
    assert found.generation == int(facts["keras_version"][0])
    assert found.model_class == facts["model_class"]
    assert {one.class_name for one in found.objects if not one.by_name} >= set(facts["classes"])
    weights = facts["weights"]
    assert (found.weights.arrays, found.weights.values) == (weights["arrays"], weights["values"])
    assert found.training.compiled == facts["training_config"]
    assert found.training.optimizer == facts.get("optimizer")
    assert bool(found.training.slots) == facts["optimizer_weights"]


@pytest.mark.parametrize("name", HDF5)
def test_only_the_file_with_a_lambda_is_a_risk(name: str) -> None:
    expected = Risk.CODE if FACTS[name]["lambda"] else Risk.NONE
    assert read(WILD / name).risk is expected


@pytest.mark.parametrize("name", list(FACTS))
def test_nothing_in_them_is_custom(name: str) -> None:
    assert customs(read(WILD / name).objects) == ()


def test_a_savedmodel() -> None:
    found = read(WILD / "sm_kws")
    assert (found.container, found.contents) == (Container.SAVEDMODEL, Contents.WHOLE)
    assert (found.origin.tensorflow, found.origin.keras) == ("2.3.2", "2.4.0")
    assert (len(found.layers), found.training.optimizer) == (33, "Adam")
    assert found.signatures[-1] == "serving_default"
    assert found.findings == ()
