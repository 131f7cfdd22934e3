"""What a reference model consists of, and what its builders share.

Owns the shape of an entry in `MODELS` of a module of models, the kinds of data that a model is fed
with, and the few ways of building that differ by version.
"""

import numpy

from crossload_probe import feeding
from crossload_probe.frameworks import accepts

UNIFORM = "uniform"  # float32 in [-1, 1)
SIGN = "sign"  # float32, 0 or 1
CLASSES = "classes"  # float32, one of 0, 1, 2
INTEGERS = "integers"  # int32 in [0, limit)
PADDED = "padded"  # float32 in [-1, 1), with steps (all but the last axis) that are all zero
STRINGS = "strings"  # one of `words`, as an array of numpy's own texts


class Data(object):
    """One input or target of a model: its shape without the batch, and what is in it.

    Attributes:
        shape: sizes without the batch.
        kind: one of the constants above.
        limit: for integers, the first number that does not occur.
        words: for strings, the texts to draw from.
    """

    def __init__(self, shape, kind=UNIFORM, limit=0, words=()):
        self.shape = tuple(shape)
        self.kind = kind
        self.limit = limit
        self.words = tuple(words)

    def draw(self, stream, batch):
        """The next array (batch, *shape) of a `numpy.random.RandomState`."""
        values = stream.uniform(-1.0, 1.0, (batch,) + self.shape)
        if self.kind == SIGN:
            values = values > 0
        elif self.kind == CLASSES:
            values = numpy.floor((values + 1.0) * 1.5)
        elif self.kind == INTEGERS:
            return numpy.floor((values + 1.0) * 0.5 * self.limit).astype("int32")
        elif self.kind == PADDED:
            values = values * (values[..., :1] > -0.4)
        elif self.kind == STRINGS:
            places = numpy.floor((values + 1.0) * 0.5 * len(self.words)).astype(int)
            return numpy.array(self.words)[places]  # no objects: a bundle cannot hold them
        return values.astype("float32")


def no_custom_objects(keras):
    return {}


class Reference(object):
    """A reference model: how it is built, and what it is fed and trained on.

    Attributes:
        build: function of (keras, framework) that returns the model, compiled if it is one that
            is; its docstring names the published breakage (URL) that the model stands for.
        inputs: `Data` of each input, in the model's order.
        targets: `Data` of each target; empty for a model that is not compiled.
        custom_objects: function of keras that returns what a user would pass as `custom_objects`,
            from new classes whose module cannot be imported.
        fill: function of (framework, model, stream) that gives the model its weights, where
            drawing every weight of every layer from [-0.6, 0.6) would not do, or None.
        own: function of framework that returns the `formats.own_code.OwnCode` of a model whose
            code is a file; else it follows from `build` and `custom_objects`.
    """

    def __init__(
        self, build, inputs, targets=(), custom_objects=no_custom_objects, fill=None, own=None
    ):
        self.build = build
        self.inputs = feeding.with_form(inputs, inputs)
        self.targets = list(targets)
        self.custom_objects = custom_objects
        self.fill = fill
        self.own = own


def first_layers(keras, fw, layer_class, shape, *arguments, **options):
    """The beginning of a Sequential, as users of that version write it.

    Keras 3 wants an Input object; earlier versions pass the shape to the first layer.
    """
    if fw.is_keras3:
        return [keras.layers.Input(shape=shape), layer_class(*arguments, **options)]
    return [layer_class(*arguments, input_shape=shape, **options)]


def find_layer(keras, name):
    """A layer class, from its experimental module too; raises as Keras does if there is none."""
    homes = [keras.layers]
    experimental = getattr(keras.layers, "experimental", None)
    homes.append(getattr(experimental, "preprocessing", None))
    for home in homes:
        if hasattr(home, name):
            return getattr(home, name)
    return getattr(keras.layers, name)


def known_options(layer_class, **options):
    """The options that this version of the layer has."""
    return {key: value for key, value in options.items() if accepts(layer_class.__init__, key)}


def make_optimizer(keras, name, rate, **options):
    """An optimizer; its learning rate was called `lr` before Keras 2.3."""
    optimizer_class = getattr(keras.optimizers, name)
    key = "learning_rate" if accepts(optimizer_class.__init__, "learning_rate") else "lr"
    options[key] = rate
    return optimizer_class(**options)
