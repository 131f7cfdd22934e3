"""Recognise what a model file is by its content, and give its parts a path that loaders accept.

Owns the kinds of payloads and where the description and the weights are in each. Loaders choose by
the suffix and unpack beside the file, so they get links with the right suffix in a folder of their
own, which is removed afterwards.
"""

import collections
import contextlib
import os
import shutil
import tempfile
import zipfile

from crossload_probe.formats import writing

# kind: "h5", "keras", "savedmodel" or "json+weights" for a whole model; "weights-h5" or
# "weights-tf" for weights alone. A `.keras` file may be HDF5, and is of the kind "h5" then.
# description: the JSON file of "json+weights", else None.
# weights: the HDF5 file, the zip, or the prefix of the checkpoint that holds the weights.
Container = collections.namedtuple("Container", "kind path description weights")

ZIP_CONFIG, ZIP_WEIGHTS = "config.json", "model.weights.h5"
VARIABLES = os.path.join("variables", "variables")
INDEX = ".index"


class NotAModel(Exception):
    """The path leads to nothing that holds a model or weights."""


def recognise(path):
    """The `Container` at a path: a file, a folder, or the prefix of a checkpoint.

    Raises:
        NotAModel: it is none; the message says what was found.
    """
    path = os.fspath(path)
    if os.path.isdir(path):
        return recognise_folder(path)
    if not os.path.exists(path) and os.path.isfile(path + INDEX):
        return Container("weights-tf", path, None, path)
    if not os.path.exists(path):
        raise NotAModel("there is no file or folder {!r}".format(path))
    if writing.is_hdf5(path):
        kind = "h5" if holds_description(path) else "weights-h5"
        return Container(kind, path, None, path)
    if zipfile.is_zipfile(path):
        return Container("keras", path, None, path)
    raise NotAModel("{!r} is neither HDF5 nor a .keras archive".format(path))


def recognise_folder(path):
    if os.path.isfile(os.path.join(path, writing.GRAPH)):
        return Container("savedmodel", path, None, os.path.join(path, VARIABLES))
    names = sorted(os.listdir(path))
    described = [name for name in names if name.endswith(".json") and is_description(path, name)]
    stored = [os.path.join(path, name) for name in names]
    weights = [one for one in stored if writing.is_hdf5(one)]
    weights += [one[: -len(INDEX)] for one in stored if one.endswith(INDEX)]
    if len(weights) > 1:
        raise NotAModel("{!r} holds weights more than once: {}".format(path, ", ".join(weights)))
    if not weights:
        raise NotAModel("{!r} is no SavedModel, and holds no weights file".format(path))
    if len(described) == 1:
        return Container("json+weights", path, os.path.join(path, described[0]), weights[0])
    kind = "weights-h5" if writing.is_hdf5(weights[0]) else "weights-tf"
    return Container(kind, path, None, weights[0])


def is_description(folder, name):
    with open(os.path.join(folder, name), "rb") as stream:
        return b'"class_name"' in stream.read()


def holds_description(path):
    import h5py

    with h5py.File(path, "r") as file:
        return "model_config" in file.attrs


def is_tree(path):
    """Whether an HDF5 file holds weights in nested groups, as `.keras` files and Keras 3 do."""
    import h5py

    with h5py.File(path, "r") as file:
        return "layer_names" not in file.attrs and "model_weights" not in file


@contextlib.contextmanager
def weights_file(container):
    """Path of the weights for a loader: HDF5 under the suffix that its layout asks for.

    A checkpoint's prefix is given as it is.
    """
    if container.kind == "savedmodel" or not is_file_of_weights(container):
        yield container.weights
        return
    folder = tempfile.mkdtemp(prefix="crossload-")
    try:
        if container.kind == "keras":
            yield unpacked(container.weights, folder)
        else:
            suffix = ".weights.h5" if is_tree(container.weights) else ".h5"
            yield linked(container.weights, os.path.join(folder, "model" + suffix))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_file_of_weights(container):
    return container.kind == "keras" or writing.is_hdf5(container.weights)


def unpacked(archive, folder):
    """The weights of a `.keras` file in a folder; raises `NotAModel` if it has none."""
    target = os.path.join(folder, ZIP_WEIGHTS)
    with zipfile.ZipFile(archive) as opened:
        if ZIP_WEIGHTS not in opened.namelist():
            raise NotAModel("there is no {} in {!r}".format(ZIP_WEIGHTS, archive))
        with opened.open(ZIP_WEIGHTS) as source, open(target, "wb") as copy:
            shutil.copyfileobj(source, copy)
    return target


def linked(path, target):
    """A link to a file under another name; a copy where links are not allowed."""
    try:
        os.symlink(os.path.abspath(path), target)
    except (OSError, NotImplementedError):
        shutil.copyfile(path, target)
    return target
