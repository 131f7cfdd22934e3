"""How far a model's outputs move when its numbers are rounded in another way.

Owns moving weights and inputs by one unit in the last place, and putting the weights back. Versions
of a framework sum in different orders; what that does to the outputs depends on the model.
"""

import numpy

from crossload_probe import feeding
from crossload_probe.checks import results

# Outputs that move by more jump at a threshold, which says nothing about rounding.
MOST = 2.5e-3
SEED = 5


def to_rounding(framework, model, inputs, outputs):
    """The largest relative difference of the outputs; 0.0 where it cannot be found out.

    Args:
        framework: the model's.
        model: a Keras model; its weights are the same afterwards.
        inputs: arrays in the model's order, or `feeding.Inputs`.
        outputs: arrays that it predicts from them.
    """
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
