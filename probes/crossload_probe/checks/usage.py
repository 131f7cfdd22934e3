"""What users call besides the model itself: `predict()` and `evaluate()`.

Owns recording both in the saver and comparing them in a loader. `checks.comparing` calls the model
directly and has the other checks.
"""

import math

from crossload_probe.checks.results import largest_difference
from crossload_probe.checks.training import ALIASES, spell

# What `predict()` and a direct call may differ by in one model: they round in another order.
ALIKE = 1e-5
# A metric that is nearly zero has no relative difference.
LEAST = 1e-3


def record_predict(framework, model, expectation):
    """Add what `predict()` gives: `predicted` only where it is not what a direct call gives."""
    expectation["predicted"] = []
    expectation["predicts"] = False
    if not framework.eager:
        return  # there a prediction is this very call
    try:
        found = framework.call_predict(model, expectation["inputs"])
    except Exception:  # then nobody uses it
        return
    expectation["predicts"] = True
    if not largest_difference(found, expectation["outputs"])[0] <= ALIKE:
        expectation["predicted"] = found


def record_metrics(framework, model, expectation, targets):
    """Add what `evaluate()` gives, with the targets it was given."""
    expectation["evaluated"], expectation["metrics"] = [], None
    if not targets:
        return
    try:
        found = framework.evaluate(model, expectation["inputs"], targets)
    except Exception:  # such a model is not evaluated
        return
    expectation["evaluated"], expectation["metrics"] = list(targets), found


def lost_or_other(found, wanted):
    """(largest difference, details) of two {name: value}.

    Versions call a metric by other names; those without a partner are paired in order.
    """
    ours, theirs = by_name(found), by_name(wanted)
    pairs = [(name, ours.pop(name), theirs.pop(name)) for name in list(theirs) if name in ours]
    for name in list(theirs):
        if not ours:
            break
        pairs.append((name, ours.pop(next(iter(ours))), theirs.pop(name)))
    worst, said = 0.0, []
    for name, value, expected in pairs:
        difference = abs(value - expected) / max(abs(expected), LEAST)
        if difference != 0:
            said.append("{} was {:.7g}, is {:.7g}".format(name, expected, value))
        worst = max(worst, difference if math.isfinite(difference) else float("inf"))
    if theirs:
        worst = float("inf")
        said.append("{} is gone".format(", ".join(theirs)))
    return worst, "; ".join(said)


def by_name(metrics):
    """The metrics with the words of all versions; losses of single outputs are left out."""
    named = {}
    for name, value in metrics.items():
        if name.endswith("_loss"):
            continue
        for long, short in ALIASES.items():
            if name.endswith("_" + long):
                name = name[: -len(long)] + short
        named[spell(name)] = value
    return named
