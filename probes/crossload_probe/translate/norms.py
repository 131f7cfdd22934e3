"""Normalization layers that an older Keras lacks, as layers and operations that it has.

Owns GroupNormalization, RMSNormalization and UnitNormalization over the last axis: what normalizes,
then a depthwise convolution of one pixel that multiplies and adds what the layer learned. Both can
be saved and loaded without own code.
"""

import numpy

from crossload_probe.formats import layouts
from crossload_probe.translate import parts
from crossload_probe.translate.plain import NotTranslated
from crossload_probe.translate.shaped import Shaped

GROUP, RMS, UNIT = "GroupNormalization", "RMSNormalization", "UnitNormalization"
SCALES = ("gamma", "scale")
SMALLEST = 1e-6  # the epsilon of RMSNormalization where the file has none
OPERATIONS_SINCE = (2, 4)


def find(maker, item):
    """A `Norm` for such a layer; None for others, and where this Keras has the layer."""
    name, framework = item["class_name"], maker.framework
    is_known = name in (GROUP, RMS, UNIT)
    if not is_known or maker.custom_class(item) or maker.find_layer_class(name):
        return None
    if framework.api == "keras" and framework.keras_version < OPERATIONS_SINCE:
        return None  # no layer computes it there
    return Norm(maker, name, dict(item["config"]))


class Norm(Shaped):
    """Such a layer."""

    def __init__(self, maker, kind, config):
        self.maker, self.kind, self.config = maker, kind, config

    def make(self, shape):
        axis = self.config.get("axis", -1)
        axis = axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else axis
        if axis not in (-1, len(shape)) or shape[-1] is None:
            raise self.refused("axis={!r} on inputs of shape {}".format(axis, shape))
        inputs = self.maker.keras.layers.Input(shape=shape)
        if self.kind == UNIT:
            found = self.unit(inputs)
        else:
            normalize = self.groups if self.kind == GROUP else self.roots
            found = self.learned(normalize(inputs, shape), shape)
        self.maker.changes.note("{} as older layers and operations".format(self.kind))
        made = self.maker.keras.models.Model(inputs, found, name=self.config.get("name"))
        setattr(made, layouts.OWN, as_kernel)
        return made

    def refused(self, text):
        return NotTranslated(
            "layer {!r}: this Keras has no {}, and nothing computes that of {}".format(
                self.config.get("name"), self.kind, text
            )
        )

    def unit(self, tensor):
        if self.maker.framework.is_keras3:
            return self.maker.keras.ops.normalize(tensor, axis=-1, order=2, epsilon=1e-12)
        return self.maker.framework.tensorflow.math.l2_normalize(tensor, axis=-1)

    def roots(self, tensor, shape):
        """The tensor divided by the root of the mean of its squares."""
        epsilon = self.config.get("epsilon") or SMALLEST
        if self.maker.framework.is_keras3:
            math = self.maker.keras.ops
            mean = math.mean(math.square(tensor), axis=-1, keepdims=True)
        else:
            math = self.maker.framework.tensorflow.math
            mean = math.reduce_mean(math.square(tensor), axis=-1, keepdims=True)
        return tensor * math.rsqrt(mean + epsilon)

    def groups(self, tensor, shape):
        """The tensor normalized over all its axes, for each group of channels by itself."""
        layers, channels = self.maker.keras.layers, shape[-1]
        count = self.config.get("groups", 32)
        count = channels if count == -1 else count
        found = layers.Reshape((-1, count, channels // count))(tensor)
        options = {"axis": [1, 3], "scale": False, "center": False}
        options["epsilon"] = self.config.get("epsilon", 1e-3)
        return layers.LayerNormalization(**options)(found)

    def learned(self, tensor, shape):
        """The tensor times what the layer learned for each channel, plus it; in its shape."""
        layers = self.maker.keras.layers
        scale = self.kind == RMS or self.config.get("scale", True)
        center = self.kind == GROUP and self.config.get("center", True)
        if center and not scale:
            raise self.refused("scale=False")
        if sum(size is None for size in shape) > 1:
            raise self.refused("inputs of shape {}".format(shape))
        for key, value in sorted(self.config.items()):
            if value is not None and parts.is_part(key, value) and not key.endswith(parts.KINDS[0]):
                self.maker.changes.lose("{} of {}".format(key, self.kind))
        found = layers.Reshape((-1, 1, shape[-1]))(tensor)
        if scale:
            found = layers.DepthwiseConv2D(1, use_bias=center)(found)
        return layers.Reshape(tuple(-1 if size is None else size for size in shape))(found)


def as_kernel(entries):
    """[(name, array)] of such a layer with the factors as the kernel of a convolution."""
    found = []
    for number, (name, array) in enumerate(entries):
        last = name.split("/")[-1].split(":")[0]
        is_factor = last in SCALES or (number == 0 and last != "beta")
        if is_factor and numpy.ndim(array) == 1:
            array = numpy.reshape(array, (1, 1, -1, 1))
        found.append((name, array))
    return found
