"""Assign the weights of a Keras 3 file to the layers of a model, nested layers included.

Owns the tree of such a file and the walk through it: a layer is found by the name that newer
versions store, else by its class and its position among the layers of that class. Files without
nested layers do not need this: `formats.arrays` matches theirs one by one.
"""

import collections
import re

import numpy

from crossload_probe.formats.arrays import NoFit, natural, text

OPTIMIZERS = ("optimizer", "_optimizer")
# Groups that hold the layers of a model.
CONTAINERS = ("layers", "_layer_checkpoint_dependencies")
ARRAYS = "vars"
SEPARATOR = re.compile(r"[/\\]")  # files that were saved under Windows have the other one


class Node(object):
    """What a file holds of one layer: its own arrays, and its inner layers by key.

    Attributes:
        name: the layer's name, where the version of Keras stored it.
        arrays: {key: array} of the layer itself.
        inner: {key: Node}.
    """

    def __init__(self):
        self.name = None
        self.arrays = {}
        self.inner = collections.OrderedDict()

    def at(self, parts):
        node = self
        for part in parts:
            node = node.inner.setdefault(part, Node())
        return node

    def shapes(self):
        """Shapes of all arrays in this node and below."""
        found = [array.shape for array in self.arrays.values()]
        return found + [shape for node in self.inner.values() for shape in node.shapes()]

    def children(self):
        """[(key, node)] of inner nodes that hold arrays, `dense_2` before `dense_10`."""
        keys = sorted(self.inner, key=natural)
        return [(key, self.inner[key]) for key in keys if self.inner[key].shapes()]


def read(path):
    """The tree of a weights file as Keras 3 writes it; None for any other layout."""
    import h5py

    root = Node()

    def visit(path, item):
        parts = SEPARATOR.split(path)
        if parts[0] in OPTIMIZERS:
            return
        if hasattr(item, "shape"):
            owner = parts[:-2] if parts[-2:-1] == [ARRAYS] else parts[:-1]
            root.at(owner).arrays[parts[-1]] = numpy.asarray(item)
        elif parts[-1] == ARRAYS and "name" in item.attrs:
            root.at(parts[:-1]).name = text(item.attrs["name"])

    with h5py.File(path, "r") as file:
        if not is_tree(file):
            return None
        file.visititems(visit)
    return root


def is_tree(file):
    """Whether an open HDF5 file has the layout of Keras 3's weights, not that of whole models."""
    return "layer_names" not in file.attrs and "model_weights" not in file


def assign(model, root, order=None):
    """Assign weights to all layers of a model, or to none.

    Args:
        model: a model, built.
        root: what `read` returned.
        order: names of layers as the file's description lists them; layers of one class are
            stored in that order.

    Raises:
        NoFit: the tree belongs to another model.
    """
    found = []
    take(model, root, found, {name: place for place, name in enumerate(order or ())})
    given = {id(variable): array for variable, array in found}
    for layer in model.layers:
        if not is_filled(layer):
            continue
        missing = [variable for variable in layer.weights if id(variable) not in given]
        if missing:
            raise NoFit("nothing in the file fits some weights of layer {!r}".format(layer.name))
    for layer in model.layers:
        if is_filled(layer):
            layer.set_weights([given[id(variable)] for variable in layer.weights])


def is_filled(layer):
    """Whether a layer has numeric weights; the strings of a table do not count."""
    if any(hasattr(variable, "num_tensors") for variable in layer.weights):
        return False
    return bool(layer.weights)


def take(layer, node, found, order):
    """Add (variable, array) of everything within a layer to `found`."""
    within = set()
    for key, child in node.children():
        part = part_of(layer, key)
        if part is None:
            raise NoFit(
                "the file has {!r} in layer {!r}, but the model does not".format(key, layer.name)
            )
        if isinstance(part, (list, tuple)):
            for one, its in pairs(part, child, order):
                take(one, its, found, order)
                within.update(id(variable) for variable in one.weights)
        else:
            take(part, child, found, order)
            within.update(id(variable) for variable in part.weights)
    own = [variable for variable in layer.weights if id(variable) not in within]
    if node.arrays:
        arrays = [node.arrays[key] for key in sorted(node.arrays, key=natural)]
        if [shape_of(variable) for variable in own] != [array.shape for array in arrays]:
            raise NoFit("the file has other weights for layer {!r}".format(layer.name))
        found += zip(own, arrays)


def part_of(layer, key):
    """An inner layer, or a list of them, by key; Keras 3 dropped a `_` from some attributes."""
    if key in CONTAINERS:
        return layer.layers
    for name in (key, "_" + key, key.lstrip("_")):
        found = getattr(layer, name, None)
        if found is not None:
            return found
    return None


def pairs(layers, node, order):
    """[(layer, node)] of layers with weights, by stored name, by class and position, by shape."""
    layers = [layer for layer in layers if is_filled(layer)]
    layers.sort(key=lambda layer: order.get(layer.name, len(order)))
    left, found = node.children(), []
    for ways in (by_name, by_class, by_shape):
        for layer in list(layers):
            fitting = [entry for entry in left if ways(layer, *entry)]
            if fitting:
                found.append((layer, fitting[0][1]))
                left = [entry for entry in left if entry is not fitting[0]]
                layers.remove(layer)
    if layers:
        raise NoFit("nothing in the file fits layer {!r}".format(layers[0].name))
    return found


def by_name(layer, key, node):
    return node.name is not None and layer.name == node.name


def by_class(layer, key, node):
    return re.sub(r"_\d+$", "", key) == snake(type(layer).__name__) and by_shape(layer, key, node)


def by_shape(layer, key, node):
    return sorted(node.shapes()) == sorted(shape_of(variable) for variable in layer.weights)


def snake(kind):
    """The key that Keras gives the first layer of a class."""
    kind = re.sub(r"V[12]$", "", "Functional" if kind == "Model" else kind)
    kind = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", kind).lower()


def shape_of(variable):
    # Theano's variables have a tensor for their shape; Keras keeps the sizes beside it.
    shape = getattr(variable, "_keras_shape", variable.shape)
    sizes = shape.as_list() if hasattr(shape, "as_list") else shape
    return tuple(int(getattr(size, "value", size)) for size in sizes)
