"""Calls of recurrent layers that are given the states to start from.

Owns how Keras 2 and Keras 3 pass these states, and the mask that Keras 3 forgets beside them.
"""

from crossload_probe.translate import tables

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
    is_new = maker.framework.is_keras3 and not maker.from_keras3
    # Keras 3 passes a mask on by itself only where the sequence is the one tensor of a call.
    mask = getattr(args[0], "_keras_mask", None)
    if is_new and kwargs.get(STATES) is not None and kwargs.get(MASK) is None and mask is not None:
        kwargs = dict(kwargs, **{MASK: mask})
    return args, kwargs
