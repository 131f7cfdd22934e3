"""Record the output of every layer, and find the first layer of a loaded model that differs.

Covers Sequential and functional models: those of their layers that are called once and have one
output tensor. Other layers are skipped.
"""

import numpy

from crossload_probe.checks import structure

# How many rows of a batch are kept where the whole batch would make the bundle big.
KEPT_ROWS = 2
BIG = 1 << 18  # bytes


def record(framework, model, inputs):
    """(names, arrays): [[class, name]] of the observed layers in order, and float32 outputs.

    Never raises: a model that cannot be taken apart has no layers.
    """
    try:
        layers, tensors = observed(framework, model)
        if not layers:
            return [], []
        part = framework.keras.models.Model(inputs=model.inputs, outputs=tensors)
        arrays = [numpy.asarray(array) for array in framework.predict(part, inputs)]
        if len(arrays) != len(layers):
            return [], []
        numbers = [index for index, array in enumerate(arrays) if is_number(array)]
        return [spell(layers[index]) for index in numbers], [
            arrays[index].astype("float32") for index in numbers
        ]
    except Exception:
        return [], []


def observed(framework, model):
    """(layers, tensors) that one sub-model can give."""
    layers, tensors = [], []
    for layer in model.layers:
        is_model = isinstance(layer, framework.keras.models.Model)
        if is_model or type(layer).__name__ == "InputLayer":
            continue  # the output of a nested model belongs to its own graph
        try:
            tensor = layer.output
        except Exception:  # never called, or called more than once
            continue
        if hasattr(tensor, "shape"):
            layers.append(layer)
            tensors.append(tensor)
    return layers, tensors


def is_number(array):
    """Whether float32 can hold it; bfloat16 has its own kind."""
    return array.dtype.kind in "fiub" or "float" in str(array.dtype)


def spell(layer):
    """[class, name] without what depends on the version or on the order of building."""
    return [
        structure.CLASS_SUFFIX.sub("", type(layer).__name__),
        structure.AUTOMATIC_NUMBER.sub("", layer.name),
    ]


def compact(arrays):
    """The same arrays, cut to their first rows where the whole would be big."""
    if sum(array.nbytes for array in arrays) <= BIG:
        return arrays
    return [array[:KEPT_ROWS] for array in arrays]


def pair(names, arrays, found_names, found_arrays):
    """[(class, name, expected, found)] in the saver's order, of layers that both sides have.

    Layers that share a normalised name are matched in order.
    """
    found = {}
    for name, array in zip(found_names, found_arrays):
        found.setdefault(name[1], []).append(array)
    pairs = []
    for (kind, name), expected in zip(names, arrays):
        if found.get(name):
            ours = found[name].pop(0)[: len(expected)]
            if ours.shape == expected.shape:
                pairs.append((kind, name, expected, ours))
    return pairs
