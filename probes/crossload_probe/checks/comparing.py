"""Compare a loaded model with what its saver expected, one check after the other.

Owns the comparisons and how a difference becomes a number. Whether that number is small enough is
for the runner to decide.
"""

import math

import numpy

from crossload_probe.checks import layer_outputs, resaving, structure, training, usage
from crossload_probe.formats import writing
from crossload_probe.models import samples
from crossload_probe.wire import describe_error, shorten

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
# Restored optimizer slots are equal bit by bit; this tolerance only pairs them up.
SLOT_TOLERANCE = 1e-4


def agrees(detail=""):
    return {"status": "agrees", "difference": None, "detail": detail}


def disagrees(detail):
    return {"status": "disagrees", "difference": None, "detail": detail}


def not_applicable(detail):
    return {"status": "not-applicable", "difference": None, "detail": detail}


def lost(result):
    """The result of a check that does not apply to a way of loading, though the file has it."""
    return dict(result, status="lost")


def measured(difference, detail=""):
    """A relative difference; one that is not a number is a disagreement."""
    if not math.isfinite(difference):
        return disagrees(detail or "values are not finite")
    return {"status": "measured", "difference": difference, "detail": detail}


def relative_difference(found, expected):
    """max|found - expected| / max|expected|; infinite where one is not finite or all is zero."""
    found = numpy.asarray(found, dtype="float64")
    expected = numpy.asarray(expected, dtype="float64")
    if expected.size == 0 or numpy.array_equal(found, expected):
        return 0.0
    if not (numpy.isfinite(found).all() and numpy.isfinite(expected).all()):
        return float("inf")
    scale = float(numpy.max(numpy.abs(expected)))
    gap = float(numpy.max(numpy.abs(found - expected)))
    return gap / scale if scale else float("inf")


def largest_difference(found, expected):
    """(difference, problem) of two lists of arrays, pair by pair.

    Returns:
        The largest relative difference, and what is wrong: empty unless the arrays cannot be
        compared or hold values that are not finite.
    """
    if len(found) != len(expected):
        return float("inf"), "{} arrays instead of {}".format(len(found), len(expected))
    worst, problem = 0.0, ""
    for index, (ours, theirs) in enumerate(zip(found, expected)):
        if ours.shape != theirs.shape:
            return float("inf"), "array {} has shape {} instead of {}".format(
                index, ours.shape, theirs.shape
            )
        difference = relative_difference(ours, theirs)
        if not math.isfinite(difference) and not problem:
            problem = "array {} holds values that are not finite, or should be zero".format(index)
        worst = max(worst, difference)
    return worst, problem


def check_arrays(found, expected):
    difference, problem = largest_difference(found, expected)
    return disagrees(problem) if problem else measured(difference)


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


def pair_arrays(found, wanted):
    """Pair two sets of arrays by shape and value.

    Returns:
        (largest difference within pairs, wanted ones without a partner, found ones without).
    """
    left, lost, worst = list(found), [], 0.0
    for theirs in wanted:
        candidates = [
            (relative_difference(ours, theirs), index)
            for index, ours in enumerate(left)
            if ours.shape == theirs.shape
        ]
        difference, index = min(candidates) if candidates else (float("inf"), None)
        if difference > SLOT_TOLERANCE:
            lost.append(theirs)
        else:
            worst = max(worst, difference)
            del left[index]
    return worst, lost, left


def tolerance(job, expected):
    """How far outputs may lie apart before they are worth a closer look, by the job and the noise.

    The runner judges them by the same numbers, and by what it knows of the saver besides.
    """
    given = job["tolerances"]
    return max(given["relative"], given["noise_factor"] * (expected["noise"] or 0.0))


def check_outputs(framework, model, job, expected, outputs):
    """A direct call and `predict()`; the worse of both, with what the other gave."""
    called = check_arrays(outputs, expected["outputs"])
    if model is None or not expected.get("predicts"):
        return called
    try:
        found = framework.call_predict(model, expected["inputs"])
    except Exception as error:
        detail = "predict() raises {}, while calling the model works".format(spell_error(error))
        return {"status": "error", "difference": None, "detail": detail}
    predicted = check_arrays(found, expected["predicted"] or expected["outputs"])
    limit = tolerance(job, expected)
    right = [is_within(one, limit) for one in (called, predicted)]
    if right[0] == right[1]:
        return (
            called if (called["difference"] or 0) >= (predicted["difference"] or 0) else predicted
        )
    wrong = predicted if right[0] else called
    words = ("predict()", "calling the model") if right[0] else ("calling the model", "predict()")
    detail = "{} gives other outputs, {} the same".format(*words)
    return dict(wrong, detail="; ".join(filter(None, (detail, wrong["detail"]))))


def is_within(result, limit):
    return result["status"] == "measured" and result["difference"] <= limit


def check_metrics(framework, model, expected):
    """What `evaluate()` gives, value by value."""
    if expected.get("metrics") is None:
        return not_applicable("nothing was evaluated")
    if getattr(model, "optimizer", None) is None:
        return disagrees("the model is not compiled: it cannot be evaluated")
    try:
        found = framework.evaluate(model, expected["inputs"], expected["evaluated"])
    except Exception as error:
        return disagrees("evaluating it raises " + spell_error(error))
    difference, detail = usage.lost_or_other(found, expected["metrics"])
    return measured(difference, detail)


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


def check_compile(model, expected):
    """Names of optimizer, losses and metrics."""
    wanted = expected["compile"]
    if wanted is None:
        return not_applicable("the model was not compiled")
    found = training.compile_state(model)
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
    if wanted is None:
        return not_applicable("the model was not compiled")
    found = training.optimizer_state(framework, model)
    if found is None:
        return disagrees("the optimizer is gone")
    if found["class"] != wanted["class"]:
        return disagrees("{} instead of {}".format(found["class"], wanted["class"]))
    for key in ("iterations", "rate"):
        if None not in (found[key], wanted[key]) and not numpy.isclose(
            found[key], wanted[key], rtol=1e-6, atol=0
        ):
            return disagrees("{} was {}, is {}".format(key, wanted[key], found[key]))
    # Versions keep different unused slots; those are zero.
    worst, lost, extra = pair_arrays(found["slots"], expected["slots"])
    lost = [array for array in lost if numpy.any(array)]
    extra = [array for array in extra if numpy.any(array)]
    if lost or extra:
        return disagrees(
            "{} of {} slots lost, {} others found".format(
                len(lost), len(expected["slots"]), len(extra)
            )
        )
    return measured(worst)


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
        "compile": lambda: check_compile(model, expected),
        "optimizer": lambda: check_optimizer(framework, model, expected),
        "metrics": lambda: check_metrics(framework, model, expected),
        "step": lambda: check_step(framework, model, job["model"], expected),
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


def spell_error(error):
    described = describe_error(error)
    return "{}: {}".format(described["type"], described["message"])
