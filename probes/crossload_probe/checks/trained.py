"""Compare what a model needs for training on: its configuration, optimizer, metrics, next steps.

Owns these checks. `checks.training` reads the states that are compared.
"""

import numpy

from crossload_probe.checks import one_batch, training, usage
from crossload_probe.checks.results import (
    agrees,
    disagrees,
    is_within,
    measured,
    not_applicable,
    pair_arrays,
    relative_difference,
    spell_error,
)
from crossload_probe.models import samples


def check_compile(model, expected):
    """Names of optimizer, losses and metrics."""
    wanted = expected["compile"]
    found = training.compile_state(model)
    if wanted is None and held(expected)["training"]:
        if found is None:
            return disagrees("the file holds a training configuration, which is not loaded")
        return agrees("the training configuration of the file is loaded")
    if wanted is None:
        return not_applicable("the model was not compiled")
    if found is None:
        return disagrees("the compile state is gone")
    changes = [
        "{} was {}, is {}".format(key, wanted[key], found.get(key))
        for key in sorted(wanted)
        if found.get(key) != wanted[key]
    ]
    return disagrees("; ".join(changes)) if changes else agrees()


def check_optimizer(framework, model, expected):
    """Class, step counter and learning rate; then the slots as a set of arrays."""
    wanted = expected["optimizer"]
    slots = held(expected)["slots"]
    if slots and not any(numpy.any(array) for array in expected["slots"]):
        return check_held(training.optimizer_state(framework, model), slots)
    if wanted is None:
        return not_applicable("the model was not compiled")
    found = training.optimizer_state(framework, model)
    if found is None:
        return disagrees("the optimizer is gone")
    return check_state(found, wanted, expected["slots"])


def check_state(found, wanted, slots):
    """Two states of an optimizer; `slots` are those of the wanted one."""
    if found["class"] != wanted["class"]:
        return disagrees("{} instead of {}".format(found["class"], wanted["class"]))
    for key in ("iterations", "rate"):
        if None not in (found[key], wanted[key]) and not numpy.isclose(
            found[key], wanted[key], rtol=1e-6, atol=0
        ):
            return disagrees("{} was {}, is {}".format(key, wanted[key], found[key]))
    # Versions keep different unused slots; those are zero.
    worst, lost, extra = pair_arrays(found["slots"], slots)
    lost = [array for array in lost if numpy.any(array)]
    extra = [array for array in extra if numpy.any(array)]
    if lost or extra:
        return disagrees(
            "{} of {} slots lost, {} others found".format(len(lost), len(slots), len(extra))
        )
    return measured(worst)


def held(expected):
    """What the file was seen to hold for training, where a user's file was adopted."""
    return expected.get("held") or {"slots": 0, "training": False}


def check_held(found, slots):
    """For a file whose optimizer was already lost where its outputs were recorded."""
    said = "the file holds {} arrays of the optimizer's state".format(slots)
    filled = [array for array in (found or {}).get("slots", ()) if numpy.any(array)]
    if len(filled) < slots:
        return disagrees("{}, {} of which were loaded".format(said, len(filled) or "none"))
    return agrees(said + ", all of which were loaded")


def check_metrics(framework, model, job, expected):
    """What `evaluate()` gives, value by value."""
    if expected.get("metrics") is None:
        return not_applicable("nothing was evaluated")
    if getattr(model, "optimizer", None) is None:
        return disagrees("the model is not compiled: it cannot be evaluated")
    given = expected["inputs"], expected["evaluated"]
    found = one_batch.metrics(framework, model, job, *given)
    if found is not None:
        result = measured(*usage.lost_or_other(found, expected["metrics"]))
        if is_within(result, job["tolerances"]["relative"]):
            return result
    try:
        found = framework.evaluate(model, *given)
    except Exception as error:
        return disagrees("evaluating it raises " + spell_error(error))
    return measured(*usage.lost_or_other(found, expected["metrics"]))


def check_step(framework, model, name, expected):
    """Losses of the next two training steps: the first tests weights, the second the optimizer."""
    wanted = expected["losses"]
    if not wanted:
        return not_applicable("the model was not compiled")
    if getattr(model, "optimizer", None) is None:
        return disagrees("the optimizer is gone: the model cannot be trained on")
    try:
        found = samples.train(framework, model, name, len(wanted))
    except Exception as error:  # some loads leave an optimizer that does not know its variables
        return disagrees("training on raises " + spell_error(error))
    differences = [relative_difference(ours, theirs) for ours, theirs in zip(found, wanted)]
    detail = ", ".join(
        "loss {} was {:.7g}, is {:.7g}".format(index + 1, theirs, ours)
        for index, (ours, theirs) in enumerate(zip(found, wanted))
    )
    return measured(max(differences), detail)
