"""What stands for layers that alter images while a model trains."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

Probe = Callable[[str], ModuleType]


def maker(probe: Probe, *, keras3: bool, from_keras3: bool) -> SimpleNamespace:
    return SimpleNamespace(
        framework=SimpleNamespace(is_keras3=keras3),
        from_keras3=from_keras3,
        changes=probe("translate.plain").Changes(),
        find_layer_class=lambda name: None if keras3 and name == "RandomHeight" else object,
    )


def test_a_crop_of_keras_2_is_resized_when_keras_3_predicts(probe: Probe) -> None:
    here = maker(probe, keras3=True, from_keras3=False)
    config = {"name": "crop", "height": 5, "width": 4, "seed": 3}
    assert probe("translate.augmenting").replaced(here, "RandomCrop", config) == (
        "Resizing",
        {"name": "crop", "height": 5, "width": 4, "crop_to_aspect_ratio": True},
    )
    assert here.changes.lost == ["RandomCrop 'crop', which alters images while the model trains"]


def test_a_random_height_that_keras_3_lacks_leaves_images_alone(probe: Probe) -> None:
    here = maker(probe, keras3=True, from_keras3=False)
    found = probe("translate.augmenting").replaced(here, "RandomHeight", {"name": "h", "factor": 1})
    assert found == ("Activation", {"activation": "linear", "name": "h"})


@pytest.mark.parametrize("sides", [(True, True), (False, False), (False, True)])
def test_what_this_keras_has_stays(probe: Probe, sides: tuple[bool, bool]) -> None:
    here = maker(probe, keras3=sides[0], from_keras3=sides[1])
    config = {"name": "crop", "height": 5, "width": 4}
    assert probe("translate.augmenting").replaced(here, "RandomCrop", config)[1] is config
    assert here.changes.lost == []
