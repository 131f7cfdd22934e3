"""The variables of an optimizer of this Keras, whichever generation it is.

Owns creating and finding them. Keras has no public way to the slot of a weight.
"""

# ruff: noqa: SLF001 - the attributes are those of Keras' own optimizers

import contextlib

import numpy

from crossload_probe.translate.optimizers import is_legacy_here

SCHEDULE_OF_NADAM = 0.004


def create(framework, optimizer, weights):
    """Let an optimizer create its slots; whether it can before it trains."""
    if hasattr(optimizer, "build"):
        if not getattr(optimizer, "built", False):
            optimizer.build(weights)
    elif hasattr(optimizer, "_create_all_weights"):
        optimizer._create_all_weights(weights)
    elif hasattr(optimizer, "_create_slots"):
        with contextlib.ExitStack() if framework.eager else weights[0].graph.as_default():
            framework.values([optimizer.iterations])
            optimizer._create_hypers()
            optimizer._create_slots(weights)
    else:
        return False
    return True


def find(optimizer, weight, one):
    """The variable of a slot for a weight."""
    if is_legacy_here(type(optimizer)):
        return optimizer.get_slot(weight, one.legacy)
    if hasattr(optimizer, "_index_dict"):
        number = optimizer._index_dict[optimizer._var_key(weight)]
    else:
        number = optimizer._get_variable_index(weight)
    own = getattr(optimizer, one.attribute, None)  # some have no `_` in Keras 2
    return (getattr(optimizer, one.attribute.lstrip("_")) if own is None else own)[number]


def set_counter(framework, optimizer, config, steps):
    """Continue at that step: what the optimizer derives from it is derived anew."""
    framework.assign(optimizer.iterations, steps)
    if hasattr(optimizer, "_current_learning_rate"):
        optimizer._compute_current_learning_rate()
    continue_schedule(framework, optimizer, config, steps)


def continue_schedule(framework, optimizer, config, steps):
    """The product of the momentum schedule of Nadam, which no version stores reliably."""
    rate = config.get("beta_1", 0.9)
    if hasattr(optimizer, "_u_product"):
        framework.assign(optimizer._u_product, product(rate, steps, 1.0))
        if hasattr(optimizer, "_u_product_counter"):
            optimizer._u_product_counter = steps + 1
    elif getattr(optimizer, "_m_cache", None) is not None:
        slower = config.get("schedule_decay", SCHEDULE_OF_NADAM)
        framework.assign(optimizer._m_cache, product(rate, steps, slower))


def product(rate, steps, speed):
    number = numpy.arange(1, steps + 1, dtype="float64")
    return float(numpy.prod(rate * (1.0 - 0.5 * 0.96 ** (speed * number))))


def is_strange(optimizer, weights):
    """Whether an optimizer of Keras 3 was built for other weights, and so cannot train these."""
    if not getattr(optimizer, "built", False) or not hasattr(optimizer, "_get_variable_index"):
        return False
    try:
        for weight in weights:
            optimizer._get_variable_index(weight)
    except (KeyError, ValueError):
        return True
    return False
