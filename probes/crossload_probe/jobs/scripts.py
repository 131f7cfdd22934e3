"""Run a case's scripts, and compare the outputs of `load.py` with those of `save.py`.

Owns the contract of the scripts: where they run, what they find, the global `outputs`.

Contract. A script runs as a program: `__name__` is "__main__", the working folder is its own
(`save.py`: empty; `load.py`: a writable copy of what `save.py` left). It finds one global, `keras`:
the Keras that the environment's API names. It leaves a global `outputs`: an array, or a list or
dict of arrays, of numbers or strings. An exception is a result.
"""

import linecache
import os
import shutil
import sys
import types

import numpy

from crossload_probe.checks import comparing, expectations
from crossload_probe.checks import results as checking
from crossload_probe.jobs.saving import Clock

FOLDER = "files"  # the only entry of the payload, with everything that the script writes
OUTPUTS = "outputs"
PLAIN = (str, bytes, bool, int, float, list, tuple, numpy.ndarray, numpy.generic)


class NoOutputs(Exception):
    """The script ended without outputs that can be compared."""


def save(framework, job, folder, report):
    """Do a case's save job: run `save.py`, keep its folder and its outputs."""
    clock = Clock(report["seconds"])
    bundle = os.path.join(folder, "bundle")
    place = os.path.join(bundle, "payload", FOLDER)
    os.makedirs(place)
    names, arrays = run("save.py", job["script"], place, framework)
    clock.stop("save")
    expectation = {group: [] for group in expectations.ARRAYS}
    expectation["outputs"] = [array for array in arrays if not is_text(array)]
    expectation["names"] = names
    expectation["texts"] = texts_of(arrays)
    expectation["saver"] = framework.versions()
    # Results are keyed by the bundle's digest: two cases that save alike must not share them.
    expectation["case"] = job["model"]
    expectations.write(bundle, expectation)
    report.update(noise=None, payload=FOLDER)


def load(framework, job, folder, report):
    """Do a case's load job: run `load.py` in a copy of the folder, compare the outputs."""
    clock = Clock(report["seconds"])
    place = os.path.join(folder, "payload", FOLDER)
    shutil.copytree(
        os.path.join(job["artifact"], "payload", FOLDER), place, copy_function=shutil.copyfile
    )
    for inner, _, _ in os.walk(place):  # folders keep the modes of their originals
        os.chmod(inner, 0o755)
    expected = expectations.read(job["artifact"])
    clock.stop("copy")
    names, arrays = run("load.py", job["script"], place, framework)
    clock.stop("load")
    report["checks"] = checks(names, arrays, expected)
    clock.stop("checks")


def run(name, text, place, framework):
    """(names, arrays) of a script's outputs; names are the keys of a dict, else None."""
    # Tracebacks and `inspect.getsource` find the text by this name.
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    module = types.ModuleType("__main__")
    module.__file__ = name
    module.keras = framework.keras
    registry = framework.keras.utils.get_custom_objects()
    before = sys.modules["__main__"], sys.argv, os.getcwd(), list(sys.path), dict(registry)
    sys.modules["__main__"], sys.argv = module, [name]
    os.chdir(place)
    try:
        exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)
        if OUTPUTS not in module.__dict__:
            raise NoOutputs("{} set no global named '{}'".format(name, OUTPUTS))
        return collect(module.__dict__[OUTPUTS], name, framework)
    finally:
        sys.modules["__main__"], sys.argv = before[:2]
        os.chdir(before[2])
        sys.path[:] = before[3]
        # For workers that cannot replace their process after a script.
        registry.clear()
        registry.update(before[4])


def collect(outputs, name, framework):
    """(names, arrays) of an array, or of a list or dict of arrays."""
    names = None
    if isinstance(outputs, dict):
        names = sorted(str(key) for key in outputs)
        by_name = {str(key): value for key, value in outputs.items()}
        values = [by_name[key] for key in names]
    elif isinstance(outputs, (list, tuple)):
        values = list(outputs)
    else:
        values = [outputs]
    return names, [to_array(value, name, framework) for value in values]


def to_array(value, name, framework):
    """An array of numbers or strings; tensors are converted."""
    array = numpy.asarray(value if isinstance(value, PLAIN) else framework.array(value))
    if array.dtype.kind == "O":
        array = numpy.asarray([readable(item) for item in array.ravel()]).reshape(array.shape)
    if array.dtype.kind == "S":
        array = numpy.char.decode(array, "utf-8", "backslashreplace")
    if array.dtype.kind == "V":  # bfloat16 and its like
        array = array.astype("float32")
    if array.dtype.kind not in "biufU":
        raise NoOutputs(
            "'{}' in {} holds {}, expected arrays of numbers or text".format(
                OUTPUTS, name, array.dtype
            )
        )
    return array


def readable(item):
    return item.decode("utf-8", "backslashreplace") if isinstance(item, bytes) else item


def is_text(array):
    return array.dtype.kind == "U"


def texts_of(arrays):
    """For each array its shape and items if it holds strings, else None."""
    return [[list(one.shape), one.ravel().tolist()] if is_text(one) else None for one in arrays]


def checks(names, arrays, expected):
    """All checks, of which only the outputs apply."""
    results = []
    for check in comparing.CHECKS:
        if check == OUTPUTS:
            result = comparing.guarded(lambda: check_outputs(names, arrays, expected))
        else:
            result = checking.not_applicable("a scripted case compares its outputs only")
        results.append(dict(result, check=check))
    return results


def check_outputs(names, arrays, expected):
    wanted = expected["names"]
    if (names is None) != (wanted is None):
        kinds = "a dict", "arrays without names"
        found, instead = kinds if wanted is None else kinds[::-1]
        return checking.disagrees("{} instead of {}".format(found, instead))
    if names != wanted:
        return checking.disagrees("outputs {} instead of {}".format(names, wanted))
    texts = texts_of(arrays)
    if len(texts) == len(expected["texts"]):
        for index, (ours, theirs) in enumerate(zip(texts, expected["texts"])):
            if ours != theirs:
                where = names[index] if names else index
                return checking.disagrees(describe_text(where, ours, theirs))
    numbers = [array for array in arrays if not is_text(array)]
    if not numbers and not expected["outputs"]:
        return checking.agrees()
    return checking.check_arrays(numbers, expected["outputs"])


def describe_text(where, ours, theirs):
    if ours is None or theirs is None:
        kinds = "text", "numbers"
        found, instead = kinds if theirs is None else kinds[::-1]
        return "output {} holds {} instead of {}".format(where, found, instead)
    if ours[0] != theirs[0]:
        return "output {} has shape {} instead of {}".format(where, ours[0], theirs[0])
    for found, instead in zip(ours[1], theirs[1]):
        if found != instead:
            return "output {} says {!r} instead of {!r}".format(where, found[:200], instead[:200])
    return ""
