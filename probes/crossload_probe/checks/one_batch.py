"""`predict()` and `evaluate()` in one batch, where a model has them from Keras.

Owns when a call for one batch stands for the method that its users call. Keras builds a pipeline
of data for the method, which costs more than the model; for a single batch both do the same step.
Such a call can only confirm: where it raises or gives something else than expected, the method
itself is measured. A user's own model is always measured by the method that its user calls.
"""

import numpy

from crossload_probe import feeding, states
from crossload_probe.frameworks import accepts, flatten

BATCH = 32  # rows in one batch of `predict()` and `evaluate()`, unless they are told otherwise


def predictions(framework, model, job, inputs):
    """Outputs as `predict()` gives them, as a list of arrays; None where only that can tell."""
    if not stands_for(framework, model, job, inputs, "predict", "predict_on_batch"):
        return None
    try:
        with states.unchanged(framework, model):
            found = model.predict_on_batch(packed(framework, model, inputs))
        return [framework.array(array) for array in flatten(found)]
    except Exception:  # the method says what is wrong
        return None


def metrics(framework, model, job, inputs, targets):
    """{name: value} as `evaluate()` gives them; None where only that can tell."""
    framework.run_eagerly(model)
    if not stands_for(framework, model, job, inputs, "evaluate", "test_on_batch"):
        return None
    if not accepts(model.test_on_batch, "return_dict"):
        return None
    y = targets[0] if len(targets) == 1 else list(targets)
    try:
        with states.unchanged(framework, model):
            model.reset_metrics()
            found = model.test_on_batch(packed(framework, model, inputs), y, return_dict=True)
            model.reset_metrics()
        return {name: float(numpy.asarray(value)) for name, value in found.items()}
    except Exception:
        return None


def stands_for(framework, model, job, inputs, method, for_one_batch):
    """Whether Keras defines both methods, runs the model eagerly, and the inputs are one batch.

    A traced function may round otherwise, and is not worth tracing for one call.
    """
    if "subject" in job or not framework.eager:
        return False
    if getattr(model, "run_eagerly", None) is not True:
        return False
    if not all(len(array) <= BATCH for array in inputs):
        return False
    return all(is_of_keras(framework, model, name) for name in (method, for_one_batch))


def is_of_keras(framework, model, name):
    """Whether the model has a method from Keras, not from a class or an object of its own."""
    if name in vars(model):
        return False
    owner = next((kind for kind in type(model).__mro__ if name in vars(kind)), None)
    package = framework.keras.models.Model.__module__.split(".")[0]
    return owner is not None and owner.__module__.split(".")[0] == package


def packed(framework, model, inputs):
    return feeding.pack(framework, feeding.forms(model, inputs)[0], inputs)
