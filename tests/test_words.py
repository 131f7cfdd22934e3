"""What the vocabularies know of their own words."""

from __future__ import annotations

import pytest

from crossload.runner.words import Check, Verdict

#  verdict: is_measured, is_unknown, loads_plainly, works, needs_cause
KNOWN = {
    Verdict.SAME: (True, False, True, True, False),
    Verdict.PARTIAL: (True, False, True, True, True),
    Verdict.ASSISTED: (True, False, False, True, True),
    Verdict.DIFFERS: (True, False, False, False, True),
    Verdict.FAILS: (True, False, False, False, True),
    Verdict.CRASHES: (True, False, False, False, True),
    Verdict.TIMES_OUT: (True, False, False, False, True),
    Verdict.UNSAVED: (False, False, False, False, True),
    Verdict.UNAVAILABLE: (False, True, False, False, True),
    Verdict.NOT_RUN: (False, True, False, False, False),
    Verdict.IMPOSSIBLE: (False, True, False, False, True),
}


@pytest.mark.parametrize("verdict", Verdict)
def test_facts_of_each_verdict(verdict: Verdict) -> None:
    assert KNOWN[verdict] == (
        verdict.is_measured,
        verdict.is_unknown,
        verdict.loads_plainly,
        verdict.works,
        verdict.needs_cause,
    )


def test_verdicts_get_worse_in_their_order() -> None:
    assert Verdict.FAILS.is_worse_than(Verdict.ASSISTED)
    assert not Verdict.ASSISTED.is_worse_than(Verdict.FAILS)
    assert not Verdict.FAILS.is_worse_than(Verdict.FAILS)


def test_every_check_has_words_for_a_user() -> None:
    assert len({one.meaning for one in Check}) == len(Check)
