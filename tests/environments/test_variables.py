"""The variables that a probe sees."""

from __future__ import annotations

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.variables import probe_variables


def variables(**values: object) -> dict[str, str]:
    return probe_variables(EnvironmentSpec.model_validate({"name": "it", **values}))


def test_nothing_of_this_process_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = variables(tensorflow="2.15.1")
    monkeypatch.setenv("SECRET", "x")
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    assert variables(tensorflow="2.15.1") == before
    assert before["OMP_NUM_THREADS"] == "1"


def test_the_backend_is_always_named() -> None:
    assert variables(tensorflow="2.15.1")["KERAS_BACKEND"] == "tensorflow"
    assert variables(keras="3.15.1", api="keras", backend="jax")["KERAS_BACKEND"] == "jax"
    assert variables(keras="3.15.1", api="keras", backend="jax")["JAX_PLATFORMS"] == "cpu"


def test_tf_keras_switches_tensorflow_to_it() -> None:
    assert variables(tensorflow="2.21.0", api="tf_keras")["TF_USE_LEGACY_KERAS"] == "1"
    assert "TF_USE_LEGACY_KERAS" not in variables(tensorflow="2.21.0")


def test_the_matrix_has_the_last_word() -> None:
    one = variables(tensorflow="2.15.1", variables={"OMP_NUM_THREADS": "2", "EXTRA": "yes"})
    assert (one["OMP_NUM_THREADS"], one["EXTRA"]) == ("2", "yes")
