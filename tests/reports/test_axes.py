"""What stands under an environment in the heading of a grid."""

from __future__ import annotations

from crossload.reports.axes import environment_note
from crossload.reports.document import EnvironmentRow
from crossload.runner.words import EnvironmentState

INSTALLED = (("tensorflow", "2.16.1"), ("keras", "3.1.1"), ("tf_keras", "2.16.0"))


def note(api: str, *more: tuple[str, str]) -> str:
    return environment_note(
        EnvironmentRow(
            "an-environment", api, "tensorflow", "3.12", "linux", "period",
            EnvironmentState.READY, (*INSTALLED, *more),
        )
    )  # fmt: skip


def test_the_keras_that_the_api_means_is_named() -> None:
    assert note("tf.keras") == "Keras 3.1.1"
    assert note("tf_keras") == "Keras 2.16.0"


def test_the_keras_that_a_variable_chooses_is_named() -> None:
    assert note("tf.keras", ("keras_in_use", "2.16.0")) == "Keras 2.16.0"
