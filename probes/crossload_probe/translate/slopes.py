"""The hard sigmoid of the other side of Keras 3, by this Keras' own: its input is scaled instead.

Owns which layers' weights are scaled, and scaling them once they are loaded. The hard sigmoid is
max(0, min(1, s x + 0.5)) on both sides of Keras 3, and only the slope s is another. What goes into
it is linear in the weights of its layer, so that weights times the ratio of the slopes give the
same answers, and the model can be saved and loaded without code of anybody's.
"""

import re

import numpy

from crossload_probe.translate import tables

NAME = "hard_sigmoid"
ARGUMENTS = ("activation", "recurrent_activation")
# Layers that apply their activation last, to what is linear in all of their weights together.
LINEAR = re.compile(r"^(Dense|EinsumDense|LocallyConnected\dD|(Depthwise)?Conv\dD(Transpose)?)$")
# The same, but for the first array: a depthwise kernel, which the pointwise one comes after.
SEPARABLE = re.compile(r"^SeparableConv\dD$")
# Class and argument -> (number of gates side by side in the last axis, those that are scaled).
# The activation of an LSTM is also that of its memory, which no weight scales.
GATES = {
    ("SimpleRNN", "activation"): (1, (0,)),
    ("LSTM", "recurrent_activation"): (4, (0, 1, 3)),
    ("GRU", "recurrent_activation"): (3, (0, 1)),
    ("GRU", "activation"): (3, (2,)),
}
INNER = ("layer", "forward_layer", "backward_layer", "cell")
OWN_PACKAGES = ("keras", "tf_keras", "tensorflow", "tensorflow_core")


def ratio(from_keras3):
    """What the weights are multiplied by, of a file that Keras 3 or another wrote."""
    return tables.HARD_SIGMOIDS[from_keras3][0] / tables.HARD_SIGMOIDS[not from_keras3][0]


def columns(kind, argument):
    """(first array, gates, scaled gates) for a class of layer or cell; None: no weights scale it."""
    kind = re.sub(r"(Cell)?(V1|V2)?$", "", kind)
    kind = re.sub(r"^ConvLSTM(\dD)?$", "LSTM", kind)
    if (kind, argument) in GATES:
        return (0,) + GATES[kind, argument]
    if argument == "activation" and LINEAR.match(kind):
        return 0, 1, (0,)
    if argument == "activation" and SEPARABLE.match(kind):
        return 1, 1, (0,)
    return None


def note(maker, kind, argument):
    """Tell that the weights of such a layer are scaled."""
    what = "gates" if argument == "recurrent_activation" else "weights"
    maker.changes.note(
        "{} of {} times {:.3g}: hard_sigmoid of Keras {}".format(
            what,
            kind,
            ratio(maker.from_keras3),
            "2 is steeper" if maker.from_keras3 else "3 is flatter",
        )
    )


def instead_of_activation(maker, config):
    """A layer that computes the other hard sigmoid; None where this Keras has no such layers."""
    rescaling, relu = maker.find_layer_class("Rescaling"), maker.find_layer_class("ReLU")
    if rescaling is None or relu is None:
        return None
    slope, middle = tables.HARD_SIGMOIDS[maker.from_keras3]
    steps = [rescaling(scale=slope, offset=middle), relu(max_value=1.0)]
    maker.changes.note("Activation hard_sigmoid as Rescaling and ReLU(max_value=1)")
    return maker.keras.models.Sequential(steps, name=config.get("name"))


def scale(keras, model, factor):
    """Multiply what goes into every hard sigmoid of a model whose weights are loaded.

    Only of layers of Keras' own: what those of others do with their weights is not known.
    """
    own = keras.activations.hard_sigmoid
    for layer in layers_of(model):
        for argument in ARGUMENTS:
            found = columns(type(layer).__name__, argument)
            if getattr(layer, argument, None) is own and found and is_keras(layer):
                arrays = layer.get_weights()
                if arrays:
                    layer.set_weights(scaled(arrays, factor, *found))


def scaled(arrays, factor, start, gates, wanted):
    """The arrays with some of the gates in their last axis multiplied."""
    factors = [factor if gate in wanted else 1.0 for gate in range(gates)]
    return arrays[:start] + [
        array * numpy.repeat(factors, array.shape[-1] // gates).astype(array.dtype)
        for array in arrays[start:]
    ]


def layers_of(model):
    """Every layer and cell within a model, each once; a recurrent layer as its cell."""
    found, left = [], [model]
    while left:
        layer = left.pop()
        inner = list(getattr(layer, "layers", ())) + list(getattr(layer, "cells", ()))
        inner += [getattr(layer, name) for name in INNER if hasattr(layer, name)]
        left += [one for one in inner if not any(one is other for other in found + left)]
        if not hasattr(layer, "cell"):
            found.append(layer)
    return found


def is_keras(layer):
    return type(layer).__module__.split(".")[0] in OWN_PACKAGES
