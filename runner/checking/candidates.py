"""Which environments may say what a user's file answers: the likeliest first.

Owns that order. A file is best understood where it was written, or as near to it as the matrix
comes; whether it loads there is predicted first, and then measured.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crossload.runner.atlas import Atlas, AtlasEnvironment, Family
from crossload.runner.checking.planning import distinct
from crossload.runner.environments.model import Environment
from crossload.runner.inspection.model import Inspection
from crossload.runner.prediction import Outcome, Predictor
from crossload.runner.subjects.model import Subject

_NEAREST = 2  # of all environments of the matrix, before those that the user asks about
_MOST = 8
_OTHER_GENERATION = 100.0
# Files that name no backend were mostly written on this one; another is farther than some versions.
_LIKELY_BACKEND, _UNLIKELY = "tensorflow", 10.0
_OUTCOMES = (Outcome.LOADS, Outcome.UNKNOWN, Outcome.FAILS)


@dataclass(frozen=True)
class _Rank:
    """Smaller is better: what is predicted, then how far the versions are apart."""

    outcome: int
    distance: float
    position: int

    @property
    def key(self) -> tuple[int, float, int]:
        return (self.outcome, self.distance, self.position)


def candidates(
    subject: Subject, wanted: Sequence[Environment], every: Sequence[Environment], atlas: Atlas
) -> tuple[Environment, ...]:
    """Environments that may adopt the file, in the order in which they are to be tried.

    Args:
        subject: a file of the user's.
        wanted: environments that the user asks about, all of which will be built anyway.
        every: all environments of the matrix.
        atlas: what is known of them.
    """
    assert subject.inspection is not None
    ranks = _ranks(subject, subject.inspection, every, atlas)
    usable = [one for one in every if one.problem is None and one.id in ranks]
    best = sorted(usable, key=lambda one: ranks[one.id].key)
    nearest = [one for one in best if ranks[one.id].outcome < 2][:_NEAREST]
    asked = [one for one in wanted if one.problem is None]
    asked.sort(key=lambda one: ranks[one.id].key if one.id in ranks else (1, _OTHER_GENERATION, 0))
    return distinct((*nearest, *asked))[:_MOST]


def _ranks(
    subject: Subject, inspection: Inspection, every: Sequence[Environment], atlas: Atlas
) -> dict[str, _Rank]:
    known = {one.name: one for one in atlas.environments}
    predictor = Predictor(atlas)
    ranks = {}
    for position, one in enumerate(every):
        facts = known.get(one.spec.name)
        if facts is None:
            continue
        said = predictor.predict(inspection, facts.id, subject.path.suffix)
        outcome = said.outcome
        if outcome is Outcome.FAILS and said.avoided_by:
            outcome = Outcome.UNKNOWN  # a strategy of the adoption may get it to load
        ranks[one.id] = _Rank(_OUTCOMES.index(outcome), distance(inspection, facts), position)
    return ranks


def distance(inspection: Inspection, environment: AtlasEnvironment) -> float:
    """How far an environment is from what wrote the file, in minor versions of Keras.

    Another major version of Keras, or another backend than the file names, is farther than any.
    """
    written = _number(inspection.origin.keras)
    here = _number(environment.keras)
    if written is None:
        written = None if inspection.generation is None else (inspection.generation, 0)
    far = 0.0
    if written is not None and here is not None:
        # Keras 1 was read by Keras 2, whose first versions still knew how.
        major = max(written[0], 2)
        minor = written[1] if written[0] == major else 0
        far = _OTHER_GENERATION * abs(here[0] - major) + abs(here[1] - minor)
    backend = inspection.origin.backend
    if backend and backend != environment.backend:
        far += _OTHER_GENERATION / 2
    elif not backend and environment.backend != _LIKELY_BACKEND:
        far += _UNLIKELY
    if environment.family is Family.KERAS_2:
        far += 0.5  # the same Keras inside TensorFlow is what most people have
    return far


def _number(version: str | None) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", version or "")
    return None if found is None else (int(found[1]), int(found[2]))
