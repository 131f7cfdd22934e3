"""Which environments may provide the outputs of a user's file, likeliest and cheapest first.

Owns that order. A file is best understood where it was written, or as near to it as the matrix
comes; whether it loads there is predicted first, and then measured. What is not built yet is tried
last: the user did not ask for gigabytes of environments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossload.runner.atlas import Atlas, AtlasEnvironment, Family
from crossload.runner.checking.planning import distinct
from crossload.runner.environments.model import Environment
from crossload.runner.inspection.model import Inspection
from crossload.runner.prediction import Outcome, Predictor
from crossload.runner.subjects.model import Subject
from crossload.runner.versions import version_of

_MOST = 8  # environments of one tier
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


@dataclass(frozen=True)
class Search:
    """What it costs to ask an environment, and how many the user wants asked.

    Attributes:
        built: ids of the environments that are built already.
        wide: ask more than one environment that has to be built for it.
    """

    built: frozenset[str] = frozenset()
    wide: bool = False


@dataclass(frozen=True)
class Candidates:
    """Environments that may adopt a file.

    Attributes:
        tiers: those to be tried, the ones of a tier at once, a tier after the one before it failed.
        beyond: how many more a wide search would try.
    """

    tiers: tuple[tuple[Environment, ...], ...]
    beyond: int = 0


def candidates(
    subject: Subject,
    wanted: Sequence[Environment],
    every: Sequence[Environment],
    atlas: Atlas,
    search: Search,
) -> Candidates:
    """Environments that may adopt the file, in the order in which they are to be tried.

    One of the file's own generation of Keras that costs nothing is asked first; then the one that
    is predicted to load it is built; another generation, which may compute something else, is only
    asked after that.

    Args:
        subject: a user's file.
        wanted: environments that the user asks about, all of which will be built anyway.
        every: all environments of the matrix.
        atlas: what is known of them.
        search: what is built, and how far to go.
    """
    assert subject.inspection is not None
    ranks = _ranks(subject, subject.inspection, every, atlas)
    usable = [one for one in every if one.problem is None and one.id in ranks]
    likely = [one for one in usable if _OUTCOMES[ranks[one.id].outcome] is not Outcome.FAILS]
    likely.sort(key=lambda one: ranks[one.id].key)
    asked = [one for one in wanted if one.problem is None]
    asked.sort(key=lambda one: ranks[one.id].key if one.id in ranks else (1, _OTHER_GENERATION, 0))
    free = search.built | {one.id for one in asked}
    near = [one for one in likely if one.id in free and ranks[one.id].distance < _OTHER_GENERATION]
    costly = [one for one in likely if one.id not in free]
    rest = [one for one in (*asked, *likely) if one.id in free and one not in near]
    tiers = [near[:1], near[1:_MOST], costly[:1], list(distinct(rest))[:_MOST]]
    more = costly[1:_MOST]
    if search.wide:
        tiers.append(more)
    filled = tuple(tuple(tier) for tier in tiers if tier)
    return Candidates(filled, 0 if search.wide else len(more))


def _ranks(
    subject: Subject, inspection: Inspection, every: Sequence[Environment], atlas: Atlas
) -> dict[str, _Rank]:
    known = {one.name: one for one in atlas.environments}
    predictor = Predictor(atlas)
    ranks = {}
    for position, one in enumerate(every):
        facts = known.get(one.row)
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
    origin = inspection.origin.keras or ""
    written = version_of(origin) or version_of(str(inspection.generation or ""))
    here = version_of(environment.keras)
    far = 0.0
    if written is not None and here is not None:
        # Keras 1 was read by Keras 2, whose first versions still knew how.
        major = max(written.major, 2)
        minor = written.minor if written.major == major else 0
        far = _OTHER_GENERATION * abs(here.major - major) + abs(here.minor - minor)
    backend = inspection.origin.backend
    if backend and backend != environment.backend:
        far += _OTHER_GENERATION / 2
    elif not backend and environment.backend != _LIKELY_BACKEND:
        far += _UNLIKELY
    if environment.family is Family.KERAS_2:
        far += 0.5  # the same Keras inside TensorFlow is what most people have
    return far
