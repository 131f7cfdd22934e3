"""Find the weights in a file without its own loader, and assign them to the layers of a model.

Owns the layouts of weights in HDF5 (Keras 2 and Keras 3) and in TensorFlow checkpoints, and the
matching of stored groups with layers: by name, by class, by order, always by shape.
"""

import re

import numpy

from crossload_probe.formats import layouts

# Parts of a path in a file that do not identify the layer.
FILLERS = {"layers", "_layer_checkpoint_dependencies", "vars", "cell", "model_weights"}
CHECKPOINT_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
CHECKPOINT_LAYER = re.compile(r"^(?:.*/)?layer_with_weights-(\d+)/")


class NoFit(Exception):
    """The arrays in the file do not fit the layers of the model."""


def natural(text):
    """Sort key that puts `dense_2` before `dense_10`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)]


def read_hdf5(path):
    """[(name of the layer or "", [(name, array)])] in stored order."""
    import h5py

    with h5py.File(path, "r") as file:
        root = file["model_weights"] if "model_weights" in file else file
        if "layer_names" in root.attrs:
            return read_named_groups(root)
        return read_tree(root)


def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def read_named_groups(root):
    """The layout of Keras 1 and 2: attributes list layers and weights in their order."""
    groups = []
    for layer in [text(name) for name in root.attrs["layer_names"]]:
        names = [text(name) for name in root[layer].attrs["weight_names"]]
        groups.append((layer, [(name, numpy.asarray(root[layer][name])) for name in names]))
    return [group for group in groups if group[1]]


def read_tree(root):
    """The layout of Keras 3: nested groups, order only by the numbers in their names."""
    found = {}

    def visit(path, item):
        parts = path.split("/")
        if hasattr(item, "shape") and parts[0] not in ("optimizer", "_optimizer"):
            layer = "/".join(part for part in parts[:-1] if part not in FILLERS)
            found.setdefault(layer, []).append((parts[-1], numpy.asarray(item)))

    root.visititems(visit)
    return [
        (layer, sorted(found[layer], key=lambda entry: natural(entry[0])))
        for layer in sorted(found, key=natural)
    ]


def read_checkpoint(tensorflow, prefix):
    """The same from a TensorFlow checkpoint; layers have numbers there, not names.

    A variable is stored under its shortest path: a recurrent cell's may be `variables/3` of the
    whole model instead of the path through its layer.
    """
    reader = tensorflow.train.load_checkpoint(prefix)
    layers, loose = {}, []
    for key in sorted(reader.get_variable_to_shape_map(), key=natural):
        if ".OPTIMIZER_SLOT" in key or not key.endswith(CHECKPOINT_SUFFIX):
            continue
        match = CHECKPOINT_LAYER.match(key)
        attribute = key[: -len(CHECKPOINT_SUFFIX)].split("/")[-1]
        if match:
            layers.setdefault(int(match.group(1)), []).append((attribute, reader.get_tensor(key)))
        elif re.match(r"(_operations|variables|trainable_variables)/\d+", key):
            loose.append((attribute, reader.get_tensor(key)))
    groups = [("", layers[number]) for number in sorted(layers)]
    return groups + [("", [entry]) for entry in loose]


def assign(model, groups):
    """Assign to every layer with weights the group that fits best; raises `NoFit`."""
    left = list(groups)
    for layer in model.layers:
        arrays = layer.get_weights()
        if not arrays or any(array.dtype == object for array in arrays):
            continue  # the texts of a table are no weights: the code that builds gives them
        shapes = [array.shape for array in arrays]
        fitting = [
            (group, entries)
            for group in left
            for entries in layouts.of(group[1], layer)
            if fits(entries, shapes)
        ]
        if fitting:
            best, entries = max(fitting, key=lambda one: kinship(layer, one[0][0]))
            left = [group for group in left if group is not best]
        else:
            entries, left = take_loose(left, shapes, layer.name)
        layer.set_weights(order_arrays(layer, entries, shapes))
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # a normalisation computes from copies of its weights


def fits(entries, shapes):
    return sorted(array.shape for _, array in entries) == sorted(shapes)


def kinship(layer, name):
    """How well a stored group's name matches the layer: by name, then by class."""
    last = name.split("/")[-1]
    if layer.name in (name, last):
        return 2
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(layer).__name__).lower()
    return 1 if re.sub(r"_\d+$", "", last) == snake else 0


def take_loose(groups, shapes, layer_name):
    """Arrays that are not grouped by layer, the first of each shape."""
    left, taken = list(groups), []
    for shape in shapes:
        for group in left:
            if len(group[1]) == 1 and group[1][0][1].shape == shape:
                taken.append(group[1][0])
                left = [other for other in left if other is not group]
                break
        else:
            raise NoFit("nothing in the file fits layer {!r} {}".format(layer_name, shapes))
    return taken, left


def order_arrays(layer, entries, shapes):
    """The arrays in the layer's own order: by the names of its variables, else as stored.

    Arrays of a nested model are first sorted into its layers by name: Keras 2 stores the
    trainable ones of a frozen model before all others.
    """
    within = order_within(layer, entries)
    if within is not None:
        return within
    stored = {short_name(name): array for name, array in entries}
    names = [short_name(getattr(variable, "name", "")) for variable in layer.weights]
    if len(stored) == len(shapes) and set(names) == set(stored):
        return [stored[name] for name in names]
    left, ordered = [array for _, array in entries], []
    for shape in shapes:
        for index, array in enumerate(left):
            if array.shape == shape:
                ordered.append(left.pop(index))
                break
    return ordered


def order_within(layer, entries):
    """The arrays of a model by layer name; None if their names do not say."""
    if not hasattr(layer, "layers"):
        return None
    found = {}
    for inner in layer.layers:
        shapes = [array.shape for array in inner.get_weights()]
        its = [entry for entry in entries if inner.name in entry[0].split("/")[:-1]]
        if shapes and not fits(its, shapes):
            return None
        found.update(zip(map(id, inner.weights), order_arrays(inner, its, shapes)))
    if set(found) != set(map(id, layer.weights)):
        return None
    return [found[id(variable)] for variable in layer.weights]


def short_name(name):
    """Return "kernel" for "lstm/lstm_cell/kernel:0"."""
    return name.split("/")[-1].split(":")[0]
