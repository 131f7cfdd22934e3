"""The hard sigmoid of the other side of Keras 3, computed by this Keras' own with a scaled input.

Owns which layers' weights are scaled, and scaling them once they are loaded. The hard sigmoid is
max(0, min(1, s x + 0.5)) on both sides of Keras 3; only the slope s differs. Its input is linear in
the weights of its layer, so weights times the ratio of the slopes give the same outputs, and the
model can be saved and loaded without custom code.
"""

import re

import numpy

from crossload_probe.translate import tables

NAME = "hard_sigmoid"
ARGUMENTS = ("activation", "recurrent_activation")
# Layers whose activation comes last, on values that are linear in all of their weights.
LINEAR = re.compile(r"^(Dense|EinsumDense|LocallyConnected\dD|(Depthwise)?Conv\dD(Transpose)?)$")
# The same except for the first array: a depthwise kernel, applied before the pointwise one.
SEPARABLE = re.compile(r"^SeparableConv\dD$")
# Class and argument -> (number of gates in the last axis, the scaled ones).
# The activation of an LSTM also applies to its memory, which no weight scales.
GATES = {
    ("SimpleRNN", "activation"): (1, (0,)),
    ("LSTM", "recurrent_activation"): (4, (0, 1, 3)),
    ("GRU", "recurrent_activation"): (3, (0, 1)),
    ("GRU", "activation"): (3, (2,)),
}
INNER = ("layer", "forward_layer", "backward_layer", "cell")
OWN_PACKAGES = ("keras", "tf_keras", "tensorflow", "tensorflow_core")


def ratio(from_keras3):
    """The factor for the weights of a file, by whether Keras 3 wrote it."""
    return tables.HARD_SIGMOIDS[from_keras3][0] / tables.HARD_SIGMOIDS[not from_keras3][0]


def columns(kind, argument):
    """(first array, gates, scaled gates) of a layer or cell class; None if no weight scales it."""
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
    """Record that the weights of such a layer are scaled."""
    what = "gates" if argument == "recurrent_activation" else "weights"
    maker.changes.note(
        "{} of {} times {:.3g}: hard_sigmoid of Keras {}".format(
            what,
            kind,
            ratio(maker.from_keras3),
            "2 is steeper" if maker.from_keras3 else "3 is flatter",
        )
    )


def instead_of_activation(maker, owner, name=None):
    """A layer that computes the other hard sigmoid; None if this Keras lacks the layers for it.

    It may be an argument of another layer too: as a layer, it is saved with its numbers, where a
    function would be saved by its name alone and loaded as the hard sigmoid of this Keras.
    """
    rescaling, relu = maker.find_layer_class("Rescaling"), maker.find_layer_class("ReLU")
    if rescaling is None or relu is None:
        return None
    slope, middle = tables.HARD_SIGMOIDS[maker.from_keras3]
    steps = [rescaling(scale=slope, offset=middle), relu(max_value=1.0)]
    maker.changes.note("hard_sigmoid of {} as Rescaling and ReLU(max_value=1)".format(owner))
    return maker.keras.models.Sequential(steps, name=name)


def scale(keras, model, factor):
    """Scale the input of every hard sigmoid in a model, once its weights are loaded.

    Only in Keras' own layers: how other layers use their weights is unknown.
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
    """The arrays with some gates of the last axis scaled."""
    factors = [factor if gate in wanted else 1.0 for gate in range(gates)]
    return arrays[:start] + [
        array * numpy.repeat(factors, array.shape[-1] // gates).astype(array.dtype)
        for array in arrays[start:]
    ]


def layers_of(model):
    """Every layer and cell in a model, each once; a recurrent layer counts as its cell."""
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
