"""Calls of recurrent layers that are given the states to start from.

Owns how Keras 2 and Keras 3 pass these states, and the mask that Keras 3 forgets
beside them and Keras 2 does not.
"""

from crossload_probe.translate import tables
from crossload_probe.translate.plain import NotTranslated

KINDS = tables.RECURRENT + ("RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
STATES, MASK = "initial_state", "mask"


def adapt(maker, layer, args, kwargs):
    """(args, kwargs) of a call as Keras takes them, by name and not beside the sequence."""
    if type(layer).__name__ not in KINDS:
        return args, kwargs
    if isinstance(args[0], list):
        args, states = [args[0][0]], args[0][1:]
        if states:
            kwargs = dict(kwargs, **{STATES: states})
    # Keras 3 passes a mask on by itself only where the sequence is the one tensor of a call.
    mask = getattr(args[0], "_keras_mask", None)
    crossing = maker.framework.is_keras3 != maker.from_keras3
    if (
        crossing
        and kwargs.get(STATES) is not None
        and kwargs.get(MASK) is None
        and mask is not None
    ):
        if maker.framework.is_keras3:
            kwargs = dict(kwargs, **{MASK: mask})
        else:
            args = [without_mask(maker, layer, args[0])] + list(args[1:])
    return args, kwargs


def without_mask(maker, layer, sequence):
    """The sequence without its mask, which Keras 2 does not pass on through a Reshape."""
    sizes = [getattr(size, "value", size) for size in sequence.shape[2:]]
    if None in sizes:
        text = "layer {!r} ignores a mask in Keras 3, and its input has open sizes"
        raise NotTranslated(text.format(layer.name))
    name = "{}_without_mask".format(layer.name)
    return maker.keras.layers.Reshape([-1] + sizes, name=name)(sequence)
