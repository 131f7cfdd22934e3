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
        ("UnboundLocalError: cannot access local variable 'weights_store' where it is not", "zip-without-weights"),
        ("ValueError: axes don't match array", "weight-shape-mismatch"),
        ("ValueError: Cannot create group in read only mode.", "hdf5-without-configuration"),
        ("ValueError: Could not interpret optimizer identifier: <keras.src.optimizers.adam.Adam object at 0x7f>", "packages-of-keras-mixed"),
        ("('Could not interpret optimizer identifier:', <runai.ga.keras.optimizers.Adam object at 0x7f>)", "packages-of-keras-mixed"),
        ("AttributeError: 'Adam' object has no attribute 'get_updates'", "packages-of-keras-mixed"),
        ("Only instances of `keras.Layer` can be added to a Sequential model. Received: <tensorflow_hub.keras_layer.KerasLayer", "packages-of-keras-mixed"),
        ("AttributeError: module 'tensorflow' has no attribute 'get_default_graph'", "made-for-another-tensorflow"),
        ("cannot import name 'Adam' from 'tensorflow.python.keras.optimizers'", "made-for-another-tensorflow"),
        ("ModuleNotFoundError: No module named 'keras.layers.core'", "module-of-older-keras"),
        ("Error while reading resource variable dense_1/kernel from Container: localhost. This could", "model-in-another-session"),
        ('ValueError: Tensor Tensor("dense_2/Softmax:0", shape=(?, 10)) is not an element of this graph.', "model-in-another-session"),
        ("RuntimeError: You must compile your model before training/testing. Use", "loaded-without-compiling"),
        ("WARNING:tensorflow:No training configuration found in the save file, so the model", "loaded-without-compiling"),
        ("AttributeError: 'Sequential' object has no attribute 'predict_classes'", "predict-classes-gone"),
        ("module 'tensorflow.keras' has no attribute 'load_model'", "load-model-elsewhere"),
        ("RuntimeError: (The name 'input_1' is used 2 times in the model. All layer names should be", "layer-names-repeat"),
        ("A KerasTensor cannot be used as input to a TensorFlow function. A KerasTensor is", "tensorflow-function-on-keras-tensor"),
        ("MetaGraphDef associated with tags {'serve'} could not be found in SavedModel, with", "savedmodel-with-other-tags"),
        ("ImportError: `load_model` requires h5py.", "h5py-missing"),
        ("OSError: Unable to create file (unable to lock file, errno = 11, error message", "hdf5-file-locked"),
        ("ValueError: The filepath provided must end in `.keras` (Keras model format). Received:", "saving-goes-by-suffix"),
        ("TypeError: Model.save() got an unexpected keyword argument 'save_format'", "saving-goes-by-suffix"),
        ("Kernel shape must have the same length as input, but received kernel of shape (3, 3, 3, 32) and input of shape (None, None, 224, 224, 3).", "batch-axis-twice"),
        ("Could not find variable dense/bias. Resource localhost does not exist", "variable-missing-in-serving"),
    ],
)  # fmt: skip
def test_the_most_likely_cause_comes_first(text: str, cause: str) -> None:
    assert fits(text)[0].cause.id == cause


# What TensorFlow 1.15 to 2.21 say of a layer whose dtype Keras 3 wrote as a policy.
POLICY = "{'module': 'keras', 'class_name': 'DTypePolicy', 'config': DictWrapper({'name': 'float32'}), 'registered_name': None}"
LAYER = f"TypeError: Error when deserializing class 'InputLayer' using config={{'batch_input_shape': (None, 3), 'dtype': {POLICY}, 'name': 'i'}}.\n\nException encountered: "


@pytest.mark.parametrize(
    "text",
    [
        f"{LAYER}'str' object has no attribute 'name'",
        f"{LAYER}Unknown dtype policy: 'DTypePolicy'. Please ensure you are using a `keras.utils.custom_object_scope`",
        f"{LAYER}Cannot convert the argument `type_value`: {POLICY} to a TensorFlow DType.",
        "ValueError: Unknown dtype policy: DTypePolicy",
        f"TypeError: Cannot convert the argument `type_value`: {POLICY} to a TensorFlow DType.",
        f"ValueError: `TextVectorization` may only have a dtype of string. Received dtype: {POLICY}.",
        f"TypeError: Expected DataType for argument 'dtype' not {POLICY}.",
        f"TypeError: Unsupported dtype for TensorType: {POLICY}",
        f"ValueError: Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. Received: dtype={POLICY}",
    ],
)
def test_a_policy_as_the_dtype_of_a_layer_is_recognised(text: str) -> None:
    (first, *others) = fits(text)
    assert (first.cause.id, first.decides, others) == ("dtype-policy-of-keras-3", "", [])


def test_a_policy_that_is_no_text_is_recognised_by_the_versions() -> None:
    (first, *_) = fits("AttributeError: 'str' object has no attribute 'name'")
    assert first.cause.id == "dtype-policy-of-keras-3"
    assert first.decides == "the saver has Keras 3 and the loader has Keras 2"


# What TensorFlow 2.10 says while it loads a SavedModel, and Keras 3.15 of a .keras file.
OLD_REVIVAL = """\
TypeError: Unable to revive model from config. When overriding the `get_config()`, make sure that the returned config contains all items used as arguments in the constructor to <class '__main__.Needs'>, which is the default behavior. You can override this default behavior by defining a `from_config` method to specify how to create an instance of Needs from the config.

Error encountered during deserialization:
{}"""
NEW_REVIVAL = """\
TypeError: <class '__main__.Needs'> could not be deserialized properly. Please ensure that components that are Python object instances (layers, models, etc.) returned by `get_config()` are explicitly deserialized in the model's `from_config()` method.

config={{'module': None, 'class_name': 'Needs', 'config': {{'name': 'needs'}}, 'registered_name': 'Needs'}}.

Exception encountered: Unable to revive model from config. When overriding the `get_config()` method, make sure that the returned config contains all items used as arguments in the  constructor to <class '__main__.Needs'>, which is the default behavior. You can override this default behavior by defining a `from_config(cls, config)` class method to specify how to create an instance of Needs from its config.

Received config={{'name': 'needs'}}

Error encountered during deserialization: {}"""


@pytest.mark.parametrize("text", [OLD_REVIVAL, NEW_REVIVAL], ids=["savedmodel", "keras"])
@pytest.mark.parametrize(
    "reason",
    [
        "Needs.__init__() missing 1 required positional argument: 'units'",
        "Needs.__init__() got an unexpected keyword argument 'name'",
        "('Keyword argument not understood:', 'old')",
    ],
)
def test_a_model_that_is_not_revived_is_recognised_with_the_reason(text: str, reason: str) -> None:
    (first, *_) = fits(text.format(reason))
    assert (first.cause.id, first.decides) == ("model-class-not-from-configuration", "")
    assert first.cause.sentence == (
        f"the model's class Needs cannot be created from its configuration: {reason}"
    )
    assert first.remedies[0].id == "define-get-config"
    assert fits(text.partition("When")[0])[0].cause.sentence == (
        "the model's class cannot be created from its configuration: its get_config does not "
        "return the arguments of its __init__"
    )


MESSAGE = "Unrecognized keyword arguments passed to LSTM: {'time_major': False}"


def test_a_traceback_may_begin_with_any_of_its_frames() -> None:
    text = """
  File "/lib/keras/models.py", line 1208, in from_config
    if 'class_name' not in config[0] or config[0]['class_name'] == 'Merge':
KeyError: 0
"""
    assert fits(text)[0].cause.id == "sequential-written-as-a-dictionary"
    assert fits("KeyError: 0")[0].decides
    assert fits("KeyError: 0.5") == ()


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
        f"ValueError          Traceback (most recent call last)\n----> 1 load_model()\nValueError: {MESSAGE}",
        f"12:00:00 I loading the model\n  ValueError: {MESSAGE}",
    ],
    ids=["type", "ticks", "fence", "words", "indented", "quoted", "pytest", "curly", "grave", "escaped", "notebook", "log"],
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


def test_the_type_is_read_where_no_frame_is_known() -> None:
    """A notebook and a log write no frames as Python does."""
    notebook = "KeyError     Traceback (most recent call last)\n----> 1 f()\nKeyError: 'a'"
    assert read_error(notebook).type == "KeyError"
    assert read_error("loading\nkeras.errors.OddError: no").type == "OddError"
    assert read_error("OddError: it says\nValueError: no").type == "OddError"
