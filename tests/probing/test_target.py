"""What probing takes over from a built environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.environments.variables import probe_variables
from crossload.runner.probing.target import ProbeTarget

BOTH = (("keras", "3.6.0"), ("tf_keras", "2.18.0"))


@pytest.mark.parametrize(
    ("options", "versions", "legacy"),
    [
        ({}, BOTH, True),
        ({}, BOTH[:1], False),
        ({"api": "keras", "keras": "3.6.0"}, BOTH, True),
        ({"api": "tf_keras", "tf_keras": "2.18.0"}, BOTH, False),
        ({"variables": {"TF_USE_LEGACY_KERAS": "1"}}, BOTH, False),
        ({"variables": {"TF_USE_LEGACY_KERAS": "0"}}, BOTH, True),
    ],
    ids=["beside", "absent", "beside-standalone", "in-use", "in-use-by-variable", "not-in-use"],
)
def test_tf_keras_is_an_alternative_only_beside_another_keras(
    options: dict[str, object], versions: tuple[tuple[str, str], ...], *, legacy: bool
) -> None:
    form = {"name": "a", "tensorflow": "2.18.0", "python": "3.12", **options}
    spec = EnvironmentSpec.model_validate(form)
    environment = Environment(id="a-py3.12", spec=spec, python="3.12", interpreter=None)
    built = BuiltEnvironment(
        environment, "digest", Path("env"), Path("env/python"), Path("base"), versions, 1.0
    )
    assert ProbeTarget.of(built, probe_variables(spec)).legacy is legacy
