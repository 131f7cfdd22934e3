"""Bilinear UpSampling2D, which standalone Keras before 2.4 computes differently.

Owns which files and which Keras that is, and the layers that compute the same elsewhere. There, a
pixel of the output is at `i / size` of the input; in every other Keras at `(i + 0.5) / size - 0.5`.
The former is the mean of `size` neighbours of the pixels repeated, the last pixel going on.
"""

import re

from crossload_probe.frameworks import version_tuple
from crossload_probe.translate.plain import NotTranslated, options_of
from crossload_probe.translate.shaped import Shaped

CLASS, NAME = "UpSampling2D", "bilinear"
SINCE = (2, 4)  # standalone Keras is the one of TensorFlow then
FIRST = "channels_first"
REASON = "a bilinear UpSampling2D samples other points in standalone Keras before 2.4"


def is_of_corners(version):
    """Whether the Keras of this version text computes it from the corners of the pixels."""
    text = str(version or "")
    return bool(re.match(r"^2\.[\d.]+$", text)) and version_tuple(text) < SINCE


def concerns(framework, version, item):
    """Whether an object of a description is such a layer and computed differently here."""
    if item["class_name"] != CLASS or options_of(item).get("interpolation") != NAME:
        return False
    here = framework.api == "keras" and framework.keras_version < SINCE
    return here != is_of_corners(version)


def find(maker, item):
    """A `Corners` for such a layer; None for others.

    Raises:
        NotTranslated: this Keras is the older one.
    """
    if not concerns(maker.framework, maker.version, item):
        return None
    if not is_of_corners(maker.version):
        raise NotTranslated("layer {!r}: {}".format(item["config"].get("name"), REASON))
    return Corners(maker, item["config"])


class Corners(Shaped):
    """Such a layer of the older Keras."""

    def __init__(self, maker, config):
        self.maker, self.config = maker, config

    def make(self, shape):
        layers, given = self.maker.keras.layers, self.config.get("size") or (2, 2)
        sizes = tuple(given) if isinstance(given, (list, tuple)) else (given, given)
        inputs = layers.Input(shape=shape)
        found = self.layer(CLASS, size=sizes)(inputs)
        # Two neighbours: the padding is at the end alone, and no mean counts it.
        padding = "same" if max(sizes) <= 2 else "valid"
        for axis, size in enumerate(sizes):
            if size > 1 and padding == "valid":
                found = self.extended(found, axis, size, self.lengths(shape)[axis])
        found = self.layer("AveragePooling2D", pool_size=sizes, strides=1, padding=padding)(found)
        self.maker.changes.note("bilinear UpSampling2D of older Keras as means of neighbours")
        return self.maker.keras.models.Model(inputs, found, name=self.config.get("name"))

    def layer(self, kind, **options):
        options["data_format"] = self.config.get("data_format") or "channels_last"
        return self.maker.layer({"class_name": kind, "config": options})

    def lengths(self, shape):
        found = shape[1:] if self.config.get("data_format") == FIRST else shape[:2]
        if None in found:
            raise NotTranslated(
                "layer {!r} on inputs of an open shape {}: {}".format(
                    self.config.get("name"), shape, REASON
                )
            )
        return found

    def extended(self, tensor, axis, size, length):
        """The tensor with its last pixel once more for each pixel that the mean reaches over."""
        cut = [(0, 0), (0, 0)]
        cut[axis] = (length * size - size + 1, 0)
        last = self.layer("Cropping2D", cropping=tuple(cut))(tensor)
        place = axis + (2 if self.config.get("data_format") == FIRST else 1)
        return self.maker.keras.layers.Concatenate(axis=place)([tensor, last])
