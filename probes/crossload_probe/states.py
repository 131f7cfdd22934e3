"""What a model remembers from one call to the next: recurrent state, counters.

Owns putting it back, so that each prediction is the first one after loading. What a model draws at
random is not put back: that is for the noise to show.
"""

import contextlib

import numpy

RESET = "reset_states"
INNER = ("layer", "forward_layer", "backward_layer")


def reset(model):
    """Reset the layers that keep state between batches, however deep they are nested."""
    for layer in nested_layers(model):
        if getattr(layer, "stateful", False) is True and not hasattr(layer, "update_state"):
            try:
                getattr(layer, RESET)()
            except Exception:  # one that was never called has no state
                continue


def nested_layers(model):
    """All layers below a model, by what its version of Keras offers."""
    try:
        walk = getattr(model, "_flatten_layers", None)
        if walk is not None:
            return list(walk(include_self=False))
        return list(getattr(model, "submodules", None) or layers_below(model))
    except Exception:  # what a load returned need not be a model
        return []


def layers_below(model):
    found = []
    for layer in getattr(model, "layers", ()):
        inner = [
            getattr(layer, name, None) for name in ("layer", "forward_layer", "backward_layer")
        ]
        found += [layer] + [one for one in inner if one is not None] + layers_below(layer)
    return found


@contextlib.contextmanager
def unchanged(framework, model):
    """Reset recurrent state; afterwards put back the weights that are not trained."""
    reset(model)
    variables, before = [], []
    try:
        weights = getattr(model, "non_trainable_weights", ())
        variables = [one for one in weights if not hasattr(one, "num_tensors")]  # no tables
        before = framework.values(variables) if variables else []
    except Exception:  # a model that was never called has no weights yet
        variables = []
    yield
    if variables:
        for variable, old, new in zip(variables, before, framework.values(variables)):
            if not numpy.array_equal(old, new):
                framework.assign(variable, old)
