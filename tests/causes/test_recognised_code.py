"""Recognition of scripted cases, and of code that was written for another Keras."""
# ruff: noqa: E501 - a table reads best with one case on one line

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.causes import Symptoms
from crossload.runner.records import ProbeError
from crossload.runner.words import Format, Strategy, Verdict
from tests.causes.evidence import (
    FIRST,
    LATE,
    LEGACY,
    NEW,
    OLD,
    SCRIPT,
    UNSAVED,
    recognised,
    symptoms,
)


@pytest.mark.parametrize(
    ("one", "cause"),
    [
        (symptoms(**SCRIPT, warning="Could not load weights in object <Dense>. Skipping object. Exception encountered: Layer 'a' expected 2 variables, but received 0 variables during loading."), "every-layer-skipped"),
        (symptoms(**SCRIPT, saver=LATE, loader=OLD, holds="save calls save_weights .weights.h5\nload calls load_weights .weights.h5 by_name=True"), "every-layer-skipped"),
        (symptoms(**SCRIPT, saver=LATE, loader=OLD, holds="save calls save_weights .h5\nload calls load_weights .h5 by_name=True"), ""),
        (symptoms(**SCRIPT, own=Verdict.SAME, holds="load names BackupAndRestore"), "backup-not-found"),
        (symptoms(**SCRIPT, own=Verdict.SAME, saver=LATE, loader=OLD, holds="load names BackupAndRestore"), "backup-not-found"),
        (symptoms(**SCRIPT, own=Verdict.SAME, saver=NEW, loader=NEW, holds="load names BackupAndRestore"), ""),
        (symptoms(**SCRIPT, own=Verdict.FAILS, holds="save calls Sequential\nsave calls Dense 10\nsave calls save .h5\nsave calls predict"), "saved-before-built"),
        (symptoms(**SCRIPT, own=Verdict.FAILS, holds="save calls Dense 10 input_shape=(3,)\nsave calls save .h5\nsave calls predict"), ""),
        (symptoms(**SCRIPT, own=Verdict.FAILS, holds="save calls Dense 10\nsave calls predict\nsave calls save .h5\n"), ""),
        (symptoms(**SCRIPT, saver=NEW, warning="Skipping variable loading for optimizer 'rm_sprop', because", holds="save calls save .h5\nsave calls save .keras\nload calls load_model"), "optimizer-gone-after-hdf5"),
        (symptoms(**SCRIPT, saver=NEW, warning="Skipping variable loading for optimizer 'rm_sprop', because", holds="save calls save .keras\nsave calls save .h5\nload calls load_model"), ""),
        (symptoms(**SCRIPT, saver=OLD, own=Verdict.DIFFERS, holds="save calls fit epochs=2\nsave calls train_on_batch\n"), "saver-averages-the-loss"),
        (symptoms(**SCRIPT, saver=LATE, own=Verdict.DIFFERS, holds="save calls fit epochs=2\nsave calls train_on_batch\n"), "file-lacks-the-weights"),
        (symptoms("Unknown variable: <Variable path=a/kernel, value=[[1.\n 2.]]>. This optimizer can only be called for the variables it was originally built with.", format=Format.SCRIPT, holds="load calls load_model\nload calls fit"), "hdf5-optimizer-knows-no-variables"),
        (symptoms("Invalid keyword arguments: {'by_name': True}"), "by-name-needs-older-hdf5"),
        (symptoms("load_weights() got an unexpected keyword argument 'skip_mismatch'", "TypeError", loader=OLD), "load-weights-without-argument"),
        (symptoms("__init__() missing 1 required positional argument: 'nb_col'", "TypeError", loader=FIRST), "code-written-for-later-names"),
        (symptoms("('Keyword argument not understood:', 'padding')", "TypeError", loader=FIRST, strategy=Strategy.REBUILD_WEIGHTS), "code-written-for-later-names"),
        (symptoms("('Keyword argument not understood:', 'padding')", "TypeError", loader=FIRST, format=Format.WEIGHTS_H5), "code-written-for-later-names"),
        (symptoms("('Keyword argument not understood:', 'padding')", "TypeError", loader=FIRST), "argument-unknown-to-layer"),
        (symptoms("SpatialDropout1D.__init__() got an unexpected keyword argument 'trainable'", "TypeError"), "argument-of-every-layer"),
        (symptoms("Blurring.__init__() got an unexpected keyword argument 'trainable'", "TypeError"), "custom-class-takes-no-keywords"),
        (symptoms("<class 'keras.src.initializers.random_initializers.GlorotUniform'> could not be deserialized properly.\nException encountered: GlorotUniform.__init__() got an unexpected keyword argument 'dtype'", "TypeError"), "dtype-of-initializers"),
        (symptoms('Unable to restore custom object of class "RNN" (type _tf_keras_rnn_layer).', format=Format.SAVEDMODEL), "savedmodel-class-inside-not-given"),
        (symptoms('Unable to restore custom object of class "Bias" (type _tf_keras_metric).', format=Format.SAVEDMODEL), "savedmodel-class-not-given"),
        (symptoms("this Keras has no layer Normalization, and it was not given", "crossload.NotTranslated", loader=OLD, strategy=Strategy.TRANSLATED), "layer-unknown-to-version"),
        (symptoms("this Keras has no layer Blurring, and it was not given", "crossload.NotTranslated", loader=OLD, strategy=Strategy.TRANSLATED), ""),
        (symptoms("__init__() missing 2 required positional arguments: 'input' and 'output'", "TypeError", loader=FIRST), "no-subclassing-in-keras-1"),
        (symptoms("Exception encountered when calling Mine.call().\n\nmodule 'keras.backend' has no attribute 'dot'", **UNSAVED, saver=LEGACY), "backend-function-removed"),
        (symptoms("module 'keras.api.backend' has no attribute 'dot'", **UNSAVED, saver=NEW), "backend-function-removed"),
        (symptoms("module 'keras.backend' has no attribute 'dot'", **UNSAVED, saver=LATE), "layer-not-in-saver"),
        (symptoms("Model.save_weights() got an unexpected keyword argument 'save_format'", **UNSAVED, saver=NEW), "keras-3-writes-no-checkpoint"),
        (symptoms("save() got an unexpected keyword argument 'include_optimizer'", **UNSAVED, saver=FIRST), "optimizer-cannot-be-left-out"),
        (symptoms("call() got an unexpected keyword argument 'mask'", **UNSAVED, saver=FIRST), "call-without-mask"),
        (symptoms("__init__() got an unexpected keyword argument 'inputs'", **UNSAVED, saver=FIRST), "code-written-for-later-names"),
        (symptoms("__init__() missing 1 required positional argument: 'units'", "TypeError", saver=FIRST), "keras-1-arguments-missed"),
        (symptoms("module 'keras.utils' has no attribute 'one'", "AttributeError"), "function-not-in-version"),
        (symptoms("module 'keras.utils' has no attribute 'one'", "AttributeError", strategy=Strategy.TRANSLATED), ""),
    ],
)  # fmt: skip
def test_what_code_ran_into_is_recognised(one: Symptoms, cause: str) -> None:
    assert recognised(one) == cause


def test_a_case_that_the_worker_cannot_run_is_not_blamed_on_its_code() -> None:
    message = "module 'keras.utils' has no attribute 'get_custom_objects'"
    inside = ProbeError("AttributeError", message, "/probes/crossload_probe/jobs/scripts.py in run")
    one = symptoms(message, error=inside, format=Format.SCRIPT, loader=FIRST)
    assert recognised(one) == "cases-not-run-in-keras-1"
    own = replace(one, error=replace(inside, traceback='File "load.py", line 3'))
    assert recognised(own) == "function-not-in-version"
