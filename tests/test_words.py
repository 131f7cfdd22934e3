"""What the vocabularies know of their own words."""

from __future__ import annotations

import pytest

from crossload.runner.words import Check, Usability, Verdict

#  verdict: is_measured, is_unknown, loads_plainly, works, is_whole, needs_cause
KNOWN = {
    Verdict.SAME: (True, False, True, True, True, False),
    Verdict.PARTIAL: (True, False, True, True, True, True),
    Verdict.ASSISTED: (True, False, False, True, True, True),
    Verdict.TRANSLATED: (True, False, False, True, True, True),
    Verdict.REBUILT: (True, False, False, True, False, True),
    Verdict.PREDICTS: (True, False, False, True, False, True),
    Verdict.DIFFERS: (True, False, False, False, False, True),
    Verdict.FAILS: (True, False, False, False, False, True),
    Verdict.CRASHES: (True, False, False, False, False, True),
    Verdict.TIMES_OUT: (True, False, False, False, False, True),
    Verdict.UNSAVED: (False, False, False, False, False, True),
    Verdict.UNAVAILABLE: (False, True, False, False, False, True),
    Verdict.NOT_RUN: (False, True, False, False, False, False),
    Verdict.IMPOSSIBLE: (False, True, False, False, False, True),
}


@pytest.mark.parametrize("verdict", Verdict)
def test_facts_of_each_verdict(verdict: Verdict) -> None:
    assert KNOWN[verdict] == (
        verdict.is_measured,
        verdict.is_unknown,
        verdict.loads_plainly,
        verdict.works,
        verdict.is_whole,
        verdict.needs_cause,
    )


def test_every_measured_verdict_says_what_a_user_can_do_with_the_file() -> None:
    said = {one: one.usability for one in Verdict}
    assert {one for one, word in said.items() if word} == {
        one for one in Verdict if one.is_measured
    }
    assert set(said.values()) == {*Usability, None}
    assert [said[one] for one in (Verdict.PARTIAL, Verdict.REBUILT, Verdict.CRASHES)] == [
        Usability.AS_IT_IS,
        Usability.NEEDS_CODE,
        Usability.NOT_AT_ALL,
    ]


def test_verdicts_get_worse_in_their_order() -> None:
    assert Verdict.FAILS.is_worse_than(Verdict.ASSISTED)
    assert not Verdict.ASSISTED.is_worse_than(Verdict.FAILS)
    assert not Verdict.FAILS.is_worse_than(Verdict.FAILS)


def test_every_check_has_words_for_a_user() -> None:
    assert len({one.meaning for one in Check}) == len(Check)
