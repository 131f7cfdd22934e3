"""What a user's model is trained and evaluated on: targets that fit its outputs and its loss.

Owns their kinds. `subjects.data` makes the inputs.
"""

import numpy

from crossload_probe.subjects.observing import is_trainable, losses_of

ZEROS, CLASSES, ONE_HOT = "zeros", "classes", "one-hot"
KINDS = (ONE_HOT, CLASSES, ZEROS)


def kind_of_targets(framework, model, inputs, outputs):
    """What the model can be trained on repeatably: a word for `targets`, or None.

    It is the first kind that the model's loss accepts; trying this changes the model.
    """
    if not is_trainable(model):
        return None
    for kind in KINDS:
        try:
            losses = losses_of(framework, model, inputs, targets(kind, outputs), 1)
        except Exception:
            continue
        if numpy.isfinite(losses).all():
            return kind
    return None


def targets(kind, outputs):
    """Arrays to train on, one for each output; None without a kind."""
    if kind is None:
        return []
    if kind == CLASSES:
        return [numpy.zeros(array.shape[:-1] + (1,), "float32") for array in outputs]
    arrays = [numpy.zeros(array.shape, "float32") for array in outputs]
    if kind == ONE_HOT:
        for array in arrays:
            array[..., :1] = 1.0
    return arrays


def half_right(kind, outputs):
    """Targets to evaluate on, which every second output meets: a metric of 0 or 1 tells little."""
    if kind == ZEROS:
        return targets(kind, outputs)
    return [half_right_classes(kind, numpy.asarray(array, "float64")) for array in outputs]


def half_right_classes(kind, array):
    wrong = (numpy.arange(len(array)) % 2).reshape((-1,) + (1,) * (array.ndim - 1))
    count = array.shape[-1]
    if count == 1:
        return numpy.abs((array > 0.5) - wrong).astype("float32")
    labels = (array.argmax(-1)[..., None] + wrong) % count
    if kind == CLASSES:
        return labels.astype("float32")
    return (labels == numpy.arange(count)).astype("float32")
