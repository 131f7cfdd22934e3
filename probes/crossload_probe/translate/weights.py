"""Fill a model with the weights of a file or folder, whatever Keras and loader wrote it for.

Owns the order of the ways, and the check that a way left nothing out: the objects of a SavedModel,
else Keras' own loader, then the groups of the file. `formats.arrays`, `formats.trees` and
`translate.saved_objects` read and assign them; `translate.containers` knows what the file is.
"""

import hashlib
import json
import zipfile

import numpy

from crossload_probe.checks import structure
from crossload_probe.formats import arrays, normalizing, trees, writing
from crossload_probe.translate import (
    checkpoints,
    containers,
    saved_objects,
    slopes,
    spectral,
    turned,
)
from crossload_probe.translate.messages import Damaged

CHECKPOINTS = ("savedmodel", "weights-tf")
OWN_LOADER = "Keras' own loader: "  # then why that was not enough
# Why the objects of a SavedModel may not lead to all weights.
UNFIT = (arrays.NoFit, Damaged, OSError, KeyError, ValueError)
REFRESHED = "normalisation computed again from its weights"


class NothingLoaded(Exception):
    """Loading the weights raised no error, but some weights are not those of the file."""


def load(framework, model, container):
    """Assign the weights of a `containers.Container` to a model that has its weights already.

    Returns:
        Texts that say how, where Keras' own loader was not enough.

    Raises:
        Exception: why the last way did not fit; the weights of the model may be mixed then.
    """
    before = structure.layer_weights(model)
    with containers.weights_file(container) as path:
        stored = Stored(framework, container, path)
        if container.kind == "savedmodel":
            try:
                saved_objects.assign(model, saved_objects.read(container.path, path))
            except UNFIT:
                reset(model, before)
            else:
                return stored.turn(model) + finalize(model)
        try:
            model.load_weights(path)
            stored.check(model, before)
        except Exception as error:
            reset(model, before)
            notes = [stored.assign(model), OWN_LOADER + summary(error)]
            stored.check(model, before)
        else:
            notes = []
        notes += stored.turn(model)
    return notes + finalize(model)


def backend_of(file):
    """What an open HDF5 file says of the backend of Keras that wrote it."""
    for group in (file, file.get("model_weights", file)):
        if "backend" in group.attrs:
            return arrays.text(group.attrs["backend"])
    return None


def reset(model, before):
    """Undo what a refused way has assigned."""
    left = list(before)
    for layer in model.layers:
        if not any(hasattr(one, "num_tensors") for one in getattr(layer, "weights", ())):
            its = [left.pop(0) for _ in layer.get_weights()]
            if its:
                layer.set_weights(its)


def summary(error):
    lines = str(error).strip().splitlines()
    return "{}: {}".format(type(error).__name__, lines[0][:80] if lines else "").rstrip(": ")


class Stored(object):
    """The weights of one file, read once if they are needed."""

    def __init__(self, framework, container, path):
        self.framework = framework
        self.container = container
        self.path = path
        self._groups = None

    def groups(self):
        """[(name of a layer or "", [(name, array)])]."""
        if self._groups is None:
            if self.is_checkpoint():
                self._groups = arrays.read_checkpoint(checkpoints, self.path)
            else:
                self._groups = arrays.read_hdf5(self.path)
        return self._groups

    def is_checkpoint(self):
        return not writing.is_hdf5(self.path)

    def backend(self):
        """The backend of the Keras that wrote the weights; None where that is unknown.

        Checkpoints are TensorFlow's. Keras 3, whose own weights name no backend, runs on none that
        turns kernels.
        """
        if self.is_checkpoint():
            return "tensorflow"
        import h5py

        with h5py.File(self.path, "r") as file:
            return "tensorflow" if trees.is_tree(file) else backend_of(file)

    def turn(self, model):
        """Turn kernels that were trained on, or for, another backend; returns texts that say so."""
        backend = self.backend()
        if not turned.concerns(self.framework, backend, turned.LAYERS):
            return []
        return turned.turn(slopes.layers_of(model), backend, self.has)

    def has(self, array):
        """Whether the file holds this array as it is."""
        return self.strangers([array]) == 0

    def assign(self, model):
        """Assign group by group; returns how. Raises `arrays.NoFit`."""
        tree = None if self.is_checkpoint() else trees.read(self.path)
        if tree is not None:
            if not any(type(one).__name__ == spectral.CLASS for one in slopes.layers_of(model)):
                spectral.unwrap(tree)
            try:
                trees.assign(model, tree, stored_order(self.container))
            except (arrays.NoFit, AttributeError):
                pass
            else:
                return "weights by the names and classes of their layers"
        arrays.assign(model, self.groups())
        return "weights by the names, classes and shapes of their layers"

    def check(self, model, before):
        """Raise `NothingLoaded` where a weight is as before, and not one of the file's.

        What has changed was loaded, and may have been converted on the way.
        """
        after = structure.layer_weights(model)
        same = [
            theirs
            for ours, theirs in zip(before, after)
            if ours.shape == theirs.shape and numpy.array_equal(ours, theirs)
        ]
        left = self.strangers(same)
        if left:
            raise NothingLoaded("{} of {} arrays were left as they were".format(left, len(after)))

    def strangers(self, given):
        """How many of these arrays the file does not hold."""
        if not given:
            return 0
        known = {mark(array) for _, entries in self.groups() for _, array in entries}
        return sum(mark(array) not in known for array in given)


def missing(framework, model, container):
    """How many weights of a loaded model are not in the file as they are.

    They may have been converted on the way. Checkpoints are not looked at: Keras reads them by
    the objects that they name, and complains.
    """
    if container.kind in CHECKPOINTS:
        return 0
    return unlike(framework, container, structure.layer_weights(model))


def unlike(framework, container, given):
    """How many of these arrays a file does not hold as they are, checkpoints included."""
    with containers.weights_file(container) as path:
        return Stored(framework, container, path).strangers(given)


def holds_any(framework, container):
    """Whether there are any weights in a file or folder; numbers alone are those of metrics."""
    with containers.weights_file(container) as path:
        groups = Stored(framework, container, path).groups()
    return any(numpy.ndim(array) for _, entries in groups for _, array in entries)


def mark(array):
    """What equal arrays have in common, whatever number type they are stored in."""
    if array.dtype.kind not in "fiub":
        return array.shape, None
    content = numpy.ascontiguousarray(array, "float64").tobytes()
    return array.shape, hashlib.sha256(content).digest()


def stored_order(container):
    """Names of the layers in the order of the model's description; empty where there is none."""
    if container.kind == "keras":
        with zipfile.ZipFile(container.path) as archive:
            if containers.ZIP_CONFIG not in archive.namelist():
                return []
            text = archive.read(containers.ZIP_CONFIG)
    elif container.description is not None:
        with open(container.description, "rb") as stream:
            text = stream.read()
    else:
        return []
    return list(names_in(json.loads(text.decode("utf-8"))))


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


def finalize(model):
    """Make normalisation layers compute with their new weights; says so where that changed them."""
    changed = []
    for layer in getattr(model, "layers", ()):
        changed += [REFRESHED] if normalizing.refresh(layer) else []
        changed += finalize(layer)
    return changed[:1]
