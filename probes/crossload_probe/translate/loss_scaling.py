"""The wrapper that scales the loss around an optimizer, as mixed precision uses it.

Owns what each version calls and stores of it: the class, its arguments, the scale that it has
reached. The optimizer within is made and filled by `translate.optimizers` and
`translate.optimizer_slots`.
"""

# ruff: noqa: SLF001 - the attributes are those of Keras' own wrappers

import collections

import numpy

from crossload_probe.translate.plain import NotTranslated

CLASS = "LossScaleOptimizer"
FIXED = "FixedLossScale"
START, PERIOD = 2.0**15, 2000
# What a file says of a wrapper. dynamic: whether the scale changes while the model trains. start:
# the first scale. period: the number of finite steps after which it doubles.
Scaling = collections.namedtuple("Scaling", "dynamic start period")
# The scale that a wrapper has reached, and the number of steps since it changed.
Reached = collections.namedtuple("Reached", "scale steps")


def unwrapped(item):
    """(description of the optimizer, `Scaling` or None) from that of an optimizer or a wrapper."""
    config = item.get("config") or {}
    if item["class_name"].split(">")[-1].startswith(CLASS):
        inner = config.get("inner_optimizer") or config.get("optimizer")
        if not isinstance(inner, dict):
            raise NotTranslated("the file does not say which optimizer {} wraps".format(CLASS))
        return inner, scaling_of(config)
    factor = config.get("loss_scale_factor")  # how Keras 3 spells a fixed scale
    if factor is None:
        return item, None
    return dict(item, config=dict(config, loss_scale_factor=None)), Scaling(False, factor, None)


def scaling_of(config):
    """The `Scaling` in the arguments of a wrapper, of TensorFlow 2.1 to 2.3 too."""
    older = config.get("loss_scale")
    if older is None:
        dynamic = config.get("dynamic", True)
        start = config.get("initial_scale", START)
        return Scaling(dynamic, start, config.get("dynamic_growth_steps") or PERIOD)
    given = older["config"]
    if older["class_name"] == FIXED:
        return Scaling(False, given["loss_scale_value"], None)
    if given.get("multiplier", 2) != 2:
        raise NotTranslated("a loss scale that is multiplied by {}".format(given["multiplier"]))
    return Scaling(True, given["initial_loss_scale"], given["increment_period"])


def wrap(framework, optimizer, scaling):
    """The optimizer in the wrapper of this Keras; raises `NotTranslated` where there is none."""
    if not scaling.dynamic and framework.is_keras3:
        optimizer.loss_scale_factor = scaling.start
        return optimizer
    module = getattr(framework.keras, "mixed_precision", None)
    older = getattr(module, "experimental", None)
    cls = getattr(module, CLASS, None)
    if cls is None and hasattr(older, CLASS):
        scales = framework.tensorflow.mixed_precision.experimental
        if scaling.dynamic:
            scale = scales.DynamicLossScale(scaling.start, scaling.period)
        else:
            scale = scales.FixedLossScale(scaling.start)
        return getattr(older, CLASS)(optimizer, scale)
    if cls is None:
        raise NotTranslated("this Keras has no {}".format(CLASS))
    if scaling.dynamic:
        return cls(optimizer, initial_scale=scaling.start, dynamic_growth_steps=scaling.period)
    return cls(optimizer, dynamic=False, initial_scale=scaling.start)


def within(optimizer):
    """The optimizer in a wrapper; any other is returned as it is."""
    if not type(optimizer).__name__.startswith(CLASS):
        return optimizer
    inner = getattr(optimizer, "inner_optimizer", None)
    return optimizer._optimizer if inner is None else inner


def split(entries):
    """([(name, array)] of the optimizer, `Reached` or None) from those that Keras 3 stores.

    It puts four numbers before those of the optimizer, which begin with a counter and a rate.
    """
    numbers = [array.dtype.kind for _, array in entries[:6] if array.ndim == 0]
    if [kind == "f" for kind in numbers] != [False, True] * 3:
        return entries, None
    return entries[4:], Reached(float(entries[3][1]), int(entries[2][1]))


def begun_anew(scaling, state):
    """Texts on a scale that a file with an optimizer's state does not hold; HDF5 of Keras 2."""
    if scaling is None or not scaling.dynamic or state is None or state.reached is not None:
        return []
    return [
        "scale of the loss: not in the file, so that it starts again at {}".format(scaling.start)
    ]


def is_dynamic(optimizer):
    """Whether the scale changes; a fixed one of Keras 2 is a number."""
    return not isinstance(getattr(optimizer, "_loss_scale", None), float)


def resume(framework, optimizer, weights, reached):
    """Create the variables of a wrapper; it goes on from the scale that the file holds, if any."""
    if framework.is_keras3 and not optimizer.built:
        optimizer.build(weights)
    if reached is None or not is_dynamic(optimizer):
        return
    if framework.is_keras3:
        places = optimizer.dynamic_scale, optimizer.step_counter
    else:
        state = optimizer._loss_scale
        counter = getattr(state, "_counter", None)
        counter = getattr(state, "_num_good_steps", None) if counter is None else counter
        places = state._current_loss_scale, counter
    for variable, number in zip(places, reached):
        framework.assign(variable, numpy.asarray(number))
