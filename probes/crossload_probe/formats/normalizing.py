"""The last step after a normalisation layer got its weights, which some versions leave out.

Owns that step for one layer, and whether it changed anything; the callers walk through the model.
"""

import numpy


def refresh(layer):
    """Make a normalisation layer compute with its weights; whether that changed what it does.

    TF 2.6 and 2.7, and Keras 3.0 to 3.5 do not do so after reading HDF5.
    """
    if type(layer).__name__ != "Normalization" or not hasattr(layer, "finalize_state"):
        return False
    before = numbers_of(layer)
    layer.finalize_state()
    return numbers_of(layer) != before


def numbers_of(layer):
    """What a normalisation computes with; None before it has anything, or in a graph."""
    try:
        return [numpy.asarray(array).tolist() for array in (layer.mean, layer.variance)]
    except Exception:
        return None
