"""How the policy and the threshold rule on findings, and what becomes of the policy's entries."""

from __future__ import annotations

from datetime import date

import pytest

from crossload.runner.errors import ExitCode
from crossload.runner.gate import EntryState, Standing
from crossload.runner.words import Verdict
from tests.gate.examples import everything, judged, result

KNOWN = "- {cell: dense.h5, verdict: fails, reason: known}"
EXPIRING = "- {cell: dense.h5, verdict: fails, reason: known, expires: 2027-01-01}"
FAILS, ASSISTED = Verdict.FAILS, Verdict.ASSISTED


def standing(verdict: Verdict, entries: str = "", today: date = date(2026, 1, 1)) -> Standing:
    (ruling,) = result(judged("dense", verdict), entries=entries, today=today).rulings
    return ruling.standing


def states(*files: tuple[str, Verdict], entries: str) -> list[EntryState]:
    given = [judged(model, verdict) for model, verdict in files]
    return [one.state for one in result(*given, entries=entries).entries]


def test_without_a_policy_a_finding_is_new() -> None:
    assert standing(FAILS) is Standing.NEW


def test_an_accepted_finding_is_known() -> None:
    assert standing(FAILS, KNOWN) is Standing.KNOWN
    assert standing(ASSISTED, KNOWN) is Standing.KNOWN


def test_a_known_finding_that_got_worse_is_new() -> None:
    assert standing(Verdict.CRASHES, KNOWN) is Standing.WORSE
    assert result(judged("dense", Verdict.CRASHES), entries=KNOWN).exit_code == 1


def test_an_expired_entry_no_longer_counts() -> None:
    assert standing(FAILS, EXPIRING, date(2026, 12, 31)) is Standing.KNOWN
    assert standing(FAILS, EXPIRING, date(2027, 1, 1)) is Standing.EXPIRED
    assert standing(Verdict.CRASHES, EXPIRING, date(2027, 1, 1)) is Standing.NEW


def test_of_several_entries_one_that_accepts_is_enough() -> None:
    late = date(2027, 6, 1)
    assert standing(FAILS, f"{EXPIRING}\n{KNOWN}", late) is Standing.KNOWN
    mild = "- {cell: '*', verdict: partial, reason: known}"
    assert standing(FAILS, f"{mild}\n{KNOWN}") is Standing.KNOWN
    assert standing(FAILS, f"{mild}\n{EXPIRING}", late) is Standing.EXPIRED


@pytest.mark.parametrize(
    ("threshold", "failing"),
    [
        (Verdict.PARTIAL, ["partial", "assisted", "differs", "fails", "crashes"]),
        (Verdict.ASSISTED, ["assisted", "differs", "fails", "crashes"]),
        (Verdict.DIFFERS, ["differs", "fails", "crashes"]),
        (Verdict.FAILS, ["fails", "crashes"]),
    ],
    ids=str,
)
def test_the_threshold_is_the_mildest_verdict_that_fails(
    threshold: Verdict, failing: list[str]
) -> None:
    verdicts = (Verdict.PARTIAL, Verdict.ASSISTED, Verdict.DIFFERS, FAILS, Verdict.CRASHES)
    found = result(*(judged(str(one), one) for one in verdicts), threshold=threshold)
    assert [one.finding.cell.model for one in found.failing] == failing
    assert len(found.standing(Standing.BELOW)) == 5 - len(failing)


def test_what_was_so_before_fails_nothing() -> None:
    found = result(judged("dense", FAILS, FAILS))
    assert [one.standing for one in found.rulings] == [Standing.ALREADY]
    assert found.exit_code is ExitCode.OK


def test_exit_codes() -> None:
    assert result(judged("a", Verdict.SAME)).exit_code == 0
    assert result(judged("a", Verdict.PARTIAL)).exit_code == 0
    assert result(judged("a", FAILS)).exit_code == 1
    assert result(judged("a", Verdict.UNAVAILABLE)).exit_code == 4
    assert result(judged("a", Verdict.NOT_RUN), judged("b", FAILS)).exit_code == 1
    assert result(judged("a", Verdict.UNSAVED)).exit_code == 0


def test_an_entry_whose_cells_all_pass_should_be_removed() -> None:
    entries = "- {cell: '{a,b}.h5', verdict: fails, reason: known}"
    same, fails = Verdict.SAME, Verdict.FAILS
    assert states(("a", same), ("b", same), entries=entries) == [EntryState.FIXED]
    assert states(("a", same), ("b", fails), entries=entries) == [EntryState.USED]
    assert states(("a", same), ("b", Verdict.NOT_RUN), entries=entries) == [EntryState.USED]


def test_an_entry_that_is_fixed_is_so_even_when_it_has_expired() -> None:
    expired = "- {cell: a.h5, verdict: fails, reason: known, expires: 2020-01-01}"
    assert states(("a", Verdict.SAME), entries=expired) == [EntryState.FIXED]
    assert states(("a", FAILS), entries=expired) == [EntryState.EXPIRED]


def test_an_entry_that_selects_nothing_is_reported() -> None:
    entries = "- {cell: den.h5, verdict: fails, reason: known}"
    assert states(("dense", FAILS), entries=entries) == [EntryState.UNUSED]


def test_an_entry_about_another_pair_is_ignored() -> None:
    entries = "- {cell: 'tf2.18/dense.h5/*', verdict: fails, reason: known}"
    assert states(("dense", FAILS), entries=entries) == [EntryState.OTHER_PAIR]


def test_one_of_each() -> None:
    found = everything()
    assert {one.standing for one in found.rulings} == set(Standing)
    assert [one.state for one in found.entries] == [
        EntryState.USED,
        EntryState.USED,
        EntryState.EXPIRED,
        EntryState.FIXED,
        EntryState.UNUSED,
        EntryState.OTHER_PAIR,
    ]
    assert found.exit_code is ExitCode.INCOMPATIBLE


def test_a_side_is_called_by_its_versions() -> None:
    found = everything()
    assert found.before.title == "TensorFlow 2.15.1, Keras 2.15.0"
    assert found.before.names == ("tf2.15", "tf2.15-py3.11")
