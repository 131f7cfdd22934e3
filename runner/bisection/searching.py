"""The search along a line: halve what lies between a version that works and one that does not.

Owns the halving, and what becomes of versions that cannot be measured. Each step builds and
measures one environment, the first one two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.environments.model import Environment
from crossload.runner.words import Verdict


@dataclass(frozen=True)
class Answer:
    """What one version came to; `works` is None where it could not be measured.

    `verdict` is that of the cell for a user who has the model's code.
    """

    environment: Environment
    works: bool | None
    cell: JudgedCell | None = None
    verdict: Verdict = Verdict.NOT_RUN


@dataclass(frozen=True)
class Found:
    """The end of a search.

    `last_good` and `first_bad` are neighbours but for `between`, which could not be measured.
    Without `first_bad` all works up to the end; without `last_good` nothing did at the beginning.
    `again` is a later version that works, where one was measured.
    """

    answers: tuple[Answer, ...]
    last_good: Answer | None
    first_bad: Answer | None
    between: tuple[Environment, ...] = ()
    again: Answer | None = None


Measure = Callable[[Sequence[Environment]], Sequence[Answer]]


@dataclass
class _Line:
    """The versions and what is known of them by their place."""

    environments: Sequence[Environment]
    measure: Measure
    known: dict[int, Answer] = field(default_factory=dict)

    def ask(self, *places: int) -> None:
        new = [place for place in dict.fromkeys(places) if place not in self.known]
        answers = self.measure([self.environments[place] for place in new]) if new else ()
        self.known |= dict(zip(new, answers, strict=True))

    def works(self, place: int) -> bool | None:
        return self.known[place].works


def search(
    environments: Sequence[Environment],
    measure: Measure,
    suspects: Collection[int] = (),
    *,
    every: bool = False,
) -> Found:
    """Find where a model stops working, from the first environment to the last.

    Halving takes for granted that what stops working does not work again later; what it measured
    on its way is in the answers.

    Args:
        environments: two or more, in the order in which to look.
        measure: measures some of them at once.
        suspects: places to look at where both ends work, because they are predicted to fail.
        every: measure all of them, which also finds a range that is broken in the middle.
    """
    line = _Line(environments, measure)
    if every:
        line.ask(*range(len(environments)))
        return _first_border(line)
    line.ask(0, len(environments) - 1)
    low = _nearest_known(line, 0, 1)
    if low is None:
        return _found(line, None, None)
    if not line.works(low):  # nothing is built to find out more
        return _found(line, None, low)
    high = _nearest_known(line, len(environments) - 1, -1)
    assert high is not None
    if line.works(high):
        line.ask(*sorted(suspects))
        return _first_border(line)
    return _halve(line, low, high)


def _halve(line: _Line, low: int, high: int) -> Found:
    """The border between a place that works and a later one that does not."""
    while high - low > 1:
        middle = _middle(line, low, high)
        if middle is None:
            break
        line.ask(middle)
        answer = line.works(middle)
        if answer is True:
            low = middle
        elif answer is False:
            high = middle
    return _found(line, low, high)


def _first_border(line: _Line) -> Found:
    """The first border among the places that are known."""
    known = [place for place in sorted(line.known) if line.works(place) is not None]
    bad = next((place for place in known if not line.works(place)), None)
    good = [place for place in known if line.works(place) and (bad is None or place < bad)]
    if bad is None or not good or bad - good[-1] == 1:
        return _found(line, good[-1] if good else None, bad)
    return _halve(line, good[-1], bad)


def _nearest_known(line: _Line, place: int, step: int) -> int | None:
    """The first place from there on that can be measured."""
    while 0 <= place < len(line.environments):
        line.ask(place)
        if line.works(place) is not None:
            return place
        place += step
    return None


def _middle(line: _Line, low: int, high: int) -> int | None:
    """The place nearest to the middle that is not known to be unmeasurable."""
    middle = (low + high) / 2
    left = [place for place in range(low + 1, high) if place not in line.known]
    return min(left, key=lambda place: (abs(place - middle), place), default=None)


def _found(line: _Line, low: int | None, high: int | None) -> Found:
    good = None if low is None else line.known[low]
    bad = None if high is None else line.known[high]
    between: tuple[Environment, ...] = ()
    if low is not None and high is not None:
        between = tuple(line.environments[place] for place in range(low + 1, high))
    again = [place for place in sorted(line.known) if high is not None and place > high]
    works = next((line.known[place] for place in again if line.works(place)), None)
    return Found(_answers(line), good, bad, between, works if low is not None else None)


def _answers(line: _Line) -> tuple[Answer, ...]:
    return tuple(line.known[place] for place in sorted(line.known))
