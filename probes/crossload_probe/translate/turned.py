"""Kernels that a model was trained with on Theano, for another backend of Keras, and back.

Owns which layers' kernels are turned: Theano convolves where the other backends correlate, which is
the same with every kernel turned by half a circle. Depthwise kernels are not turned there.
"""

import numpy

from crossload_probe.translate.plain import NotTranslated

THEANO = "theano"
# What Keras 2 on Theano reads and turns by itself; it takes kernels of JAX and PyTorch as its own.
TURNED_THERE = ("tensorflow", "cntk")
# Layers -> how many of their first arrays are such kernels.
LAYERS = {
    "Conv1D": 1,
    "Conv2D": 1,
    "Conv3D": 1,
    "Conv2DTranspose": 1,
    "Conv3DTranspose": 1,
    "ConvLSTM2D": 2,
    "ConvLSTM2DCell": 2,
    "ConvLSTMCell": 2,
    "Convolution1D": 1,
    "Convolution2D": 1,
    "Convolution3D": 1,
}
NOTE = "kernels of {} turned: they were trained {}"


def concerns(framework, backend, classes):
    """Whether kernels are turned between the backend of a file, None if unknown, and this one."""
    if backend is None or not any(name in LAYERS for name in classes):
        return False
    return (backend == THEANO) != (framework.backend == THEANO)


def is_trap(framework, backend, classes):
    """Whether this Keras may take kernels of the backend that a description names as its own."""
    if not concerns(framework, backend, classes):
        return False
    return framework.backend != THEANO or backend not in TURNED_THERE


def turn(layers, backend, is_stored):
    """Turn the kernels of these layers that are as the file has them; returns what was changed.

    Args:
        layers: every layer of the model, nested ones too.
        backend: the one that the file was written on.
        is_stored: function of an array: whether the file holds it as it is. Some loaders turn the
            kernels themselves.
    """
    changed = []
    where = "on Theano" if backend == THEANO else "on another backend than Theano"
    for layer in layers:
        count = LAYERS.get(type(layer).__name__, 0)
        arrays = layer.get_weights() if count else []
        if arrays and pads_otherwise(layer):
            raise NotTranslated(
                "{!r}: Theano pads a transposed convolution with strides and padding='same' "
                "otherwise".format(layer.name)
            )
        if arrays and is_stored(arrays[0]):
            turned = [turned_kernel(array) for array in arrays[:count]]
            layer.set_weights(turned + arrays[count:])
            changed.append(NOTE.format(type(layer).__name__, where))
    return sorted(set(changed))


def pads_otherwise(layer):
    """Whether Theano centres the output of a layer where other backends do not."""
    strides = getattr(layer, "strides", ())
    is_transposed = type(layer).__name__.endswith("Transpose")
    return is_transposed and layer.padding == "same" and max(strides) > 1


def turned_kernel(kernel):
    """The kernel with all axes in space reversed; the last two are channels."""
    return numpy.ascontiguousarray(kernel[(slice(None, None, -1),) * (kernel.ndim - 2)])
