"""Which Keras an environment's `tf.keras` is, where a variable decides it."""

from __future__ import annotations

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.model import Environment
from crossload.runner.environments.record import _keras_in_use

BOTH = {"keras": "3.5.0", "tf_keras": "2.17.0"}


@pytest.mark.parametrize(
    ("value", "versions", "used"),
    [
        ("1", BOTH, (("keras_in_use", "2.17.0"),)),
        ("True", BOTH, (("keras_in_use", "2.17.0"),)),
        ("0", BOTH, ()),
        ("", BOTH, ()),
        (None, BOTH, ()),
        ("1", {"keras": "3.5.0"}, ()),
    ],
)
def test_keras_in_use(
    value: str | None, versions: dict[str, str], used: tuple[tuple[str, str], ...]
) -> None:
    variables = {} if value is None else {"TF_USE_LEGACY_KERAS": value}
    spec = EnvironmentSpec(name="it", tensorflow="2.17.0", variables=variables)
    assert _keras_in_use(Environment("it-py3.11", spec, "3.11", None), versions) == used
