"""How far an environment is from what wrote a file, in numbers."""

from __future__ import annotations

import pytest

from crossload.runner.atlas import Atlas
from crossload.runner.checking.candidates import distance
from tests.checking.examples import inspection


@pytest.mark.parametrize(
    ("keras", "backend", "environment", "far"),
    [
        ("2.10.0", "tensorflow", "tf2.10", 0.0),
        ("2.6.0", "tensorflow", "tf2.10", 4.0),
        ("3.0.0", "tensorflow", "tf2.10", 110.0),
        ("1.2.2", "tensorflow", "tf2.10", 10.0),
        ("2.2.4", "theano", "keras2.2.4-theano", 0.5),
        ("2.2.4", None, "keras2.2.4-theano", 10.5),
        ("2.2.4", "tensorflow", "keras2.2.4-theano", 50.5),
        (None, None, "tf2.10", 0.0),
    ],
)
def test_distance(keras: str | None, backend: str | None, environment: str, far: float) -> None:
    atlas = Atlas.load()
    (there,) = (one for one in atlas.environments if one.name == environment)
    written = inspection(keras=keras, backend=backend, generation=None)
    assert distance(written, there) == far
