"""The atlas of a real environment: what the probe finds there, and that it finds it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.atlas import Acceptance, Atlas, Kind, Route
from tests.integration.conftest import crossload

pytestmark = pytest.mark.integration

MATRIX = """
environments:
  tf2.15: {tensorflow: "2.15.1"}
  tf2.21: {tensorflow: "2.21.0", resolve: latest}
profiles:
  full: {environments: all}
"""


@pytest.fixture(scope="module")
def atlas_file(tmp_path_factory: pytest.TempPathFactory, environments: tuple[str, str]) -> Path:
    """The atlas of the Keras 2 and the Keras 3 of these tests."""
    del environments
    folder = tmp_path_factory.mktemp("atlas")
    (folder / "matrix.yaml").write_text(MATRIX, encoding="utf-8")
    done = crossload(folder, "atlas", "refresh", "--file", "atlas.xz")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 environments" in done.stdout
    return folder / "atlas.xz"


def test_it_finds_what_came_and_went(atlas_file: Path, environments: tuple[str, str]) -> None:
    keras_2, keras_3 = environments
    atlas = Atlas.load(atlas_file)
    assert atlas.knows(keras_2, Kind.LAYERS, "ThresholdedReLU") is True
    assert atlas.knows(keras_3, Kind.LAYERS, "ThresholdedReLU") is False
    assert atlas.argument(keras_2, Kind.LAYERS, "LSTM", "time_major").accepted
    refused = atlas.argument(keras_3, Kind.LAYERS, "LSTM", "time_major")
    assert refused.acceptance is Acceptance.REFUSED
    assert "Unrecognized keyword arguments passed to LSTM" in refused.message


def test_it_knows_that_a_key_is_taken_on_one_way_only(
    atlas_file: Path, environments: tuple[str, str]
) -> None:
    atlas = Atlas.load(atlas_file)
    subject = (environments[1], Kind.LAYERS, "Dense", "batch_input_shape", [None, 4])
    assert atlas.argument(*subject, Route.H5).accepted
    assert not atlas.argument(*subject, Route.KERAS).accepted


def test_it_knows_which_files_are_read(atlas_file: Path, environments: tuple[str, str]) -> None:
    atlas = Atlas.load(atlas_file)
    keras_2, keras_3 = (atlas.formats(one) for one in environments)
    assert keras_2.loads("savedmodel", "")
    assert not keras_3.loads("savedmodel", "")
    assert keras_2.loads("hdf5", ".keras")
    assert not keras_3.loads("hdf5", ".keras")
    assert keras_2.loads("zip", ".keras")
    assert keras_3.loads("zip", ".keras")


def test_it_agrees_with_the_shipped_one(atlas_file: Path, environments: tuple[str, str]) -> None:
    here, shipped = Atlas.load(atlas_file), Atlas.load()
    for one in environments:
        for kind in Kind:
            assert here.classes(one, kind) == shipped.classes(one, kind)
