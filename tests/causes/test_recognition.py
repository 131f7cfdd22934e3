"""Recognition: what real frameworks said is named rightly, what nobody knows is not named."""
# ruff: noqa: E501 - a table reads best with one case on one line

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.causes import Step, Symptoms
from crossload.runner.models.traits import ModelTraits
from crossload.runner.records import ProbeError
from crossload.runner.words import Check, EnvironmentCause, Format, JobStatus, Strategy, Verdict
from tests.causes.evidence import (
    FIRST,
    LATE,
    NEW,
    OLD,
    RECOGNISER,
    SILENT,
    facts,
    recognised,
    symptoms,
)

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))


def recorded(one: dict[str, Any]) -> Symptoms:
    """What a run measured, as `recorded.json` keeps it."""
    error = ProbeError(one["type"], one["message"], one.get("traceback", ""))
    return Symptoms(
        step=Step(one["step"]),
        verdict=Verdict(one["verdict"]),
        format=Format(one["format"]),
        saver=facts("saver", **one["saver"]),
        loader=facts("loader" if one["saver"] != one["loader"] else "saver", **one["loader"]),
        strategy=Strategy(one["strategy"]) if one["strategy"] else None,
        status=JobStatus(one["status"]) if one["status"] else None,
        error=error if one["type"] else None,
        ended=one["ended"],
        output=one.get("output", ""),
        warning=one.get("warning", ""),
        lost=tuple(one["lost"]),
        details={Check(name): text for name, text in one["details"].items()},
        own=Verdict(one["own"]) if one["own"] else None,
        environment=EnvironmentCause(one["environment"]) if one["environment"] else None,
        holds=one.get("holds", ""),
    )


@pytest.mark.parametrize("one", RECORDED, ids=lambda one: f"{one['cause']}-{one['verdict']}")
def test_what_was_measured_is_recognised(one: dict[str, Any]) -> None:
    cause = RECOGNISER.recognise(recorded(one))
    assert cause is not None
    assert (cause.id, cause.sentence) == (one["cause"], one["sentence"])


def test_enough_was_measured() -> None:
    assert len({one["cause"] for one in RECORDED}) >= 50


LOSS: dict[str, Any] = {
    "verdict": Verdict.PARTIAL,
    "status": JobStatus.DONE,
    "lost": (Check.STEP,),
    "details": {Check.STEP: "loss 1 was 1.56, is 0.73, loss 2 was 1.46, is 0.71"},
}
PREDICTS = "predict() gives different outputs, calling the model the same; array 0 has shape (2, 5)"
BUCKETS = "layer Discretization bin_boundaries=[0.0] dtype=int64 output_mode=int compute=int64"
SHAPE = "array 0 has shape (2, 12, 12, 1) instead of (2, 10, 10, 1)"


@pytest.mark.parametrize(
    ("one", "cause"),
    [
        (symptoms(**SILENT, loader=NEW, details={Check.LAYERS: "begins at layer 'a' (GRU), 1 of 2: 3e-02"}), "recurrent-layer-computes-otherwise"),
        (symptoms(**SILENT, loader=NEW, holds="layer GRU recurrent_activation=hard_sigmoid", details={Check.LAYERS: "begins at layer 'a' (GRU), 1 of 2: 3e-02"}), "recurrent-activation-changed"),
        (symptoms(**LOSS, loader=NEW, holds="layer Dense activity_regularizer=L1"), "activity-regularizer-by-batch"),
        (symptoms(**LOSS, loader=NEW), "first-loss-differs"),
        (symptoms(**{**LOSS, "details": {Check.STEP: "loss 1 was 0.8, is 0.8, loss 2 was 0.7, is 0.6"}}, holds="optimizer Nadam beta_1=0.9"), "nadam-product-not-saved"),
        (symptoms("Unrecognized keyword arguments: ['batch_shape']", loader=LATE, saver=NEW), "batch-shape-of-keras-3"),
        (symptoms("Unrecognized keyword arguments passed to LSTM: {'time_major': False}"), "time-major-gone"),
        (symptoms("Unrecognized keyword arguments passed to DepthwiseConv2D: {'groups': 1}"), "groups-of-convolution"),
        (symptoms("Unrecognized keyword arguments passed to Dense: {'quantization_config': None}", saver=NEW), "quantization-config-of-3.13"),
        (symptoms("Unrecognized keyword arguments passed to MultiHeadAttention: {'use_gate': False}"), "attention-arguments-of-keras-3"),
        (symptoms("Unrecognized keyword arguments passed to Blurring: {'radius': 1}"), "argument-unknown-to-layer"),
        (symptoms("'str' object has no attribute 'decode'", "AttributeError", loader=OLD), "h5py-3-text-attributes"),
        (symptoms("'str' object has no attribute 'name'", "AttributeError", loader=LATE, saver=NEW), "dtype-policy-of-keras-3"),
        (symptoms("'str' object has no attribute 'name'", "AttributeError"), ""),
        (symptoms("bad marshal data (unknown type code)"), "lambda-byte-code-unreadable"),
        (symptoms("unknown opcode", "SystemError", loader=OLD), "lambda-byte-code-unreadable"),
        (symptoms("Unknown layer: Functional", loader=OLD), "functional-class-of-tensorflow-2.3"),
        (symptoms("Invalid layer: LayerNormalization", loader=FIRST), "layer-unknown-to-keras-1"),
        (symptoms("Invalid layer: Blurring", loader=FIRST), "custom-class-not-given"),
        (symptoms("0", "KeyError", loader=FIRST), ""),
        (symptoms("Unknown layer: 'TFOpLambda'"), "tensorflow-operations-as-layers"),
        (symptoms("Could not locate function 'mse'. Make sure custom classes", "TypeError"), "loss-by-text-in-hdf5"),
        (symptoms("decay is deprecated in the new Keras optimizer, please check"), "decay-gone-from-optimizers"),
        (symptoms("Argument(s) not recognized: {'jit_compile': False}"), "optimizer-argument-unknown"),
        (symptoms("'_UserObject' object has no attribute 'add_slot'", "AttributeError"), "optimizer-revived-without-class"),
        (symptoms("Op type not registered 'DisableCopyOnRead' in binary", loader=OLD), "operation-unknown-to-tensorflow"),
        (symptoms("A module that was compiled using NumPy 1.x cannot be run", step=Step.ENVIRONMENT), "numpy-2-under-numpy-1-build"),
        (symptoms("Descriptors cannot not be created directly.", step=Step.ENVIRONMENT), "protobuf-4-descriptors"),
        (symptoms("Unable to create attribute (object header message is too large)", step=Step.SAVE, verdict=Verdict.UNSAVED), "hdf5-attribute-limit"),
        (symptoms(status=JobStatus.TIMED_OUT, verdict=Verdict.TIMES_OUT), "nested-model-loops-in-keras-3"),
        (symptoms(status=JobStatus.TIMED_OUT, verdict=Verdict.TIMES_OUT, saver=NEW), "loading-took-too-long"),
        (symptoms(status=JobStatus.CRASHED, verdict=Verdict.CRASHES, holds="layer Lambda arguments=x"), "lambda-byte-code-ends-the-process"),
        (symptoms(verdict=Verdict.PARTIAL, status=JobStatus.DONE, lost=(Check.OPTIMIZER, Check.STEP)), "hdf5-optimizer-state-not-restored-by-keras-3"),
        (symptoms(verdict=Verdict.PARTIAL, status=JobStatus.DONE, lost=(Check.OPTIMIZER,), saver=OLD, loader=LATE), "optimizer-slots-between-2.10-and-2.11"),
        (symptoms("Layer count mismatch when loading weights from file. Model expected 2 layers, found 0 saved layers."), "weights-file-without-layer-names"),
        (symptoms("You are trying to load a weight file containing 3 layers into a model with 2 layers."), "layer-count-mismatch"),
        (symptoms("it has ['train']", "crossload.NoSignature", format=Format.SAVEDMODEL), "no-serving-signature"),
        (symptoms("module 'keras.backend' has no attribute 'dot'", "AttributeError", step=Step.SAVE, verdict=Verdict.UNSAVED, saver=NEW), "backend-function-removed"),
        (symptoms("module 'keras.layers' has no attribute 'Foo'", "AttributeError", step=Step.SAVE, verdict=Verdict.UNSAVED), "layer-not-in-saver"),
        (symptoms(**SILENT, own=Verdict.DIFFERS, holds="layer P custom=true", details={Check.OUTPUTS: PREDICTS}), "predict-step-lost"),
        (symptoms(**SILENT, own=Verdict.DIFFERS, holds="layer P", details={Check.OUTPUTS: PREDICTS}), "saver-computes-wrongly"),
        (symptoms(**SILENT, holds=BUCKETS, details={Check.OUTPUTS: PREDICTS}), "discretization-of-integers"),
        (symptoms(**SILENT, saver=NEW, loader=LATE, holds=BUCKETS, details={Check.OUTPUTS: PREDICTS}), "discretization-of-integers-in-saver"),
        (symptoms(**SILENT, saver=NEW, loader=LATE, holds=BUCKETS.replace("int64", "float32"), details={Check.OUTPUTS: PREDICTS}), ""),
        (symptoms(**SILENT, holds=BUCKETS, details={Check.OUTPUTS: "array 0"}), ""),
        (symptoms(**SILENT, own=Verdict.DIFFERS, saver=NEW, holds="layer Conv2DTranspose", details={Check.OUTPUTS: SHAPE}), "output-padding-not-saved"),
        (symptoms(**SILENT, own=Verdict.DIFFERS, saver=NEW, adopted=True, holds="layer Conv2DTranspose", details={Check.OUTPUTS: SHAPE}), "output-padding-not-saved"),
        (symptoms(**SILENT, own=Verdict.DIFFERS, saver=NEW, holds="layer Conv2DTranspose output_padding=[1,1]", details={Check.OUTPUTS: SHAPE}), "saver-computes-wrongly"),
        (symptoms(**SILENT, own=Verdict.DIFFERS, saver=LATE, holds="layer Conv2DTranspose", details={Check.OUTPUTS: SHAPE}), "saver-computes-wrongly"),
        (symptoms(**SILENT, own=Verdict.DIFFERS, adopted=True), "file-gives-other-outputs"),
        (symptoms(**SILENT, format=Format.WEIGHTS_TF, warning="UserWarning: no weight was found in the file, and none was missed"), "nothing-in-weights-file"),
        (symptoms(verdict=Verdict.PARTIAL, status=JobStatus.DONE, loader=LATE, lost=(Check.METRICS,), holds="metric accuracy", details={Check.METRICS: "accuracy was 0.5, is 0"}), "accuracy-chosen-without-labels"),
    ],
)  # fmt: skip
def test_what_is_published_is_recognised(one: Symptoms, cause: str) -> None:
    assert recognised(one) == cause


MISSING = "__init__() missing 2 required positional arguments: 'filters' and 'kernel_size'"


def test_a_file_of_keras_1_is_distinguished_from_a_class_without_its_arguments() -> None:
    assert recognised(symptoms(MISSING, holds="written by Keras 1")) == "keras-1-arguments-missed"
    assert recognised(symptoms(MISSING)) == "custom-class-needs-arguments"


def test_a_sequential_that_is_a_list_is_recognised_where_keras_3_reads_it() -> None:
    message = "pop expected at most 1 argument, got 2"
    traceback = 'File "/lib/keras/src/legacy/saving/saving_utils.py", in model_from_config'
    one = symptoms(
        message, error=ProbeError("TypeError", message, traceback), saver=OLD, loader=NEW
    )
    assert recognised(one) == "sequential-written-as-a-list"
    elsewhere = replace(one, error=ProbeError("TypeError", message, "in other_code"))
    assert recognised(elsewhere) == ""


def test_a_vocabulary_at_another_path_is_recognised_by_where_the_error_arises() -> None:
    message = "expected str, bytes or os.PathLike object, not NoneType"
    error = ProbeError("TypeError", message, "index_lookup.py, line 853, in load_assets")
    one = symptoms(message, error=error, format=Format.KERAS, saver=LATE, loader=LATE)
    assert recognised(one) == "keras-file-asset-paths"
    assert recognised(replace(one, error=replace(error, traceback="in other_code"))) == ""


@pytest.mark.parametrize("step", [Step.LOAD, Step.SAVE])
def test_an_error_in_the_users_code_is_reported_with_its_place(step: Step) -> None:
    message = "layers.py, line 3: ImportError: no mypkg"
    cause = RECOGNISER.recognise(
        symptoms(message, step=step, error=ProbeError("OwnCodeFails", message))
    )
    assert cause is not None
    assert cause.sentence == (
        "your own file raises an error here (layers.py, line 3): ImportError: no mypkg"
    )


def test_the_sentence_names_what_the_file_names() -> None:
    cause = RECOGNISER.recognise(
        symptoms("Unrecognized keyword arguments passed to Blurring: {'radius': 1}")
    )
    assert cause is not None
    assert cause.sentence == "Blurring in Keras 3.1.1 does not accept the argument radius"


@pytest.mark.parametrize(
    ("told", "writer"),
    [
        (ModelTraits("lambda", code=True).writes_code, "Python 3.12.1"),  # the saver wrote it
        (ModelTraits("mine", adopted=True, code_python="3.6").writes_code, "Python 3.6"),
        (ModelTraits("mine", adopted=True).writes_code, "another version of Python"),
    ],
)
def test_byte_code_is_from_the_python_that_wrote_the_file(told: str, writer: str) -> None:
    one = symptoms("bad marshal data (unknown type code)", saver=NEW, loader=NEW, code_python=told)
    cause = RECOGNISER.recognise(one)
    assert cause is not None
    assert cause.sentence == (
        f"a Lambda contains Python byte code, and Python 3.12.1 cannot read byte code from {writer}"
    )


def test_a_group_that_a_match_leaves_out_has_other_words() -> None:
    cause = RECOGNISER.recognise(symptoms("got an unexpected keyword argument 'time_major'"))
    assert cause is not None
    assert cause.sentence.startswith("a recurrent layer in Keras 3.1.1 does not accept time_major")


@pytest.mark.parametrize("verdict", [Verdict.FAILS, Verdict.ASSISTED, Verdict.UNSAVED])
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("KeyError", "'colour'"),
        ("ZeroDivisionError", "division by zero"),
        ("RuntimeError", "the moon is full"),
        ("ValueError", "too many values to unpack (expected 2)"),
        ("AssertionError", ""),
        ("TypeError", "unhashable type: 'set'"),
        ("OSError", "[Errno 28] No space left on device"),
        ("RecursionError", "maximum recursion depth exceeded"),
        ("UserError", "x" * 100_000),
    ],
)
def test_an_unknown_failure_has_no_cause(kind: str, message: str, verdict: Verdict) -> None:
    step = Step.SAVE if verdict is Verdict.UNSAVED else Step.LOAD
    for file_format in (Format.H5, Format.KERAS, Format.SAVEDMODEL, Format.WEIGHTS_H5):
        one = symptoms(
            verdict=verdict, step=step, format=file_format, error=ProbeError(kind, message)
        )
        assert recognised(one) == ""


def test_no_cause_explains_many_unrelated_losses() -> None:
    """A loss alone, without a format or versions that are known for it, is no cause."""
    one = symptoms(
        verdict=Verdict.PARTIAL,
        status=JobStatus.DONE,
        lost=(Check.STEP,),
        format=Format.KERAS,
        saver=NEW,
        loader=NEW,
    )
    assert recognised(one) == ""


@given(
    kind=st.text(max_size=20),
    message=st.text(max_size=300),
    details=st.dictionaries(st.sampled_from(Check), st.text(max_size=50), max_size=4),
    verdict=st.sampled_from(Verdict),
    status=st.none() | st.sampled_from(JobStatus),
    step=st.sampled_from(Step),
    file_format=st.sampled_from(Format),
    version=st.text(max_size=12),
)
def test_recognition_never_raises(  # noqa: PLR0917 - what hypothesis draws
    kind: str,
    message: str,
    details: dict[Check, str],
    verdict: Verdict,
    status: JobStatus | None,
    step: Step,
    file_format: Format,
    version: str,
) -> None:
    one = Symptoms(
        step=step,
        verdict=verdict,
        format=file_format,
        saver=facts("odd", keras=version, python=version),
        loader=NEW,
        status=status,
        error=ProbeError(kind, message),
        output=message,
        warning=message,
        details=details,
        lost=tuple(details),
    )
    cause = RECOGNISER.recognise(one)
    assert cause is None or cause.sentence


def test_braces_in_a_name_stay_as_they_are() -> None:
    cause = RECOGNISER.recognise(symptoms("Improper config format: {0} {x!r} {y.__class__}"))
    assert cause is not None
    assert "{0} {x!r}" in cause.sentence
