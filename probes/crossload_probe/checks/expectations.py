"""Write and read a saver's observations of its model: `expected.npz` and `expected.json`.

Owns the layout of these two files of a bundle. `jobs.saving` measures their content,
`checks.comparing` compares it.
"""

import io
import json
import os

import numpy

from crossload_probe import feeding

LAYOUT = 3
# These are lists of arrays; everything else in an expectation is JSON.
ARRAYS = ("inputs", "outputs", "predicted", "evaluated", "layers", "weights", "slots")


def write(bundle, expectation):
    """Write an expectation into a bundle's folder."""
    arrays = {}
    counts = {}
    for group in ARRAYS:
        held = expectation.get(group, ())
        counts[group] = len(held)
        for index, array in enumerate(held):
            arrays["{}_{}".format(group, index)] = array
    buffer = io.BytesIO()
    numpy.savez(buffer, **arrays)
    with open(os.path.join(bundle, "expected.npz"), "wb") as stream:
        stream.write(buffer.getvalue())
    facts = {key: value for key, value in expectation.items() if key not in ARRAYS}
    facts["layout"] = LAYOUT
    facts["counts"] = counts
    inputs = expectation["inputs"]
    facts["input_form"] = getattr(inputs, "form", None)
    facts["input_names"] = getattr(inputs, "names", [])
    with open(os.path.join(bundle, "expected.json"), "w", encoding="ascii") as stream:
        # A loss may be NaN, which is Python's own JSON; only this module reads the file.
        json.dump(facts, stream, sort_keys=True, ensure_ascii=True)


def read(bundle):
    """Read the expectation from a bundle's folder."""
    with open(os.path.join(bundle, "expected.json"), "r", encoding="ascii") as stream:
        expectation = json.load(stream)
    if expectation.pop("layout") != LAYOUT:
        raise ValueError("the bundle's layout is not the one of this probe")
    counts = expectation.pop("counts")
    with numpy.load(os.path.join(bundle, "expected.npz"), allow_pickle=False) as arrays:
        for group in ARRAYS:
            names = ["{}_{}".format(group, index) for index in range(counts[group])]
            expectation[group] = [arrays[name] for name in names]
    form, names = expectation.pop("input_form"), expectation.pop("input_names")
    expectation["inputs"] = feeding.Inputs(expectation["inputs"], form, names)
    return expectation
