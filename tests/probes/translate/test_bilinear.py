"""Which Keras computes a bilinear UpSampling2D from the corners of the pixels."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

Probe = Callable[[str], ModuleType]
LAYER = {"class_name": "UpSampling2D", "config": {"name": "up", "interpolation": "bilinear"}}
STANDALONE = SimpleNamespace(api="keras", keras_version=(2, 3), is_keras3=False)
TODAY = SimpleNamespace(api="tf.keras", keras_version=(3, 14), is_keras3=True)


@pytest.mark.parametrize(
    ("version", "corners"),
    [("2.3.1", True), ("2.2.4", True), ("2.2.4-tf", False), ("2.4.3", False), (None, False)],
)
def test_it_depends_on_the_saver_and_on_the_keras_here(
    probe: Probe, version: str | None, *, corners: bool
) -> None:
    concerns = probe("translate.bilinear").concerns
    assert concerns(TODAY, version, LAYER) is corners
    assert concerns(STANDALONE, version, LAYER) is not corners
    nearest = {"class_name": "UpSampling2D", "config": {"interpolation": "nearest"}}
    assert concerns(TODAY, version, nearest) is False


def test_it_is_refused_by_name_where_this_keras_samples_other_points(probe: Probe) -> None:
    maker = SimpleNamespace(framework=STANDALONE, version="2.15.0")
    with pytest.raises(probe("translate.plain").NotTranslated, match="layer 'up': a bilinear"):
        probe("translate.bilinear").find(maker, LAYER)


def test_pixels_at_the_end_go_on_for_any_size_but_two(probe: Probe) -> None:
    maker = SimpleNamespace(framework=TODAY, version="2.3.1")
    found = probe("translate.bilinear").find(maker, LAYER)
    assert found.lengths((4, 5, 2)) == (4, 5)
    with pytest.raises(probe("translate.plain").NotTranslated, match="open shape"):
        found.lengths((None, 5, 2))
