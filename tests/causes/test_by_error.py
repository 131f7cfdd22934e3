"""Causes of an error alone: what fits, in which order, what decides, and what fits nothing."""
# ruff: noqa: E501 - a table reads best with one case on one line

from __future__ import annotations

import pytest

from crossload.runner.causes import shipped_catalogue
from crossload.runner.causes.by_error import Fit, causes_of_error, read_error

CATALOGUE = shipped_catalogue()
TRACEBACK = """\
Traceback (most recent call last):
  File "/home/me/load.py", line 3, in <module>
    model = keras.models.load_model("model.keras")
  File "/lib/keras/saving/hdf5_format.py", line 176, in load_model_from_hdf5
    f = h5py.File(filepath)
OSError: Unable to open file (file signature not found)
"""


def fits(text: str) -> tuple[Fit, ...]:
    return causes_of_error(CATALOGUE, text)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("ValueError: Unknown layer: 'TFOpLambda'.", "tensorflow-operations-as-layers"),
        ("ValueError: Unknown layer: 'Attend'. Please ensure you", "custom-class-not-given"),
        ("ValueError: Unknown layer: LayerNormalization", "layer-unknown-to-version"),
        ("ValueError: Unknown metric function: 'huber'. Please ensure", "loss-used-as-metric"),
        ("ValueError: Unknown metric function: 'f1'. Please ensure", "custom-metric-not-given"),
        ("'str' object has no attribute 'quantization_mode'", "dtype-policy-without-its-class"),
        ("TypeError: Could not locate function 'mse'. Make sure", "loss-by-text-in-hdf5"),
        ("ValueError: bad marshal data (unknown type code)", "lambda-byte-code-unreadable"),
        ("AttributeError: 'str' object has no attribute 'decode'", "h5py-3-text-attributes"),
        ("got an unexpected keyword argument 'groups'", "groups-of-convolution"),
        ("TypeError: Descriptors cannot not be created directly.", "protobuf-4-descriptors"),
        ("File format not supported: filepath=m. Keras 3 only supports V3", "savedmodel-not-read-by-keras-3"),
        ("OSError: Unable to open file (file signature not found)", "keras-zip-unknown-before-2.12"),
        ("Layer 'wide' expected 2 variables, but received 0", "keras-file-weight-paths"),
        ("No module named 'keras.src.models.functional'", "class-place-of-keras-3"),
        ("Unknown layer: 'Addons>InstanceNormalization'", "addons-class-not-given"),
        ("Unknown layer: KerasLayer", "hub-layer-not-given"),
        ("ValueError: Unknown activation function:relu6", "custom-activation-not-given"),
        ("Could not find variable dense/bias. Resource localhost does not exist", "variable-missing-in-serving"),
    ],
)  # fmt: skip
def test_the_most_likely_cause_comes_first(text: str, cause: str) -> None:
    assert fits(text)[0].cause.id == cause


MESSAGE = "Unrecognized keyword arguments passed to LSTM: {'time_major': False}"


@pytest.mark.parametrize(
    "text",
    [
        f"ValueError: {MESSAGE}",
        f"`{MESSAGE}`",
        f"```text\nValueError: {MESSAGE}\n```",
        MESSAGE.replace(" ", "\n"),
        MESSAGE.replace(" passed", "\n    passed"),
        "> ValueError: Unrecognized keyword\n> arguments passed to LSTM: {'time_major': False}",
        f"E   ValueError: {MESSAGE}",
        MESSAGE.replace("'", "\u2019"),
        MESSAGE.replace("'", "`"),
        MESSAGE.replace("'", "\\'"),
    ],
    ids=["type", "ticks", "fence", "words", "indented", "quoted", "pytest", "curly", "grave", "escaped"],
)  # fmt: skip
def test_an_error_is_read_as_people_paste_it(text: str) -> None:
    assert fits(text)[0].cause.id == "time-major-gone"


def test_no_cause_is_told_that_loading_cannot_have() -> None:
    """What the text alone settles leaves no other cause of loading; of saving it may be one."""
    assert [one.cause.id for one in fits("Unknown layer: 'BatchNormalizationV1'")] == [
        "normalization-class-of-tensorflow-1"
    ]
    found = [one.cause.id for one in fits(MESSAGE)]
    assert found == ["time-major-gone", "argument-not-in-saver"]


def test_words_alone_are_no_message() -> None:
    assert fits("the loss and metrics of the layers are silent") == ()
    assert fits("TypeError while rebuilding the outputs") == ()


def test_what_decides_between_causes_is_said() -> None:
    found = {one.cause.id: one.decides for one in fits(TRACEBACK)}
    assert found["keras-zip-unknown-before-2.12"] == "the loader has Keras before 2.12"
    assert found["keras-zip-read-as-hdf5"] == (
        "the file is a .keras file and the loader has Keras 2.12 or newer, but before 3"
    )


def test_a_type_alone_is_no_fit() -> None:
    assert fits("ValueError: the moon is full") == ()
    assert fits("KeyError: 'colour'") == ()


def test_an_error_of_loading_has_no_cause_of_saving() -> None:
    text = "__init__() got an unexpected keyword argument 'groups'"
    assert "argument-not-in-saver" in {one.cause.id for one in fits(text)}
    loading = f'  File "x.py", line 1, in load_model\n    x()\nTypeError: {text}'
    assert "argument-not-in-saver" not in {one.cause.id for one in fits(loading)}


def test_a_sentence_leaves_out_what_is_not_known() -> None:
    (first, *_) = fits("Unknown layer: 'Functional'")
    assert first.cause.sentence == (
        "since TensorFlow 2.3, files call the class Model Functional, which this version does "
        "not know"
    )


def test_the_last_of_several_errors_is_read_with_its_type() -> None:
    before = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'a'\n\n"
    error = read_error(f"{before}During handling:\n\n{TRACEBACK}")
    assert error.type == "OSError"
    assert error.message.startswith("Unable to open file (file signature not found)")
    assert read_error("keras.errors.Odd: no").type == "Odd"
    assert read_error("no type here").type == ""
