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
LOCAL = (
    *("local1-2", "local1-3", "local2-2", "local2-3"),
    *("local1-1-first", "local1-2-first", "local2-1-first", "local2-2-first", "local2-3-first"),
)
NORMS = ("groups", "instances", "roots", "unit", "spectral")
pytestmark = pytest.mark.integration


def loaded(
    folder: Path, saver: tuple[str, str], loader: tuple[str, str], *names: str
) -> dict[str, Any]:
    """What the loader answers for these models of the saver."""
    printed(saver[0], DRIVER, "save", folder, saver[1], *names)
    return printed(loader[0], DRIVER, "load", folder, loader[1], *names)


def assert_equal(answers: dict[str, Any], names: tuple[str, ...]) -> None:
    assert set(answers) == set(names)
    wrong = {
        name: one
        for name, one in answers.items()
        if set(one) != {"gap", "again"} or max(one.values()) > TOLERANCE
    }
    assert wrong == {}


def test_every_kernel_of_locally_connected_layers_is_carried_to_keras_3(tmp_path: Path) -> None:
    assert_equal(loaded(tmp_path, ("tf2.15", "tensorflow"), TODAY, *LOCAL), LOCAL)


@pytest.mark.parametrize("loader", ["tf2.3-h5py2", "tf2.10"])
def test_newer_normalizations_are_older_layers_and_operations(tmp_path: Path, loader: str) -> None:
    assert_equal(loaded(tmp_path, TODAY, (loader, "tensorflow"), *NORMS), NORMS)


@pytest.mark.parametrize("loader", [TODAY, ("tf1.15", "tensorflow")], ids=lambda one: one[0])
def test_bilinear_pixels_are_where_standalone_keras_placed_them(
    tmp_path: Path, loader: tuple[str, str]
) -> None:
    assert_equal(loaded(tmp_path, OLD, loader, *BILINEAR), BILINEAR)


def test_standalone_keras_does_not_load_what_it_would_compute_differently(tmp_path: Path) -> None:
    answers = loaded(tmp_path, ("tf1.15", "tensorflow"), OLD, "bilinear")
    assert "samples other points" in answers["bilinear"]["refused"]
