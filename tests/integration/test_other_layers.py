"""Layers that another Keras computes differently, or does not have, loaded with one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import ROOT
from tests.integration.drivers import printed

DRIVER = ROOT / "tests" / "probes" / "fixtures" / "layers_driver.py"
TOLERANCE = 1e-5
OLD, TODAY = ("keras2.3.1-tf1.15", "keras"), ("tf2.21", "tensorflow")
BILINEAR = ("bilinear", "bilinear-open", "bilinear-3")
pytestmark = pytest.mark.integration


def loaded(
    folder: Path, saver: tuple[str, str], loader: tuple[str, str], *names: str
) -> dict[str, Any]:
    """What the loader answers for these models of the saver."""
    printed(saver[0], DRIVER, "save", folder, saver[1], *names)
    return printed(loader[0], DRIVER, "load", folder, loader[1], *names)


@pytest.mark.parametrize("loader", [TODAY, ("tf1.15", "tensorflow")], ids=lambda one: one[0])
def test_bilinear_pixels_are_where_standalone_keras_placed_them(
    tmp_path: Path, loader: tuple[str, str]
) -> None:
    answers = loaded(tmp_path, OLD, loader, *BILINEAR)
    assert set(answers) == set(BILINEAR)
    wrong = {name: one for name, one in answers.items() if not max(one.values()) < TOLERANCE}
    assert wrong == {}


def test_standalone_keras_does_not_load_what_it_would_compute_differently(tmp_path: Path) -> None:
    answers = loaded(tmp_path, ("tf1.15", "tensorflow"), OLD, "bilinear")
    assert "samples other points" in answers["bilinear"]["refused"]
