"""Numbers for the reference models: inputs, targets and weights, equal in every environment.

Owns their seeds and ranges. They come from `numpy.random.RandomState`, whose stream is frozen
over the versions of NumPy.
"""

import numpy

import probe_models

BATCH = 8
DATA_SEED = 7
SAVER_SEED = 11
# A model rebuilt for its weights starts elsewhere, so that weights that were not loaded show.
REBUILD_SEED = 97
TRAINED_STEPS = 2

# Shape of each input and each target without the batch; a target of type int holds three classes.
SHAPES = {
    "dense": ([(6,)], [((3,), float)]),
    "functional-io": ([(4,), (3,)], [((1,), bool), ((2,), float)]),
    "conv-bn": ([(8, 8, 2)], [((1,), int)]),
    "twin-dense": ([(5,)], []),
    "lstm": ([(5, 3)], [((1,), float)]),
    "custom-layer": ([(4,)], []),
    "lambda": ([(4,)], []),
}


def make_inputs(name):
    """Inputs of a model: one float32 array (8, ...) each, in [-1, 1)."""
    stream = numpy.random.RandomState(DATA_SEED)
    return [
        stream.uniform(-1.0, 1.0, (BATCH,) + shape).astype("float32") for shape in SHAPES[name][0]
    ]


def make_targets(name):
    """Targets for training a model, one float32 array each; none for an uncompiled one."""
    stream = numpy.random.RandomState(DATA_SEED + 1)
    targets = []
    for shape, kind in SHAPES[name][1]:
        values = stream.uniform(-1.0, 1.0, (BATCH,) + shape)
        if kind is bool:
            values = values > 0
        elif kind is int:
            values = numpy.floor((values + 1.0) * 1.5)
        targets.append(values.astype("float32"))
    return targets


def build(framework, name, seed=SAVER_SEED):
    """A reference model with weights drawn from `seed`, compiled if it is one that is."""
    model = probe_models.BUILDERS[name](framework.keras, framework)
    stream = numpy.random.RandomState(seed)
    for layer in model.layers:
        shapes = [array.shape for array in layer.get_weights()]
        if shapes:
            arrays = [stream.uniform(-0.6, 0.6, shape).astype("float32") for shape in shapes]
            if "BatchNormalization" in type(layer).__name__:
                arrays[3] = arrays[3] + 1.0  # gamma, beta, mean, variance: that one is positive
            layer.set_weights(arrays)
    return model


def train(framework, model, name, steps):
    """Loss before each of `steps` updates on the model's own data."""
    framework.run_eagerly(model)
    inputs, targets = make_inputs(name), make_targets(name)
    return [framework.train_step(model, inputs, targets) for _ in range(steps)]
