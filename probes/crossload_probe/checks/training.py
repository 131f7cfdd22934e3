"""What a model was compiled with, and its optimizer's state, in words shared by all versions.

Owns optimizers and losses by version. It only reads; `checks.comparing` compares two states.
"""

import re

import numpy

# Several names for one thing: what users write, what a file holds, what an object is called.
ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kldivergence": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "cosine_proximity": "cosine_similarity",
    "acc": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "binary_accuracy": "accuracy",
    "categorical_accuracy": "accuracy",
}


def compile_state(model):
    """{"optimizer", "loss", "metrics"} with normalised names; None for an uncompiled model."""
    optimizer = getattr(model, "optimizer", None)
    loss = find_loss(model)
    if optimizer is None or loss is None:
        return None
    return {
        "optimizer": optimizer_name(optimizer),
        "loss": spell_losses(model, loss),
        "metrics": sorted(spell_metrics(model)),
    }


def optimizer_name(optimizer):
    """Class name in lower case; TF 1 wraps optimizers in the style of Keras 1."""
    return type(optimizer).__name__.lower()


def find_loss(model):
    """What was given as `loss`: name, function, object, or a list or dict of those."""
    container = getattr(model, "_compile_loss", None) or getattr(model, "compiled_loss", None)
    for owner, attribute in ((container, "_user_loss"), (container, "_user_losses")):
        value = getattr(owner, attribute, None)
        if value is not None:
            return value
    return getattr(model, "loss", None)


def find_metrics(model):
    """What was given as `metrics`, or what became of it, without the losses."""
    for attribute in ("_compile_metrics", "compiled_metrics"):
        if hasattr(model, attribute):
            given = getattr(model, attribute)
            for inner in ("_user_metrics", "_metrics"):
                if hasattr(given, inner):
                    given = getattr(given, inner)
                    break
            return given if isinstance(given, (list, tuple, dict)) else []
    names = getattr(model, "metrics_names", [])
    return [name for name in names if not re.search(r"(^|_)loss$", name)]


def spell_losses(model, loss):
    """Names of the losses in the order of the outputs."""
    if isinstance(loss, dict):
        names = list(getattr(model, "output_names", []))
        order = [name for name in names if name in loss] or sorted(loss)
        return spell_all([loss[name] for name in order])
    return spell_all(loss)


def spell_metrics(model):
    """Names of the metrics; Keras 2 puts that of the output before them once they were used."""
    outputs = [str(name) + "_" for name in getattr(model, "output_names", None) or ()]
    found = []
    for name in spell_all(find_metrics(model)):
        before = next((one for one in outputs if len(outputs) > 1 and name.startswith(one)), "")
        found.append(ALIASES.get(name[len(before) :], name[len(before) :]))
    return found


def spell_all(value):
    """Every name in a structure of lists and dicts, normalised."""
    if value is None:
        return []
    if isinstance(value, dict) and "class_name" in value:  # TF 1 keeps what a file said of it
        return [spell(value.get("config", {}).get("name") or value["class_name"])]
    if isinstance(value, dict):
        return [name for key in sorted(value) for name in spell_all(value[key])]
    if isinstance(value, (list, tuple)):
        return [name for item in value for name in spell_all(item)]
    return [spell(value)]


def spell(item):
    """One name for "mse", the function, the class and an object of it: "mean_squared_error"."""
    if isinstance(item, str):
        name = item
    elif callable(item) and hasattr(item, "__name__"):
        name = item.__name__
    else:
        # A metric object that wraps a function (MeanMetricWrapper) has that function's name.
        name = getattr(item, "name", None) or type(item).__name__
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return ALIASES.get(name, name)


def optimizer_state(framework, model):
    """Class, step counter, learning rate and slots of a model's optimizer; None if it has none.

    Returns:
        {"class": str, "iterations": int or None, "rate": float or None, "slots": [arrays]}.
        Slots are the variables that are not scalars; names and order depend on the version.
    """
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return None
    make_slots(optimizer, model)
    arrays = [numpy.asarray(array) for array in optimizer_arrays(framework, optimizer)]
    return {
        "class": optimizer_name(optimizer),
        "iterations": read_number(framework, optimizer, ("iterations",), int),
        "rate": read_rate(framework, optimizer),
        "slots": [array for array in arrays if array.ndim > 0 and array.dtype.kind == "f"],
    }


def read_rate(framework, optimizer):
    """The learning rate; None where it follows a schedule, which versions read at other steps."""
    kinds = type(getattr(optimizer, "_learning_rate", None)).__mro__
    if any(kind.__name__ == "LearningRateSchedule" for kind in kinds):
        return None
    return read_number(framework, optimizer, ("learning_rate", "lr"), float)


def make_slots(optimizer, model):
    """Make an optimizer create its slots, so that values from a SavedModel are restored."""
    # Standalone Keras 2 has only the second name.
    name = "trainable_variables" if hasattr(model, "trainable_variables") else "trainable_weights"
    trainable = getattr(model, name)
    for step in ("build", "_create_all_weights"):
        method = getattr(optimizer, step, None)
        if callable(method) and not getattr(optimizer, "built", False):
            method(trainable)
            return


def optimizer_arrays(framework, optimizer):
    """All variables (a method, a property or a list by version), or arrays if these are missing."""
    variables = getattr(optimizer, "variables", None)
    if callable(variables):
        variables = variables()
    if variables is None:
        variables = getattr(optimizer, "weights", None)
    if variables is None:
        return optimizer.get_weights()
    return framework.values(list(variables))


def read_number(framework, optimizer, names, kind):
    """A scalar of the optimizer under the first name that it has, or None."""
    for name in names:
        value = getattr(optimizer, name, None)
        if value is None:
            continue
        try:
            if not isinstance(value, (int, float)):
                value = framework.values([value])[0]
            return kind(numpy.asarray(value))
        except Exception:  # some eras hold an unread schedule or a lazy constant here
            continue
    return None
