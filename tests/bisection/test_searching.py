"""The search by halves: it finds the border, and asks few versions for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from crossload.runner.bisection.searching import Answer, Found, search
from crossload.runner.environments.model import Environment
from tests.runs import environment

MANY = tuple(environment(f"tf2.{number}") for number in range(40))


@dataclass
class Line:
    """Versions that work up to a place; None are those that cannot be measured."""

    works: Sequence[bool | None]
    asked: list[str] = field(default_factory=list)

    @property
    def environments(self) -> tuple[Environment, ...]:
        return MANY[: len(self.works)]

    def measure(self, some: Sequence[Environment]) -> list[Answer]:
        self.asked += [one.id for one in some]
        return [Answer(one, self.works[MANY.index(one)]) for one in some]

    def search(self) -> Found:
        return search(self.environments, self.measure)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Any monotone line, any of whose places may be unmeasurable."""
    length = draw(st.integers(2, len(MANY)))
    border = draw(st.integers(0, length))
    gone = draw(st.sets(st.integers(0, length - 1), max_size=length))
    return Line([None if at in gone else at < border for at in range(length)])


def place(answer: Answer | None) -> int | None:
    return None if answer is None else MANY.index(answer.environment)


@given(lines())
def test_it_finds_the_border_of_every_line(line: Line) -> None:
    found = line.search()
    good = [at for at, works in enumerate(line.works) if works]
    bad = [at for at, works in enumerate(line.works) if works is False]
    assert place(found.first_bad) == min(bad, default=None)
    assert place(found.last_good) == max(good, default=None)
    if good and bad:
        between = line.works[max(good) + 1 : min(bad)]
        assert [MANY.index(one) for one in found.between] == list(range(max(good) + 1, min(bad)))
        assert set(between) <= {None}


@given(lines())
def test_it_asks_a_logarithm_of_places_and_those_that_gave_no_answer(line: Line) -> None:
    found = line.search()
    silent = sum(one.works is None for one in found.answers)
    measured = len(found.answers) - silent
    # A place without an answer moves the next question off the middle: one more for each at most.
    assert measured <= 2 + math.ceil(math.log2(len(line.works))) + silent
    assert len(set(line.asked)) == len(line.asked), "a version was asked twice"
    assert len(found.answers) == len(line.asked)


def test_the_two_ends_are_measured_together() -> None:
    rounds: list[int] = []
    line = Line([True] * 10)

    def measure(some: Sequence[Environment]) -> list[Answer]:
        rounds.append(len(some))
        return line.measure(some)

    search(line.environments, measure)
    assert rounds == [2]


def test_where_the_beginning_does_not_work_nothing_more_is_built() -> None:
    """Not even where the other end gave no answer, as when nothing could be saved."""
    line = Line([False, *[None] * 20])
    found = line.search()
    assert place(found.first_bad) == 0
    assert found.last_good is None
    assert len(line.asked) == 2


def test_a_line_without_an_answer_has_no_end() -> None:
    found = Line([None] * 4).search()
    assert (found.last_good, found.first_bad, len(found.answers)) == (None, None, 4)


def test_each_outcome_is_reported_as_what_it_is() -> None:
    found = Line([None, True, None]).search()
    assert (place(found.last_good), found.first_bad) == (1, None)
    assert place(Line([None, False, None]).search().first_bad) == 1


def test_a_range_broken_in_the_middle_is_found_where_all_are_measured() -> None:
    line = Line([True, True, False, False, True])
    found = search(line.environments, line.measure, every=True)
    assert (place(found.last_good), place(found.first_bad), place(found.again)) == (1, 2, 4)


def test_a_suspect_is_measured_where_both_ends_work() -> None:
    line = Line([True, True, True, False, False, True, True])
    found = search(line.environments, line.measure, suspects=[4])
    assert (place(found.last_good), place(found.first_bad), place(found.again)) == (2, 3, 6)


def test_no_suspect_is_measured_where_an_end_fails() -> None:
    line = Line([True, True, False])
    search(line.environments, line.measure, suspects=[1])
    assert line.asked == [MANY[0].id, MANY[2].id, MANY[1].id]


def test_a_wrong_suspicion_leaves_everything_working() -> None:
    line = Line([True, True, True])
    found = search(line.environments, line.measure, suspects=[1])
    assert (place(found.last_good), found.first_bad, found.again) == (2, None, None)
