"""What a user's file itself holds for training, whatever the first loader makes of it.

Owns counting the optimizer's arrays in each container. A loader is held against these where the
environment that adopted the file had already lost them.
"""

import json
import os
import tempfile
import zipfile

import numpy

from crossload_probe.subjects.observing import guarded

HDF5_GROUPS = ("optimizer_weights", "optimizer")
ZIP_WEIGHTS, ZIP_CONFIG = "model.weights.h5", "config.json"
CHECKPOINT_MARKS = (".OPTIMIZER_SLOT", "optimizer/_variables", "optimizer/_velocities")


def held(framework, kind, path):
    """{"slots": number of the optimizer's arrays that are not zero, "training": bool}."""
    nothing = {"slots": 0, "training": False}
    reader = READERS.get(kind)
    return nothing if reader is None else guarded(lambda: reader(framework, path), nothing)


def in_hdf5(framework, path):
    import h5py

    with h5py.File(path, "r") as stored:
        return {"slots": count(stored), "training": "training_config" in stored.attrs}


def in_zip(framework, path):
    if not zipfile.is_zipfile(path):
        return in_hdf5(framework, path)  # what earlier versions write under that name
    import h5py

    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        config = json.loads(archive.read(ZIP_CONFIG).decode("utf-8"))
        with h5py.File(archive.extract(ZIP_WEIGHTS, folder), "r") as stored:
            return {"slots": count(stored), "training": bool(config.get("compile_config"))}


def count(stored):
    """How many slots of an HDF5 file hold anything; scalars are counters and rates."""
    found = []

    def visit(name, item):
        if getattr(item, "shape", ()) and numpy.any(item[()]):
            found.append(name)

    for name in HDF5_GROUPS:
        if name in stored:
            stored[name].visititems(visit)
    return len(found)


def in_savedmodel(framework, path):
    variables = os.path.join(path, "variables", "variables")
    stored = framework.find_tensorflow().train.load_checkpoint(variables)
    shapes = stored.get_variable_to_shape_map()
    slots = [name for name in shapes if any(mark in name for mark in CHECKPOINT_MARKS)]
    filled = [name for name in slots if shapes[name] and numpy.any(stored.get_tensor(name))]
    return {"slots": len(filled), "training": bool(filled)}


READERS = {"h5": in_hdf5, "keras": in_zip, "savedmodel": in_savedmodel}
