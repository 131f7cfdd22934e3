"""The name that a file should have by what it holds, where loaders decide by the name.

Owns telling a misnamed file by its content, and the source that copies it to a right name.
"""

import os
import zipfile

from crossload_probe.formats import writing
from crossload_probe.formats.recipes import FILE, quote

H5_NAMES = (".h5", ".hdf5")
KERAS, WEIGHTS, FOLDER = ".keras", ".weights.h5", ".savedmodel"


def suffix_wanted(path):
    """What has to be appended to the name of a file or folder, or "" where its name is right.

    HDF5 is taken for what it is by the suffix `.h5`; the weights of Keras 3 by `.weights.h5`, under
    which nothing else is found; a zip of Keras by `.keras`; a SavedModel by having no such suffix.
    """
    name = os.path.basename(path).lower()
    if os.path.isdir(path):
        is_model = os.path.isfile(os.path.join(path, writing.GRAPH))
        return FOLDER if is_model and name.endswith(H5_NAMES + (KERAS,)) else ""
    if not writing.is_hdf5(path):
        return KERAS if zipfile.is_zipfile(path) and not name.endswith(KERAS) else ""
    if has_layout_of_keras3(path):
        return "" if name.endswith(WEIGHTS) else WEIGHTS
    return "" if name.endswith(H5_NAMES) and not name.endswith(WEIGHTS) else H5_NAMES[0]


def has_layout_of_keras3(path):
    """Whether an HDF5 file holds weights as Keras 3 and the last versions of Keras 2 write them."""
    import h5py

    with h5py.File(path, "r") as file:
        marks = set(file.attrs) | set(file)
    return not marks & {"layer_names", "model_weights", "model_config"}


def copying(place, suffix):
    """The line that copies a file or folder (source of its path) beside itself, rightly named."""
    function = "shutil.copytree" if suffix == FOLDER else "shutil.copyfile"
    return "{}({}, {})".format(function, quote(place), quote(place + suffix))


def place(kind):
    """The path, as a recipe spells it, of the weights or of the whole file."""
    if kind == "json+weights":
        return FILE + "/" + writing.WEIGHTS
    return FILE + "/" + writing.CHECKPOINT if kind == "weights-tf" else FILE
