"""What a check finds, as an answer holds it, and how far arrays are apart.

Owns the shape of a result and the numbers in it. Which things are compared is in
`checks.comparing`.
"""

import math

import numpy

from crossload_probe.wire import describe_error

# Restored optimizer slots are equal bit by bit; this tolerance only pairs them up.
SLOT_TOLERANCE = 1e-4


def agrees(detail=""):
    return {"status": "agrees", "difference": None, "detail": detail}


def disagrees(detail):
    return {"status": "disagrees", "difference": None, "detail": detail}


def not_applicable(detail):
    return {"status": "not-applicable", "difference": None, "detail": detail}


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


def is_within(result, limit):
    return result["status"] == "measured" and result["difference"] <= limit


def spell_error(error):
    described = describe_error(error)
    return "{}: {}".format(described["type"], described["message"])
