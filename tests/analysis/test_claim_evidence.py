"""A failure confirms a claim only if it fails for the claim's own reason."""

from __future__ import annotations

from dataclasses import replace

from crossload.runner.analysis.claims import ClaimStatus
from crossload.runner.analysis.judged import JudgedCell
from crossload.runner.cases.claim_model import (
    Expected,
)
from crossload.runner.causes.values import Cause, Family
from tests.analysis.claim_examples import claim, fails, judge, loads


def because(judged: JudgedCell, family: Family) -> JudgedCell:
    return replace(judged, cause=Cause("it", family, "it is so"))


def test_a_failure_of_another_kind_says_nothing_of_a_claim() -> None:
    one = claim(Expected.FAILS, causes=(Family.BACKEND,))
    answer = judge(
        one,
        because(fails("old", "mid"), Family.BACKEND),
        because(fails("old", "new"), Family.FORMAT),
        fails("mid", "new"),
        loads("mid", "last2"),
    )
    assert (answer.confirming, answer.refuting, answer.beside) == (1, 1, 2)
    assert answer.status is ClaimStatus.HOLDS_FOR_SOME
    assert answer.errors[0].count == 1


def test_a_claim_with_failures_of_other_kinds_alone_was_not_measured() -> None:
    one = claim(Expected.FAILS, causes=(Family.BACKEND,))
    assert judge(one, because(fails("old", "new"), Family.FORMAT)).status is (
        ClaimStatus.NOT_MEASURED
    )
