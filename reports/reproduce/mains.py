"""The main programs of `save.py` and `load.py`, which import from the probes as probes do.

Owns what the two scripts do, in order, and the files by which they know of each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from crossload.runner.words import Check, Format, Strategy

_WHOLE = frozenset({Format.H5, Format.KERAS, Format.SAVEDMODEL})

_SAVE = """\
import json
import os
import shutil
import sys

import numpy
from crossload_probe.checks import training
from crossload_probe.formats import writing
from crossload_probe import frameworks
from crossload_probe.models import samples
from crossload_probe.jobs import saving
from crossload_probe.checks import structure


def main():
    framework = frameworks.load(API, BACKEND)
    model = samples.build(framework, MODEL)
    if getattr(model, "optimizer", None) is not None:
        samples.train(framework, model, MODEL, samples.TRAINED_STEPS)
    inputs = samples.make_inputs(MODEL)
    outputs = framework.predict(model, inputs)
"""
_KEEP = """\

    path = os.path.join(FOLDER, NAME)
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    writing.write(framework, model, FORMAT, path)

    expected = {{"input_{{}}".format(index): array for index, array in enumerate(inputs)}}
    expected.update(("output_{{}}".format(index), array) for index, array in enumerate(outputs))
    ends = structure.end_names(model)
    expected.update(("names_of_" + key, numpy.array(names)) for key, names in ends.items())
{state}    numpy.savez(EXPECTED, **expected)
    print("python", sys.version.split()[0], "keras", framework._keras_version_text())
    for index, array in enumerate(outputs):
        print("output", index, array.ravel()[:6])
    print("saved", path)
"""

_LOAD = '''\
import json
import os
import shutil
import sys

import numpy
from crossload_probe.checks import comparing
from crossload_probe.formats import writing
from crossload_probe import frameworks
from crossload_probe.formats import reading
from crossload_probe.formats import rebuilding
from crossload_probe.formats import serving


def main():
    expected = read_expected()
    framework = frameworks.load(API, BACKEND)
    print("python", sys.version.split()[0], "keras", framework._keras_version_text())
    path = os.path.join(copy_saved(), NAME)
{load}
    difference, problem = comparing.largest_difference(outputs, expected["outputs"])
    for index, (ours, theirs) in enumerate(zip(outputs, expected["outputs"])):
        print("output", index, "is ", ours.ravel()[:6])
        print("output", index, "was", theirs.ravel()[:6])
    print("largest relative difference of the outputs:", problem or difference)
{checks}    if problem or not difference <= TOLERANCE:
        sys.exit("the outputs differ; {{}} is allowed".format(TOLERANCE))


def read_expected():
    """What save.py fed its model and what came out, with the names of both."""
    with numpy.load(EXPECTED, allow_pickle=False) as file:
        arrays = {{name: file[name] for name in file.files}}
    expected = {{"ends": {{}}}}
    for group in ("input", "output"):
        count = sum(name.startswith(group + "_") for name in arrays)
        expected[group + "s"] = [arrays["{{}}_{{}}".format(group, at)] for at in range(count)]
        expected["ends"][group + "s"] = arrays["names_of_" + group + "s"].tolist()
{state}    return expected
'''

_COPY = '''

def copy_saved():
    """A folder with a copy of what was saved: some ways of loading write beside it."""
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(FOLDER, COPY)
    return COPY
'''
_LOAD += _COPY
_BARE = (
    """\
import os
import shutil
import sys

from crossload_probe import frameworks
from crossload_probe.formats import reading
from crossload_probe.formats import rebuilding
from crossload_probe.formats import serving


def main():
    framework = frameworks.load(API, BACKEND)
    print("python", sys.version.split()[0], "keras", framework._keras_version_text())
    path = os.path.join(copy_saved(), NAME)
{load}    print("it loads; nothing is known that its outputs could be compared with")
"""
    + _COPY
)

_PREDICT = '    outputs = framework.predict(model, expected["inputs"])'
_READ = "    model, _ = reading.read(framework, JOB, path)\n" + _PREDICT
_LEGACY = "    framework = reading.legacy(framework)\n" + _READ
_REBUILD = '    model, _ = rebuilding.rebuild(framework, MODEL, JOB["kind"], path)\n' + _PREDICT
_SERVE = "    outputs, _ = serving.predict(framework, path, expected)"
_OPEN = "    serving.find_tensorflow(framework).saved_model.load(path)\n"
_ENDPOINT = "    outputs = serving.call_endpoint(framework, path, expected)"


# What was lost besides outputs is looked for again: what the saver notes, and how it is compared.
NOTES = {
    Check.STRUCTURE: '    state["structure"] = structure.summarise(model)\n',
    Check.COMPILE: '    state["compile"] = training.compile_state(model)\n',
    Check.OPTIMIZER: """\
    state["optimizer"] = training.optimizer_state(framework, model)
    for index, array in enumerate(state["optimizer"].pop("slots")):
        expected["slot_{}".format(index)] = array
""",
    Check.STEP: """\
    # The losses of the next two steps: the first tells of weights, the second of the optimizer.
    state["losses"] = samples.train(framework, model, MODEL, saving.STEPS_AFTER)
""",
    Check.RE_SAVE: "",
}
_COMPARISONS = {
    Check.STRUCTURE: "comparing.check_structure(model, expected)",
    Check.COMPILE: "comparing.check_compile(model, expected)",
    Check.OPTIMIZER: "comparing.check_optimizer(framework, model, expected)",
    Check.STEP: "comparing.check_step(framework, model, MODEL, expected)",
    Check.RE_SAVE: "comparing.check_resave(framework, model, JOB)",
}
WATCHED = tuple(_COMPARISONS)  # in the order in which they are looked at: the last two change it
_WRITE_STATE = """\
    with open(STATE, "w") as file:
        json.dump(state, file)
"""
_READ_STATE = """\
    with open(STATE) as file:
        expected.update(json.load(file))
    slots = sorted((name for name in arrays if name.startswith("slot_")), key=lambda n: int(n[5:]))
    expected["slots"] = [arrays[name] for name in slots]
"""
_TELL = '''\


def tell_check(name, result):
    """What became of a part of the model that is no output."""
    difference = result["difference"]
    amount = "" if difference is None else " (relative difference {})".format(difference)
    print("{}: {}{} {}".format(name, result["status"], amount, result["detail"]).rstrip())
'''


def save_main(watched: Collection[Check]) -> str:
    """The main program that builds, trains, saves, and notes what `load_main` compares."""
    return _SAVE + keep_main(watched)


def keep_main(watched: Collection[Check], notes: Mapping[Check, str] = NOTES) -> str:
    """The end of a main program that saves `model` and keeps what it was fed and what came out.

    Args:
        watched: what is compared besides the outputs.
        notes: the code that notes it, where that is not the one for reference models.
    """
    noted = "".join(notes[check] for check in WATCHED if check in watched)
    state = f"    state = {{}}\n{noted}{_WRITE_STATE}" if noted else ""
    return _KEEP.format(state=state)


def load_main(
    file_format: Format, strategy: Strategy, watched: Collection[Check], before: str = ""
) -> str:
    """The main program that loads a file of that format by that strategy.

    Args:
        file_format: of the file.
        strategy: the way of loading.
        watched: what is compared besides the outputs; of `WATCHED`.
        before: code of `main` to be run before the file is loaded.
    """
    checks = "".join(
        f'    tell_check("{check}", {_COMPARISONS[check]})\n'
        for check in WATCHED
        if check in watched
    )
    state = _READ_STATE if any(NOTES[check] for check in watched) else ""
    way = _way(file_format.base, strategy)
    return _LOAD.format(load=before + way, checks=checks, state=state) + (_TELL if checks else "")


def bare_main(file_format: Format, strategy: Strategy, before: str = "") -> str:
    """The main program that only loads a file: nobody could say what it ought to answer."""
    way = _way(file_format.base, strategy)
    if way in (_SERVE, _ENDPOINT):
        way = _OPEN
    return _BARE.format(load=before + way.removesuffix(_PREDICT))


def _way(kind: Format, strategy: Strategy) -> str:
    if strategy is Strategy.SERVING:
        return _SERVE
    if kind is Format.EXPORT:
        return _ENDPOINT
    if strategy is Strategy.REBUILD_WEIGHTS:
        return _REBUILD
    if strategy is Strategy.LEGACY:
        return _LEGACY
    if kind in _WHOLE and strategy in {Strategy.PLAIN, Strategy.NO_COMPILE}:
        options = ", compile=False" if strategy is Strategy.NO_COMPILE else ""
        return f"    model = framework.keras.models.load_model(path{options})\n{_PREDICT}"
    return _READ
