"""Build a model from its code and fill it with the weights of a file.

Owns the order of attempts for each format. `formats.arrays` and `formats.trees` find the arrays in
a file and assign them to layers.
"""

import json
import os
import zipfile

import numpy

from crossload_probe.checks import structure
from crossload_probe.formats import arrays, serving, trees, writing
from crossload_probe.models import registry, samples

ZIP_MAGIC = b"PK\x03\x04"
ZIP_WEIGHTS = "model.weights.h5"
ZIP_CONFIG = "config.json"
BY_SHAPE = "weights-by-shape"
RENAMED = "renamed"
FINALIZED = "finalize-state"


class NothingLoaded(Exception):
    """Loading the weights raised no error, but changed nothing."""


def rebuild(framework, name, kind, path):
    """(model, concessions); raises the error of the last way of reading the weights."""
    ways = find_ways(kind, path)
    for number, way in enumerate(ways):
        framework.clear()
        # Weights that differ from the file's, so that those not loaded show.
        model = samples.build(framework, name, samples.REBUILD_SEED)
        before = structure.layer_weights(model)
        try:
            way(framework, model, path)
            if unchanged(before, structure.layer_weights(model)):
                raise NothingLoaded("no weight was found in the file, and none was missed")
        except Exception:
            if number == len(ways) - 1:
                raise
        else:
            concessions = CONCESSIONS.get(way, []) + finalize(model)
            finish = registry.find(name).finish
            if finish is not None:
                finish(framework, model)
            return model, concessions


def finalize(model):
    """Make normalisation layers compute with their new weights; returns the concessions.

    TF 2.6 and 2.7, and Keras 3.0 to 3.5 do not do so after reading HDF5.
    """
    changed = []
    for layer in getattr(model, "layers", ()):
        if type(layer).__name__ == "Normalization" and hasattr(layer, "finalize_state"):
            before = numbers_of(layer)
            layer.finalize_state()
            changed += [FINALIZED] if numbers_of(layer) != before else []
        changed += finalize(layer)
    return changed[:1]


def numbers_of(layer):
    """What a normalisation computes with; nothing that can be said in a graph, or before it has."""
    try:
        return [numpy.asarray(array).tolist() for array in (layer.mean, layer.variance)]
    except Exception:
        return None


def find_ways(kind, path):
    """Ways of reading the weights, the framework's own first.

    A `.keras` file is a zip, or plain HDF5 from earlier versions. A file without a suffix is taken
    for a checkpoint, or refused, until it is renamed.
    """
    if kind == "h5" and not os.path.splitext(path)[1]:
        return [load_as_h5]
    if kind == "keras":
        with open(path, "rb") as stream:
            if stream.read(len(ZIP_MAGIC)) != ZIP_MAGIC:
                return [load_weights, load_as_h5]
    return WAYS[kind]


def unchanged(before, after):
    """Whether no weight has changed; a model without weights has lost none."""
    return bool(before) and all((ours == theirs).all() for ours, theirs in zip(before, after))


def load_weights(framework, model, path):
    model.load_weights(path)


def load_as_h5(framework, model, path):
    """Rename a file by its content, since loaders go by the suffix."""
    renamed = os.path.join(os.path.dirname(path), "renamed.h5")
    os.rename(path, renamed)
    model.load_weights(renamed)


def unpack(path):
    """Path of the weights file of a zip, unpacked beside the zip."""
    with zipfile.ZipFile(path) as archive:
        return archive.extract(ZIP_WEIGHTS, os.path.dirname(path))


def load_unpacked(framework, model, path):
    model.load_weights(unpack(path))


def assign_unpacked(framework, model, path):
    assign_stored(model, unpack(path), stored_order(path))


def stored_order(path):
    """Names of the layers in a zip, in the order of the model's configuration."""
    with zipfile.ZipFile(path) as archive:
        if ZIP_CONFIG not in archive.namelist():
            return []
        described = json.loads(archive.read(ZIP_CONFIG).decode("utf-8"))
    return list(names_in(described))


def names_in(value):
    """Every name in a configuration, outer ones first."""
    if isinstance(value, dict):
        if isinstance(value.get("name"), str):
            yield value["name"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            for name in names_in(item):
                yield name


def assign_stored(model, path, order=None):
    """Assign the arrays of an HDF5 file: as a tree if it is one, else group by group."""
    tree = trees.read(path)
    if tree is not None:
        try:
            trees.assign(model, tree, order)
        except (arrays.NoFit, AttributeError):
            pass
        else:
            return
    arrays.assign(model, arrays.read_hdf5(path))


def load_variables(framework, model, path):
    model.load_weights(os.path.join(path, "variables", "variables"))


def assign_hdf5(framework, model, path):
    assign_stored(model, path)


def assign_variables(framework, model, path):
    assign_checkpoint(framework, model, os.path.join(path, "variables", "variables"))


def assign_checkpoint_in(framework, model, path):
    assign_checkpoint(framework, model, os.path.join(path, writing.CHECKPOINT))


def assign_checkpoint(framework, model, prefix):
    tensorflow = serving.find_tensorflow(framework)
    arrays.assign(model, arrays.read_checkpoint(tensorflow, prefix))


def load_weights_in(framework, model, path):
    model.load_weights(os.path.join(path, writing.WEIGHTS))


def assign_hdf5_in(framework, model, path):
    assign_hdf5(framework, model, os.path.join(path, writing.WEIGHTS))


WAYS = {
    "h5": [load_weights, assign_hdf5],
    "keras": [load_weights, load_unpacked, assign_unpacked],
    "savedmodel": [load_variables, assign_variables],
    "weights-h5": [assign_hdf5],
    "weights-tf": [assign_checkpoint_in],
    "json+weights": [load_weights_in, assign_hdf5_in],
}
CONCESSIONS = {
    load_as_h5: [RENAMED],
    assign_hdf5: [BY_SHAPE],
    assign_hdf5_in: [BY_SHAPE],
    assign_unpacked: [BY_SHAPE],
    assign_variables: [BY_SHAPE],
    assign_checkpoint_in: [BY_SHAPE],
}
