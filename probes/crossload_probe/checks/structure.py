"""What a model consists of: its layers in order, their shapes and names, and their weights.

Owns the summary that a saver writes and a loader compares. Names and classes are normalised, so
that only real differences show.
"""

import re

import numpy

# Class names that the same layer has in some versions of TensorFlow.
CLASS_SUFFIX = re.compile(r"(V1|V2)$")
AUTOMATIC_NUMBER = re.compile(r"_\d+$")


def summarise(model):
    """[{"class", "name", "shape"}] of the layers in order, without the input layers.

    Only some versions list the input layer of a Sequential model.
    """
    return [
        {
            "class": CLASS_SUFFIX.sub("", type(layer).__name__),
            "name": AUTOMATIC_NUMBER.sub("", layer.name),
            "shape": output_shape(layer),
        }
        for layer in model.layers
        if type(layer).__name__ != "InputLayer"
    ]


def output_shape(layer):
    """Output shape without the batch, as a list; None if the layer does not know it."""
    try:
        shape = layer.output_shape
    except Exception:
        shape = None
    if shape is None:
        try:
            shape = layer.output.shape
        except Exception:  # a layer that was never called
            return None
    try:
        if isinstance(shape, list) and len(shape) == 1:
            shape = shape[0]
        dimensions = list(shape.as_list() if hasattr(shape, "as_list") else shape)
        return [None if size is None else int(size) for size in dimensions[1:]]
    except Exception:  # several shapes, or of a kind that no reference model has
        return None


def layer_weights(model):
    """Arrays of all layers, in the order of the layers.

    Tables are left out: Keras 2 counts them among the weights, and no loading keeps their order.
    """
    return [
        numpy.asarray(array)
        for layer in model.layers
        if not any(hasattr(variable, "num_tensors") for variable in getattr(layer, "weights", ()))
        for array in layer.get_weights()
    ]


def end_names(model):
    """Names of the inputs and outputs, which signatures are matched by."""
    inputs = getattr(model, "inputs", None)  # Keras 3 has none of a subclass of Model
    return {
        "inputs": list(getattr(model, "input_names", None) or tensor_names(inputs)),
        "outputs": list(getattr(model, "output_names", None) or []),
    }


def tensor_names(tensors):
    return [str(tensor.name).split(":")[0].split("/")[0] for tensor in tensors or []]
