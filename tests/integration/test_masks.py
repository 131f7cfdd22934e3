"""Masks, states and `training` of single calls of Keras 2, which Keras 3 treats otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.conftest import ROOT
from tests.integration.drivers import printed

DRIVER = ROOT / "tests" / "probes" / "fixtures" / "masks_driver.py"
TOLERANCE = 1e-5
pytestmark = pytest.mark.integration


@pytest.mark.parametrize("loader", ["tf2.16-keras3.0", "tf2.21"])
def test_calls_compute_what_they_computed_in_keras_2(tmp_path: Path, loader: str) -> None:
    assert printed("tf2.15", DRIVER, "save", tmp_path) == {}
    found = printed(loader, DRIVER, "load", tmp_path)
    assert {name.partition(".")[0] for name in found} == {
        *("joined", "started", "trained", "weighted")
    }
    wrong = {name: one for name, one in found.items() if one.get("gap", 1.0) > TOLERANCE}
    assert wrong == {}
