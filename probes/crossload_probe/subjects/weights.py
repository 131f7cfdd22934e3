"""The weights of a user's fresh model: drawn, so that lost ones show, and alike in every run.

Owns which layers accept drawn weights. Reference models have their own in `models.samples`.
"""

import numpy

from crossload_probe.models import samples
from crossload_probe.subjects.observing import guarded

SEED = 0


def fill(framework, model, stream):
    """Draw the weights of every layer that accepts drawn ones."""
    for layer in model.layers:
        guarded(lambda: fill_layer(layer, stream), None)


def fill_layer(layer, stream, wanted=lambda array: True):
    arrays, names = layer.get_weights(), samples.weight_names(layer)
    if len(names) != len(arrays):
        return
    drawn = [
        samples.draw_weight(stream, name, array) if wanted(array) else array
        for name, array in zip(names, arrays)
    ]
    if any(ours is not theirs for ours, theirs in zip(drawn, arrays)):
        layer.set_weights(drawn)


def draw_constants(framework, model):
    """Draw the weights that are all alike, such as zeros, among which lost ones would not show."""
    stream = numpy.random.RandomState(SEED + 1)
    for layer in model.layers:
        guarded(lambda: fill_layer(layer, stream, is_constant), None)


def is_constant(array):
    return array.size > 0 and bool((array == array.flat[0]).all())


def make_repeatable(framework):
    """Make initialisers draw the same numbers in every run."""
    numpy.random.seed(SEED)
    utils = framework.keras.utils
    if hasattr(utils, "set_random_seed"):
        utils.set_random_seed(SEED)
    elif framework.tensorflow is not None:
        seed = getattr(framework.tensorflow.random, "set_seed", None)
        if seed is not None:
            seed(SEED)
