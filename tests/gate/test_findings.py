"""What is a finding of an upgrade, and what the old environment had already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossload.runner.analysis.judged import TryResult
from crossload.runner.causes.values import Proof, RemedyState
from crossload.runner.gate import Kind
from crossload.runner.words import Check, Strategy, Verdict
from tests.gate.examples import CAUSE, NEW, OLD, REMEDY, examined, judged
from tests.runs import attempted


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (Verdict.FAILS, Kind.BREAKS),
        (Verdict.CRASHES, Kind.BREAKS),
        (Verdict.TIMES_OUT, Kind.BREAKS),
        (Verdict.DIFFERS, Kind.CHANGES),
        (Verdict.ASSISTED, Kind.NEEDS_HELP),
        (Verdict.PARTIAL, Kind.LOST),
        (Verdict.UNAVAILABLE, Kind.NOT_MEASURED),
        (Verdict.NOT_RUN, Kind.NOT_MEASURED),
        (Verdict.IMPOSSIBLE, Kind.NOT_MEASURED),
    ],
)
def test_a_verdict_is_of_one_kind(verdict: Verdict, kind: Kind) -> None:
    (found,) = examined(judged("dense", verdict)).findings
    assert (found.kind, found.verdict, found.is_new) == (kind, verdict, True)
    assert str(found.cell) == f"{OLD}/dense.h5/{NEW}"


def test_every_verdict_is_sorted_somewhere() -> None:
    for verdict in Verdict:
        assert len(examined(judged("dense", verdict)).cells) == 1


def test_cells_that_are_same_or_unsaved_are_not_findings() -> None:
    found = examined(judged("dense", Verdict.SAME), judged("lstm", Verdict.UNSAVED))
    assert found.findings == ()
    assert [one.cell.model for one in (*found.same, *found.unsaved)] == ["dense", "lstm"]


@pytest.mark.parametrize(
    ("verdict", "own", "is_new"),
    [
        (Verdict.FAILS, Verdict.SAME, True),
        (Verdict.FAILS, Verdict.FAILS, False),
        (Verdict.FAILS, Verdict.CRASHES, False),
        (Verdict.CRASHES, Verdict.FAILS, True),
        (Verdict.DIFFERS, Verdict.DIFFERS, False),
        (Verdict.DIFFERS, Verdict.PARTIAL, True),
        (Verdict.PARTIAL, Verdict.PARTIAL, False),
        (Verdict.PARTIAL, Verdict.FAILS, False),
        (Verdict.ASSISTED, Verdict.ASSISTED, False),
        (Verdict.FAILS, Verdict.NOT_RUN, True),
        (Verdict.NOT_RUN, Verdict.FAILS, True),
    ],
)
def test_the_same_trouble_before_is_not_the_upgrades_doing(
    verdict: Verdict, own: Verdict, *, is_new: bool
) -> None:
    (found,) = examined(judged("dense", verdict, own)).findings
    assert (found.is_new, found.own) == (is_new, own)


def test_without_a_reload_by_the_saver_a_finding_counts() -> None:
    (found,) = examined((judged("dense", Verdict.FAILS)[0],) * 2).findings[:1]
    assert (found.own, found.is_new) == (None, True)


def test_losing_more_than_before_is_new() -> None:
    here, own = judged("dense", Verdict.PARTIAL, Verdict.PARTIAL)
    more = replace(here, lost=(Check.OPTIMIZER, Check.STEP, Check.COMPILE))
    less = replace(here, lost=(Check.STEP,))
    assert examined((more, own)).findings[0].is_new
    assert not examined((less, own)).findings[0].is_new


def test_a_plain_load_that_loses_what_help_had_kept_is_new() -> None:
    here, own = judged("dense", Verdict.PARTIAL, Verdict.ASSISTED)
    assert examined((here, replace(own, lost=()))).findings[0].is_new
    assert not examined((here, replace(own, lost=here.lost))).findings[0].is_new


def test_needing_other_help_than_before_is_new() -> None:
    here, own = judged("dense", Verdict.ASSISTED, Verdict.ASSISTED)
    other = attempted(Strategy.CUSTOM_OBJECTS, TryResult.AGREES)
    custom = replace(here, strategy=other.strategy, tried=(here.tried[0], other))
    assert examined((custom, own)).findings[0].is_new
    helper = here.tried[1]
    conceding = attempted(helper.strategy, helper.result, concessions=("no-compile", "unsafe"))
    assert examined((replace(here, tried=(here.tried[0], conceding)), own)).findings[0].is_new


@pytest.mark.parametrize(
    ("difference", "own_difference", "is_new"),
    [
        (0.1, 0.1, False),
        (0.3, 0.1, True),
        (None, None, False),
        (None, 0.1, True),
        (float("nan"), 0.1, True),
    ],
)
def test_differing_more_than_before_is_new(
    difference: float | None, own_difference: float | None, *, is_new: bool
) -> None:
    here, own = judged("dense", Verdict.DIFFERS, Verdict.DIFFERS)
    pair = (replace(here, difference=difference), replace(own, difference=own_difference))
    assert examined(pair).findings[0].is_new is is_new


def test_only_proved_remedies_that_upgrade_are_listed() -> None:
    stay = replace(REMEDY, id="stay", proof=Proof(OLD))
    stay_too = replace(REMEDY, id="stay-too", proof=Proof(OLD, strategy=Strategy.NO_COMPILE))
    untried = replace(REMEDY, id="untried", state=RemedyState.NOT_TRIED)
    remedies = (stay, stay_too, untried, REMEDY)
    (found,) = examined(judged("a", Verdict.FAILS, cause=CAUSE, remedies=remedies)).findings
    assert [one.id for one in found.remedies] == ["no-compile"]


def test_foreign_text_is_cleaned() -> None:
    (found,) = examined(judged("a", Verdict.FAILS, detail="bad \x1b[31m\nred\u202e")).findings
    assert found.sentence == "bad \\u001b[31m red\\u202e"


def test_other_pairs_of_a_run_are_left_out() -> None:
    here, own = judged("dense", Verdict.FAILS)
    elsewhere = replace(here, cell=here.cell._replace(loader="tf2.21-py3.13"))
    assert len(examined((here, own), (elsewhere, own)).findings) == 1
