"""The environment of the atlas that stands for one without a row."""

from __future__ import annotations

import pytest

from crossload.runner.atlas import Atlas
from crossload.runner.atlas.likeness import likeness
from crossload.runner.config.model import EnvironmentSpec


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"tensorflow": "2.15.0"}, "tf2.15"),
        ({"tensorflow": "2.16.2"}, "tf2.16"),
        ({"tensorflow": "2.18.1", "tf_keras": "2.18.0"}, "tf2.18-both"),
        ({"tensorflow": "2.16.1", "variables": {"TF_USE_LEGACY_KERAS": "1"}}, "tf2.16-legacy"),
        ({"keras": "3.15.0", "api": "keras", "backend": "torch"}, "keras3-torch"),
        ({"tensorflow": "9.1.0"}, ""),
        ({}, ""),
    ],
)
def test_the_nearest_version_of_the_same_kind_stands_for_it(
    values: dict[str, object], name: str
) -> None:
    spec = EnvironmentSpec.model_validate({"name": "it", **values})
    assert likeness(spec, Atlas.load().environments) == name
