"""LocallyConnected1D and 2D of Keras 2 as a model of layers that Keras 3 has.

Owns that model: one crop of the input for each place in the window, thinned out by the strides;
the crops side by side are what the kernel is multiplied with, another one at each position. It can
be saved and loaded without own code. `formats.layouts` fits the weights of the file to it, and
`translate.local_kernels` those of the other implementations.
"""

import itertools

from crossload_probe.formats import layouts
from crossload_probe.translate import local_kernels, parts
from crossload_probe.translate.plain import NotTranslated
from crossload_probe.translate.shaped import Shaped

CLASSES = {"LocallyConnected1D": 1, "LocallyConnected2D": 2}
KEPT = {"activation", "trainable", "use_bias", "activity_regularizer"}
KEPT.update("{}_{}".format(array, kind) for array in ("kernel", "bias") for kind in parts.KINDS)
LETTERS, LETTERS_FIRST = "bpk,pkf->bpf", "bpk,pkf->bfp"


def find(maker, item):
    """A `Local` for such a layer; None for others, and where this Keras has the layer."""
    name = item["class_name"]
    if name not in CLASSES or maker.custom_class(item) or maker.find_layer_class(name):
        return None
    config = dict(item["config"])
    if maker.from_keras1:
        config = maker.rewrite_keras1(name, name, config)
    return Local(maker, name, config)


class Local(Shaped):
    """Such a layer."""

    def __init__(self, maker, kind, config):
        self.implementation = config.get("implementation") or 1
        self.first = config.get("data_format") == "channels_first"
        if self.implementation not in (1, 2, 3):
            text = "{} with implementation={!r} has no counterpart here"
            raise NotTranslated(text.format(kind, self.implementation))
        self.maker, self.kind, self.config = maker, kind, config
        if self.implementation == 2 and config.get("kernel_regularizer"):
            # Here it does not count the weights that the layer masks.
            maker.changes.lose("kernel_regularizer of {} on masked weights".format(kind))

    def make(self, shape):
        layers = self.maker.keras.layers
        places, given = CLASSES[self.kind], shape
        if None in shape:
            raise NotTranslated("{} on inputs of an open shape {}".format(self.kind, shape))
        shape = shape[1:] + shape[:1] if self.first else shape
        window = numbers(self.config["kernel_size"], places)
        strides = numbers(self.config.get("strides", 1), places)
        geometry = local_kernels.Geometry(
            shape[:-1], window, strides, self.config.get("padding") or "valid"
        )
        sizes = geometry.sizes
        found = inputs = layers.Input(shape=given)
        if self.first:
            found = layers.Permute(tuple(range(2, places + 2)) + (1,))(found)
        if any(geometry.before + geometry.after):
            found = self.layer("ZeroPadding")(flat_pairs(geometry.before, geometry.after))(found)
        extended, crops = found, []
        lengths = [sum(one) for one in zip(geometry.before, shape, geometry.after)]
        for place in itertools.product(*map(range, window)):
            cropped = self.layer("Cropping")(cropping(place, lengths, sizes, strides))(extended)
            if set(strides) != {1}:
                cropped = self.layer("AveragePooling")(pool_size=1, strides=strides)(cropped)
            crops.append(cropped)
        found = layers.Concatenate(axis=-1)(crops) if len(crops) > 1 else crops[0]
        if self.first and self.implementation == 1:  # its kernel has the channels first as well
            found = layers.Reshape((geometry.count, len(crops), shape[-1]))(found)
            found = layers.Permute((1, 3, 2))(found)
        found = layers.Reshape((geometry.count, -1))(found)
        found = self.dense(geometry.count)(found)
        filters = (self.config["filters"],)
        found = layers.Reshape(filters + sizes if self.first else sizes + filters)(found)
        self.maker.changes.note("{} as crops and an EinsumDense layer".format(self.kind))
        made = self.maker.keras.models.Model(inputs, found, name=self.config.get("name"))
        if self.implementation != 1 or self.first:
            given = local_kernels.Stored(
                self.implementation, shape[-1], self.config["filters"], self.first
            )
            setattr(made, layouts.OWN, local_kernels.converter(geometry, given))
        return made

    def layer(self, kind):
        return getattr(self.maker.keras.layers, "{}{}D".format(kind, CLASSES[self.kind]))

    def dense(self, count):
        """The layer with the weights: a kernel and a bias of its own at each of the positions."""
        kept = {key: value for key, value in self.config.items() if key in KEPT}
        given = {key: self.maker.argument("EinsumDense", key, value) for key, value in kept.items()}
        use_bias = given.pop("use_bias", True)
        letters, shape, axes = LETTERS, (count, self.config["filters"]), "pf"
        if self.first:  # the bias is not turned, but read as one with the channels first
            letters, shape, axes = LETTERS_FIRST, shape[::-1], axes[::-1]
        options = dict(given, bias_axes=axes if use_bias else None)
        return self.maker.keras.layers.EinsumDense(letters, shape, **options)


def numbers(value, places):
    return tuple(value) if isinstance(value, (list, tuple)) else (value,) * places


def cropping(place, shape, sizes, strides):
    """What to cut off at both ends, so that what begins at `place` is left; flat in 1D."""
    after = [
        length - start - (size - 1) * stride - 1
        for start, length, size, stride in zip(place, shape, sizes, strides)
    ]
    return flat_pairs(place, after)


def flat_pairs(before, after):
    """[(number before, number after)] of each axis; the only pair in 1D."""
    pairs = tuple(zip(before, after))
    return pairs if len(pairs) > 1 else pairs[0]
