"""Numbers for the reference models: inputs, targets and weights, equal in every environment.

Owns their seeds and ranges. They come from `numpy.random.RandomState`, whose stream is the same in
every version of NumPy.
"""

import numpy

from crossload_probe import feeding
from crossload_probe.models import registry

BATCH = 8
DATA_SEED = 7
SAVER_SEED = 11
# A rebuilt model starts with other weights, so that weights that were not loaded show.
REBUILD_SEED = 97
TRAINED_STEPS = 2
STATE_OF_PREPROCESSING = ("mean", "variance")
# Parts of the names of weights that are divided by, or whose square root is taken.
POSITIVE = ("variance", "stddev")


def make_inputs(name):
    """Inputs of a model, one array (8, ...) each, in the model's order."""
    wanted = registry.find(name).inputs
    return feeding.with_form(draw(wanted, DATA_SEED), wanted)


def make_targets(name):
    """Targets for training a model, one array (8, ...) each; none for an uncompiled one."""
    return draw(registry.find(name).targets, DATA_SEED + 1)


def draw(wanted, seed):
    stream = numpy.random.RandomState(seed)
    return [data.draw(stream, BATCH) for data in wanted]


def build(framework, name, seed=SAVER_SEED):
    """A reference model with weights drawn from `seed`, compiled if its builder does so."""
    reference = registry.find(name)
    model = reference.build(framework.keras, framework)
    fill = reference.fill or fill_layers
    fill(framework, model, numpy.random.RandomState(seed))
    return model


def fill_layers(framework, model, stream):
    """Draw every weight of every layer, except those that cannot be drawn.

    Integers, tables, and what a preprocessing layer learned from data (weights named `mean` or
    `variance`) stay as the builder left them.
    """
    for layer in model.layers:
        arrays = layer.get_weights()
        names = weight_names(layer)
        if len(names) != len(arrays):
            raise ValueError("layer {!r} has weights without names".format(layer.name))
        drawn = [draw_weight(stream, name, array) for name, array in zip(names, arrays)]
        if any(ours is not theirs for ours, theirs in zip(drawn, arrays)):
            layer.set_weights(drawn)


def weight_names(layer):
    """A name for each array of `get_weights`: the last part of its variable's name."""
    names = []
    for variable in layer.weights:
        # A table of TF 2.3 to 2.5 has several arrays and no name.
        count = getattr(variable, "num_tensors", 1)
        name = "" if hasattr(variable, "num_tensors") else variable.name
        names += [name.split("/")[-1].split(":")[0]] * count
    return names


def draw_weight(stream, name, array):
    """An array like that one from [-0.6, 0.6), or from [0.4, 1.6) for a variance."""
    drawn = stream.uniform(-0.6, 0.6, numpy.shape(array))
    if "float" not in str(getattr(array, "dtype", "")) or name in STATE_OF_PREPROCESSING:
        return array
    if any(word in name for word in POSITIVE):
        drawn = drawn + 1.0
    return drawn.astype("float32").astype(array.dtype)


def train(framework, model, name, steps):
    """Loss before each of `steps` updates on the model's own data."""
    framework.run_eagerly(model)
    inputs, targets = make_inputs(name), make_targets(name)
    return [framework.train_step(model, inputs, targets) for _ in range(steps)]
