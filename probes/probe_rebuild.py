"""Build a model from its code and fill it with the weights of a file that was saved elsewhere.

Owns the order of attempts for each format. How arrays are found in a file and given to layers is
`probe_arrays`'s.
"""

import os
import zipfile

import probe_arrays
import probe_samples
import probe_structure

ZIP_MAGIC = b"PK\x03\x04"
ZIP_WEIGHTS = "model.weights.h5"
BY_SHAPE = "weights-by-shape"


class NothingLoaded(Exception):
    """Loading weights raised nothing and changed nothing."""


def rebuild(framework, name, file_format, path):
    """(model, concessions); raises what the last way of reading the weights raised."""
    ways = keras_ways(path) if file_format == "keras" else WAYS[file_format]
    for number, way in enumerate(ways):
        framework.clear()
        # Other weights than the file's: what was not loaded must show.
        model = probe_samples.build(framework, name, probe_samples.REBUILD_SEED)
        before = probe_structure.layer_weights(model)
        try:
            way(framework, model, path)
            if unchanged(before, probe_structure.layer_weights(model)):
                raise NothingLoaded("no weight was found in the file, and none was missed")
        except Exception:
            if number == len(ways) - 1:
                raise
        else:
            return model, [BY_SHAPE] if way in BY_ARRAY else []


def keras_ways(path):
    """A `.keras` file is a zip, or plain HDF5 from the years before that."""
    with open(path, "rb") as stream:
        is_zip = stream.read(4) == ZIP_MAGIC
    return [load_weights, load_unpacked, assign_unpacked] if is_zip else [load_weights, load_as_h5]


def unchanged(before, after):
    return all((ours == theirs).all() for ours, theirs in zip(before, after))


def load_weights(framework, model, path):
    model.load_weights(path)


def load_as_h5(framework, model, path):
    """Under the name that its content deserves: loaders go by the suffix."""
    renamed = os.path.join(os.path.dirname(path), "renamed.h5")
    os.rename(path, renamed)
    model.load_weights(renamed)


def unpack(path):
    """Path of the weights file in a zip, unpacked beside it."""
    with zipfile.ZipFile(path) as archive:
        return archive.extract(ZIP_WEIGHTS, os.path.dirname(path))


def load_unpacked(framework, model, path):
    model.load_weights(unpack(path))


def assign_unpacked(framework, model, path):
    assign_hdf5(framework, model, unpack(path))


def load_variables(framework, model, path):
    model.load_weights(os.path.join(path, "variables", "variables"))


def assign_hdf5(framework, model, path):
    probe_arrays.assign(model, probe_arrays.read_hdf5(path))


def assign_checkpoint(framework, model, path):
    tensorflow = framework.tensorflow
    if tensorflow is None:
        import tensorflow
    prefix = os.path.join(path, "variables", "variables")
    probe_arrays.assign(model, probe_arrays.read_checkpoint(tensorflow, prefix))


WAYS = {
    "h5": [load_weights],
    "savedmodel": [load_variables, assign_checkpoint],
    "weights-h5": [assign_hdf5],
}
BY_ARRAY = (assign_hdf5, assign_unpacked, assign_checkpoint)
