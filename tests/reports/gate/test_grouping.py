"""Which findings are one trouble, and what is said to help."""

from __future__ import annotations

from dataclasses import replace

from crossload.reports.gate.grouping import grouped, helps_of
from crossload.runner.analysis.judged import TryResult
from crossload.runner.causes.values import CellRemedy, Proof, RemedyState
from crossload.runner.gate import Finding, Kind, Ruling, Standing
from crossload.runner.records import Cell, ProbeError
from crossload.runner.words import Format, Strategy, Verdict
from tests.gate.examples import NEW, OLD, examined, judged
from tests.runs import attempted

PLAIN = ((Strategy.PLAIN, TryResult.REFUSED),)


def failing(
    message: str,
    attempts: tuple[tuple[Strategy, TryResult], ...] = PLAIN,
    sentence: str = "",
) -> Finding:
    return Finding(
        kind=Kind.BREAKS,
        cell=Cell(OLD, "dense", Format.H5, NEW),
        verdict=Verdict.FAILS,
        sentence=sentence or message,
        error=ProbeError("ValueError", message),
        attempts=attempts,
    )


def groups(*findings: Finding) -> list[int]:
    return [len(one.rulings) for one in grouped(Ruling(one, Standing.NEW) for one in findings)]


def test_errors_that_name_other_layers_and_numbers_are_one() -> None:
    first, second = (
        failing(f"layer {name!r} expected {number} weights")
        for name, number in (("a", 1), ("b", 2))
    )
    assert groups(first, second) == [2]
    assert groups(first, failing("layer 'a' has no weights")) == [1, 1]


def test_attempts_that_end_differently_are_a_different_problem() -> None:
    died = failing("no", (*PLAIN, (Strategy.LEGACY, TryResult.CRASHED)))
    assert groups(failing("no"), died) == [1, 1]


def test_the_sentence_does_not_matter_where_attempts_are_known() -> None:
    assert groups(failing("no", sentence="one way"), failing("no", sentence="another")) == [2]


def test_what_was_never_loaded_is_grouped_by_its_sentence() -> None:
    missing = [failing("x", (), sentence) for sentence in ("not saved", "not saved", "not loaded")]
    assert groups(*missing) == [2, 1]


def test_a_finding_has_the_parts_of_its_sentence() -> None:
    error = ProbeError("ValueError", "bad\x1b layer", "trace")
    tried = (replace(attempted(Strategy.PLAIN, TryResult.REFUSED), notes=("odd",)),)
    (found,) = examined(judged("a", Verdict.FAILS, error=error, tried=tried)).findings
    assert (found.error, found.attempts, found.notes) == (
        ProbeError("ValueError", "bad\\u001b layer"),
        PLAIN,
        ("odd",),
    )


def remedy(name: str, proof: Proof) -> CellRemedy:
    return CellRemedy(name, name, "", RemedyState.WORKED, proof)


def said(*remedies: CellRemedy) -> list[str]:
    (found,) = examined(judged("a", Verdict.FAILS, remedies=remedies)).findings
    return [one.sentence for one in helps_of(found)]


def test_a_remedy_that_also_needs_a_strategy_is_shown_only_if_none_is_simpler() -> None:
    helped = remedy("save anew", Proof(strategy=Strategy.NO_COMPILE))
    elsewhere = remedy("load in an older one", Proof("tf2.10", strategy=Strategy.NO_COMPILE))
    assert said(helped, elsewhere) == [
        "save anew, and load that with no-compile",
        "load in an older one: tf2.10, with no-compile",
    ]
    bridge = remedy("go over another", Proof("tf2.12", Format.KERAS))
    assert said(helped, bridge) == ["go over another: tf2.12, as keras"]
