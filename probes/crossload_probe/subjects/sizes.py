"""Sizes of inputs that a model leaves open, from its weights.

Owns which weight tells what: a kernel its last axis, a mean and a variance theirs, an embedding the
size of its table. `subjects.data` draws arrays of these sizes.
"""

from crossload_probe.states import nested_layers
from crossload_probe.subjects.observing import guarded

KERNELS = ("kernel", "depthwise_kernel")
STATISTICS = ("mean", "moving_mean", "adapt_mean", "gamma")


def last_axes(model):
    """Sizes that the last axis of an input may have, those of the first layers first."""
    found = []
    for layer in nested_layers(model):
        size = guarded(lambda: last_axis(layer), None)
        if size and size not in found:
            found.append(size)
    return found


def last_axis(layer):
    for name in KERNELS:
        shape = shape_of(getattr(layer, name, None))
        if shape is None:
            shape = shape_of(getattr(getattr(layer, "cell", None), name, None))
        if shape and len(shape) > 1:
            return shape[-2]
    for name in STATISTICS:
        shape = shape_of(getattr(layer, name, None))
        if shape:
            return shape[-1]
    return None


def table(model):
    """The number of rows of the first embedding; 0 without one."""
    for layer in nested_layers(model):
        if type(layer).__name__ == "Embedding":
            return int(layer.input_dim)
    return 0


def first_input(model, end):
    """An `end` for a model that never says what it is fed, from its first layer with weights."""
    for layer in nested_layers(model):
        if type(layer).__name__ == "Embedding":
            return end([None, None])
        size = guarded(lambda: last_axis(layer), None)
        if size:
            kernel = shape_of(getattr(layer, "kernel", None)) or ()
            inner = 1 if hasattr(layer, "cell") else max(0, len(kernel) - 2)
            return end([None] * (1 + inner) + [size])
    return None


def shape_of(value):
    shape = getattr(value, "shape", None)
    if shape is None:
        return None
    return [int(size) for size in (shape.as_list() if hasattr(shape, "as_list") else shape)]
