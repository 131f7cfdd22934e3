"""Compare a loaded model with what its saver expected, one check after the other.

Owns the comparisons and how a difference becomes a number. Whether that number is small enough is
for the runner to decide.
"""

import math

from crossload_probe.checks import layer_outputs, one_batch, resaving, structure, trained
from crossload_probe.checks.results import (
    SLOT_TOLERANCE,
    agrees,
    check_arrays,
    disagrees,
    is_within,
    measured,
    not_applicable,
    pair_arrays,
    relative_difference,
    spell_error,
)
from crossload_probe.formats import writing
from crossload_probe.wire import shorten

CHECKS = (
    "structure",
    "weights",
    "outputs",
    "layers",
    "compile",
    "optimizer",
    "metrics",
    "step",
    "re-save",
)
DETAIL_LENGTH = 600


def lost(result):
    """The result of a check that does not apply to a way of loading, though the file has it."""
    return dict(result, status="lost")


def check_structure(model, expected):
    """Layer classes, names and output shapes, in order; a different order alone still agrees."""
    found, wanted = structure.summarise(model), expected["structure"]
    # A shape that only one side knows is no difference.
    if len(found) == len(wanted):
        for ours, theirs in zip(found, wanted):
            if ours["shape"] is None or theirs["shape"] is None:
                ours["shape"] = theirs["shape"] = None
    if found == wanted:
        return agrees()
    ours, theirs = sorted(map(spell_layer, found)), sorted(map(spell_layer, wanted))
    if ours == theirs:
        return agrees("the same layers in another order")
    extra = [text for text in ours if text not in theirs]
    missing = [text for text in theirs if text not in ours]
    return disagrees("missing: {}; instead: {}".format(join(missing), join(extra)))


def spell_layer(layer):
    return "{class} {name} {shape}".format(**layer)


def join(texts):
    return ", ".join(texts) or "none"


def check_weights(model, expected):
    """Arrays in the order of the layers; paired by shape where the layers changed order."""
    found, wanted = structure.layer_weights(model), expected["weights"]
    result = check_arrays(found, wanted)
    if result["status"] == "measured" and result["difference"] < SLOT_TOLERANCE:
        return result
    difference, lost, extra = pair_arrays(found, wanted)
    if not lost and not extra and len(found) == len(wanted):
        return measured(difference, "the same arrays in another order")
    return result


def tolerance(job, expected):
    """How far outputs may lie apart before they are worth a closer look, by the job and the noise.

    The runner judges them by the same numbers, and by what it knows of the saver besides.
    """
    given = job["tolerances"]
    return max(given["relative"], given["noise_factor"] * (expected["noise"] or 0.0))


def check_outputs(framework, model, job, expected, outputs):
    """A direct call and `predict()`; the worse of both, with what the other gave."""
    called = check_arrays(outputs, expected["outputs"])
    if model is None:
        return check_signature(job, expected, outputs, called)
    if not expected.get("predicts"):
        return called
    limit = tolerance(job, expected)
    if is_confirmed(framework, model, job, expected, limit):
        return called
    try:
        found = framework.call_predict(model, expected["inputs"])
    except Exception as error:
        detail = "predict() raises {}, while calling the model works".format(spell_error(error))
        return {"status": "error", "difference": None, "detail": detail}
    predicted = check_arrays(found, expected["predicted"] or expected["outputs"])
    right = [is_within(one, limit) for one in (called, predicted)]
    if right[0] == right[1]:
        return (
            called if (called["difference"] or 0) >= (predicted["difference"] or 0) else predicted
        )
    wrong = predicted if right[0] else called
    words = ("predict()", "calling the model") if right[0] else ("calling the model", "predict()")
    detail = "{} gives different outputs, {} the same".format(*words)
    return dict(wrong, detail="; ".join(filter(None, (detail, wrong["detail"]))))


def check_signature(job, expected, outputs, called):
    """What a signature gives is what calling the model gives; its users may call `predict()`."""
    if job["kind"] == "export" or not expected.get("predicted"):
        return called
    if not is_within(called, tolerance(job, expected)):
        return called
    result = check_arrays(outputs, expected["predicted"])
    detail = "the signature gives what calling the model gives, predict() something else"
    return dict(result, detail="; ".join(filter(None, (detail, result["detail"]))))


def is_confirmed(framework, model, job, expected, limit):
    """Whether a call for one batch gives what the saver's `predict()` gave."""
    found = one_batch.predictions(framework, model, job, expected["inputs"])
    if found is None:
        return False
    return is_within(check_arrays(found, expected["predicted"] or expected["outputs"]), limit)


def check_layers(framework, model, job, expected, outputs):
    """The first layer whose output differs; only where the model's outputs do."""
    limit = tolerance(job, expected)
    result = check_arrays(outputs, expected["outputs"])
    if result["status"] == "measured" and result["difference"] <= limit:
        return not_applicable("the outputs agree")
    found = layer_outputs.record(framework, model, expected["inputs"])
    pairs = layer_outputs.pair(expected["layer_names"], expected["layers"], *found)
    if not pairs:
        return not_applicable("no layer of this model can be observed on both sides")
    for number, (kind, name, theirs, ours) in enumerate(pairs):
        difference = relative_difference(ours, theirs)
        if difference > limit:
            known = "{:.1e}".format(difference) if math.isfinite(difference) else "not finite"
            place = "begins at layer '{}' ({}), {} of {}: {}"
            return measured(difference, place.format(name, kind, number + 1, len(pairs), known))
    return agrees("each of {} observed layers agrees".format(len(pairs)))


def check_resave(framework, model, job):
    """Whether the model can be saved again; the last check, since saving may change the model."""
    kind = writing.base(job["format"])
    try:
        written = resaving.write_again(framework, model, kind, job["folder"])
    except Exception as error:
        return disagrees("saving it again raises " + spell_error(error))
    return agrees("" if written == kind else "as {}, no longer as {}".format(written, kind))


def compare(framework, model, job, expected, outputs, skipped):
    """All checks of a loaded model, as the answer holds them.

    Args:
        framework: the loader's.
        model: what was loaded, after its first prediction.
        job: the job, with its private `folder`.
        expected: the saver's expectation.
        outputs: the loaded model's predictions.
        skipped: name of a check -> why it does not apply to this way of loading.
    """
    functions = {
        "structure": lambda: check_structure(model, expected),
        "weights": lambda: check_weights(model, expected),
        "outputs": lambda: check_outputs(framework, model, job, expected, outputs),
        "layers": lambda: check_layers(framework, model, job, expected, outputs),
        "compile": lambda: trained.check_compile(model, expected),
        "optimizer": lambda: trained.check_optimizer(framework, model, expected),
        "metrics": lambda: trained.check_metrics(framework, model, job, expected),
        "step": lambda: trained.check_step(framework, model, job["model"], expected),
        "re-save": lambda: check_resave(framework, model, job),
    }
    results = []
    for check in CHECKS:  # in this order: the last two change the model
        if check in skipped:
            result = not_applicable(skipped[check])
        else:
            result = guarded(functions[check])
        result["check"] = check
        result["detail"] = shorten(result["detail"], DETAIL_LENGTH, 0)
        results.append(result)
    return results


def guarded(function):
    """The result of a check; an exception in it becomes an `error`, and the next check follows."""
    try:
        return function()
    except Exception as error:
        return {"status": "error", "difference": None, "detail": spell_error(error)}
