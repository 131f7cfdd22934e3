"""What a file may lack because its writer never saves it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.atlas import Atlas
from crossload.runner.inspection.model import (
    Contents,
    Inspection,
    ObjectFact,
    Origin,
    Role,
    Training,
)
from crossload.runner.prediction.unwritten import unwritten
from crossload.runner.words import Container


def file(keras: str, name: str, *keys: str, role: Role = Role.LAYER) -> Inspection:
    return Inspection(
        container=Container.KERAS_ZIP,
        contents=Contents.WHOLE,
        generation=int(keras[0]),
        origin=Origin(keras=keras),
        objects=(ObjectFact("/config/layers/1", role, name, keys=("name", *keys)),),
    )


def test_an_argument_that_the_writer_takes_and_drops_is_named() -> None:
    (text,) = unwritten(file("3.1.1", "Conv2DTranspose", "filters"), Atlas.load())
    assert text == (
        "Keras 3.1 does not save output_padding of Conv2DTranspose: if yours was not the default, "
        "the loaded model is another one"
    )


class Gap(Atlas):
    """The atlas as if Keras 3.7 to 3.9 had not been examined."""

    def __init__(self) -> None:
        whole = Atlas.load()
        super().__init__(whole._index, whole._lines)
        left_out = ("3.7.", "3.8.", "3.9.")
        self.environments = tuple(
            one for one in whole.environments if not one.keras.startswith(left_out)
        )


def test_a_version_between_two_is_judged_by_the_older_one() -> None:
    (text,) = unwritten(file("3.9.0", "Conv2DTranspose", "filters"), Gap())
    assert text.startswith("Keras 3.6, the nearest version examined, does not save output_padding")


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(file("3.1.1", "Conv2DTranspose", "output_padding"), id="it is there"),
        pytest.param(file("3.15.1", "Conv2DTranspose", "filters"), id="a version that writes it"),
        pytest.param(file("2.15.0", "Conv2DTranspose", "filters"), id="another generation"),
        pytest.param(file("3.1.1", "LSTM", "units"), id="dropped because it means nothing"),
        pytest.param(file("3.1.1", "Own", "units"), id="no class of Keras"),
    ],
)
def test_what_is_written_or_means_nothing_is_not_named(found: Inspection) -> None:
    assert unwritten(found, Atlas.load()) == ()


def test_who_did_not_say_its_version_is_not_judged() -> None:
    found = replace(file("3.1.1", "Conv2DTranspose", "filters"), origin=Origin())
    assert unwritten(found, Atlas.load()) == ()


def test_what_only_training_needs_is_said_of_compiled_models() -> None:
    found = file("3.1.1", "Dense", "units")
    assert unwritten(found, Atlas.load()) == ()
    compiled = replace(found, training=Training(compiled=True))
    (text,) = unwritten(compiled, Atlas.load())
    assert "activity_regularizer of Dense" in text
    assert unwritten(compiled, Atlas.load(), outputs_only=True) == ()
