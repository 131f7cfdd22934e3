"""The noise floor of a saver: how far the outputs of one model vary without any change of it.

Owns its parts: from one prediction to the next, by half precision, and when weights and inputs move
by one unit in the last place. Versions of a framework sum in different orders; what that does to
the outputs depends on the model.
"""

import numpy

from crossload_probe import feeding
from crossload_probe.checks import results

# Outputs that move by more jump at a threshold, which says nothing about rounding.
MOST = 2.5e-3
SEED = 5
ROUNDING = {"float16": 2.0**-11, "bfloat16": 2.0**-8}


def floor(framework, model, inputs, outputs):
    """The largest of the parts, as a relative difference.

    Args:
        framework: the model's.
        model: a Keras model; its weights are the same afterwards.
        inputs: arrays in the model's order, or `feeding.Inputs`.
        outputs: arrays that it predicts from them.
    """
    again = results.largest_difference(framework.predict(model, inputs), outputs)[0]
    return max(again, rounding(model), sensitivity(framework, model, inputs, outputs))


def rounding(model):
    """How far two correct outputs may be apart where layers compute in half precision.

    Versions sum in different orders, and float16 rounds each sum by 2**-11, bfloat16 by 2**-8. In
    float32 this is far below any tolerance.
    """
    worst = 0.0
    try:
        layers = list(model.layers)
    except Exception:  # a user's model may be of any kind
        return worst
    for layer in layers:
        policy = getattr(layer, "dtype_policy", None) or getattr(layer, "_dtype_policy", None)
        worst = max(worst, ROUNDING.get(getattr(policy, "compute_dtype", None), 0.0))
    return worst


def sensitivity(framework, model, inputs, outputs):
    """How far the outputs move with the last digits; 0.0 where it cannot be found out."""
    random = numpy.random.RandomState(SEED)
    try:
        kept = model.get_weights()
        model.set_weights([nudged(one, random) for one in kept])
    except Exception:  # such as tables of texts, which some versions cannot assign
        return 0.0
    try:
        moved_inputs = feeding.with_form([nudged(one, random) for one in inputs], inputs)
        moved = framework.predict(model, moved_inputs)
    except Exception:
        return 0.0
    finally:
        model.set_weights(kept)
    found = results.largest_difference(moved, outputs)[0]
    return found if found <= MOST else 0.0


def nudged(array, random):
    """A copy with every float moved to a neighbour, except whole numbers.

    Those may be codes, or zeros that mask a step or that a sparse tensor does not hold.
    """
    array = numpy.asarray(array)
    if array.dtype.kind != "f":
        return array
    towards = numpy.where(random.rand(*array.shape) < 0.5, numpy.inf, -numpy.inf)
    whole = array == numpy.rint(array)
    return numpy.where(whole, array, numpy.nextafter(array, towards.astype(array.dtype)))
