"""Every reference model becomes two short scripts that compile, in which every name is defined."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator
from dataclasses import replace

import pytest

from crossload.reports.reproduce.case_scripts import case_script
from crossload.reports.reproduce.scripts import Subject, load_script, save_script
from crossload.reports.reproduce.templates import WATCHED, Side
from crossload.runner.models.listing import read_models
from crossload.runner.shipped import probes_folder
from crossload.runner.words import MODEL_FORMATS, Check, Format, Strategy

SIDE = Side("tf.keras", "tensorflow", {"TF_ENABLE_ONEDNN_OPTS": "0"})
KERAS_3 = Side("keras", "torch", {"KERAS_BACKEND": "torch"}, keras_3=True)
SIDES = pytest.mark.parametrize("side", [SIDE, KERAS_3], ids=["Keras 2", "Keras 3"])
MODELS = read_models(probes_folder())
DENSE = '''\
"""The model `dense` as `h5`: two dense layers, compiled with the string "mse"."""

import os

os.environ.update({
    "TF_ENABLE_ONEDNN_OPTS": "0",
})
os.chdir(os.path.dirname(os.path.abspath(__file__)))

import numpy
from tensorflow import keras

model = keras.models.Sequential([
    keras.layers.Dense(8, input_shape=(6,), activation="relu", name="hidden"),
    keras.layers.Dense(3, name="head"),
])
model.compile(loss="mse", optimizer=keras.optimizers.Adam(0.01))
stream = numpy.random.RandomState(11)
for layer in model.layers:
    layer.set_weights([stream.uniform(-0.6, 0.6, one.shape) for one in layer.get_weights()])

inputs = numpy.random.RandomState(7).uniform(-1, 1, (8, 6)).astype("float32")
targets = numpy.random.RandomState(8).uniform(-1, 1, (8, 3)).astype("float32")
for _ in range(2):
    model.train_on_batch(inputs, targets)
outputs = model.predict(inputs, verbose=0)
print("outputs:", outputs)
model.save("model.h5")
numpy.savez("expected.npz", input_0=inputs, output_0=outputs)
'''
LOADED = '''\
"""Load what save.py saved, and compare its outputs."""

import os

os.environ.update({
    "KERAS_BACKEND": "torch",
})
os.chdir(os.path.dirname(os.path.abspath(__file__)))

import numpy
import keras

expected = numpy.load("expected.npz")
inputs = expected["input_0"]
model = keras.models.load_model("model.h5")
outputs = model.predict(inputs, verbose=0)
wanted = expected["output_0"]
print("is ", outputs.ravel()[:6])
print("was", wanted.ravel()[:6])
difference = abs(outputs - wanted).max() / abs(wanted).max()
print("largest relative difference of the outputs:", difference)
if not difference <= 1e-05:
    raise SystemExit("the outputs differ; 1e-05 is allowed")
'''


def missing(text: str) -> set[str]:
    """Global names that the script uses and nothing in it defines."""
    table = symtable.symtable(text, "script", "exec")
    known = {one.get_name() for one in table.get_symbols() if one.is_assigned()}
    known |= {one.get_name() for one in table.get_symbols() if one.is_imported()}
    known |= {one.get_name() for one in table.get_symbols() if one.is_namespace()}
    used = {name for scope in scopes(table) for name in globals_of(scope)}
    return used - known - set(dir(builtins)) - {"__name__", "__file__"}


def scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from scopes(child)


def globals_of(table: symtable.SymbolTable) -> Iterator[str]:
    for one in table.get_symbols():
        if one.is_referenced() and one.is_global():
            yield one.get_name()


def check(text: str) -> None:
    ast.parse(text, feature_version=(3, 6))
    assert missing(text) == set()
    assert "probe" not in "".join(line for line in text.splitlines() if "import" in line)


def subject(model: str, file_format: Format = Format.H5) -> Subject:
    return Subject(model, f"crossload_probe.models.{MODELS[model].file}", file_format)


def test_two_layers_are_saved_as_a_person_would_write_it() -> None:
    assert save_script(probes_folder(), subject("dense"), SIDE) == DENSE


def test_plain_loading_is_what_a_user_would_type() -> None:
    assert load_script(probes_folder(), subject("dense"), KERAS_3) == LOADED


@SIDES
@pytest.mark.parametrize("name", MODELS)
def test_any_model_is_short(name: str, side: Side) -> None:
    save = save_script(probes_folder(), subject(name), side)
    load = load_script(probes_folder(), subject(name), side)
    check(save)
    check(load)
    assert len(save.splitlines()) <= 80
    assert len(load.splitlines()) <= 40
    # Nothing is left of what the probes have for several versions at once.
    for helper in ("first_layers", "make_optimizer", "make_foreign", "framework", "fw."):
        assert helper not in save


@SIDES
@pytest.mark.parametrize("file_format", MODEL_FORMATS, ids=str)
def test_any_format(file_format: Format, side: Side) -> None:
    check(save_script(probes_folder(), subject("dense", file_format), side))
    check(load_script(probes_folder(), subject("dense", file_format), side))


@SIDES
@pytest.mark.parametrize("file_format", [Format.H5, Format.KERAS, Format.SAVEDMODEL], ids=str)
@pytest.mark.parametrize("strategy", Strategy, ids=str)
@pytest.mark.parametrize("model", ["custom-registered", "functional-io"])
def test_any_strategy(strategy: Strategy, file_format: Format, side: Side, model: str) -> None:
    one = replace(subject(model, file_format), strategy=strategy)
    check(save_script(probes_folder(), one, side))
    check(load_script(probes_folder(), one, side))


@pytest.mark.parametrize(
    ("strategy", "concessions", "line"),
    [
        (Strategy.NO_COMPILE, (), 'load_model("model.h5", compile=False)'),
        (Strategy.CUSTOM_OBJECTS, (), 'load_model("model.h5", custom_objects=custom_objects)'),
        (
            Strategy.CUSTOM_OBJECTS,
            ("no-compile",),
            'load_model("model.h5", custom_objects=custom_objects, compile=False)',
        ),
        (
            Strategy.CUSTOM_OBJECTS,
            ("custom-object-scope",),
            "with keras.utils.custom_object_scope(custom_objects):",
        ),
        (
            Strategy.UNSAFE,
            (),
            'load_model("model.h5", custom_objects=custom_objects, safe_mode=False)',
        ),
        (Strategy.LEGACY, (), "import tf_keras as keras"),
        (
            Strategy.TRANSLATED,
            (),
            'load_model("model.h5", custom_objects=custom_objects, translate=True)',
        ),
        (Strategy.TRANSLATED, ("unsafe",), "custom_objects, safe_mode=False, translate=True)"),
        (Strategy.REBUILD_WEIGHTS, (), 'model.load_weights("model.h5")'),
        (Strategy.REBUILD_WEIGHTS, ("weights-by-name",), "layer.set_weights(arrays)"),
        (Strategy.REBUILD_WEIGHTS, ("renamed",), 'shutil.copy("model.h5", "renamed.h5")'),
        (Strategy.REBUILD_WEIGHTS, ("finalize-state",), "layer.finalize_state()"),
    ],
)
def test_the_measured_call_is_shown(
    strategy: Strategy, concessions: tuple[str, ...], line: str
) -> None:
    one = replace(subject("custom-layer"), strategy=strategy, concessions=concessions)
    text = load_script(probes_folder(), one, KERAS_3)
    assert line in text
    check(text)


def test_classes_are_at_the_top_and_come_from_a_module_that_does_not_exist() -> None:
    text = save_script(probes_folder(), subject("custom-registered"), KERAS_3)
    assert "\nclass Gain(keras.layers.Layer):\n" in text
    assert '\nGain.__module__ = "crossload_user_code"\n' in text
    assert 'keras.saving.register_keras_serializable(package="crossload")(Gain)' in text


def test_without_their_code_a_file_is_loaded_by_a_stranger() -> None:
    assert "Gain" not in load_script(probes_folder(), subject("custom-registered"), SIDE)


def test_silence_about_a_file_of_another_kind_is_made_an_error() -> None:
    one = replace(subject("dense", Format.SAVEDMODEL), unwritten=True)
    text = save_script(probes_folder(), one, SIDE)
    assert 'assert os.path.isfile("model/saved_model.pb"), "saving raised nothing' in text


def test_a_case_keeps_its_text() -> None:
    text = case_script('"""Doc."""\nimport numpy\noutputs = numpy.ones(2)\n', SIDE, loads=False)
    check(text)
    assert text.startswith('"""Doc."""')
    assert "\nimport numpy\noutputs = numpy.ones(2)\n" in text


@pytest.mark.parametrize("loads", [False, True], ids=["save", "load"])
def test_a_case_runs_in_a_folder_of_its_own(*, loads: bool) -> None:
    text = case_script("outputs = 1\n", KERAS_3, loads=loads, tolerance=0.5)
    check(text)
    assert ('os.chdir("copy")' in text) is loads
    assert ("<= 0.5" in text) is loads


def test_an_unknown_model_is_reported() -> None:
    with pytest.raises(LookupError, match="no-such"):
        save_script(probes_folder(), replace(subject("dense"), model="no-such"), SIDE)


@SIDES
@pytest.mark.parametrize("watched", WATCHED, ids=str)
@pytest.mark.parametrize("file_format", [Format.H5, Format.KERAS, Format.SAVEDMODEL], ids=str)
def test_what_was_lost_is_looked_for_by_both_scripts(
    file_format: Format, watched: Check, side: Side
) -> None:
    one = replace(subject("dense", file_format), watched=(watched,))
    save = save_script(probes_folder(), one, side)
    load = load_script(probes_folder(), one, side)
    check(save)
    check(load)
    is_noted = watched is not Check.RE_SAVE
    assert (f'print("{watched} is: ", ' in load) is is_noted
    assert ('open("expected.json", "w")' in save) is is_noted
    assert ('model.save("again' in load) is not is_noted


def test_nothing_is_looked_for_that_was_not_lost() -> None:
    assert "expected.json" not in save_script(probes_folder(), subject("dense"), SIDE)
    assert "expected.json" not in load_script(probes_folder(), subject("dense"), SIDE)
