"""The fact of a run in one sentence: how many models load as they are, within a Keras and between.

Owns this sentence. `reports.headline` counts the loads of a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from crossload.reports.places import Place
from crossload.reports.tallies import Key, Tally, between, percent
from crossload.runner.formats import WHOLE_FORMATS
from crossload.runner.prose import joined

_WITHIN = "within Keras {0}"
_FROM = "from Keras {0} to {1}"


def fact(counts: Mapping[Key, Tally], found: Sequence[Place]) -> str:
    """Return the sentence, empty if no environment loads the file of another.

    It tells of the two newest generations of Keras: older ones are not what a reader asks first.
    """
    generations = sorted({one.keras for one in found if one.keras})[-2:]
    routes = [(one, one) for one in generations]
    routes += [*permutations(generations, 2)]
    shares: list[tuple[str, str]] = []
    for old, new in routes:
        pairs = [(a, b) for a, b in permutations(found, 2) if (a.keras, b.keras) == (old, new)]
        tally = between(counts, WHOLE_FORMATS, pairs)
        if tally.measured:
            where = (_WITHIN if old == new else _FROM).format(old, new)
            shares.append((f"{percent(tally.plain, tally.measured)}%", where))
    if not shares:
        return ""
    (share, where), *rest = shares
    clauses = [f"{share} of models {where}", *(" ".join(one) for one in rest)]
    return f"A plain load works for {joined(clauses)}."
