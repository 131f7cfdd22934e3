"""Claims, and cells that confirm or refute them, for the tests of claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from crossload.runner.analysis.claims import JudgedClaim, judge_claims
from crossload.runner.analysis.judged import JudgedCell, TryResult
from crossload.runner.cases.claim_model import (
    Claim,
    Expected,
    Where,
)
from crossload.runner.records import Cell, EnvironmentRecord, ProbeError
from crossload.runner.words import Check, Format, Strategy, Verdict
from tests.runs import attempted

NAMES = {
    "old": ("1.15.0", "2.2.4-tf", "3.7.16"),
    "mid": ("2.10.1", "2.10.0", "3.10.13"),
    "last2": ("2.15.1", "2.15.0", "3.11.7"),
    "keras3": ("2.16.1", "3.0.5", "3.12.1"),
    "new": ("2.21.0", "3.15.1", "3.13.0"),
}
CASE = "a-case"


def record(name: str, **versions: str) -> EnvironmentRecord:
    tensorflow, keras, python = NAMES[name]
    known = {"python": python, "tensorflow": tensorflow, "keras": keras, **versions}
    return EnvironmentRecord(
        id=name,
        name=name,
        digest="",
        api="tf.keras",
        backend="tensorflow",
        python=python,
        platform="linux",
        resolve="period",
        versions=tuple(known.items()),
    )


ENVIRONMENTS = tuple(map(record, NAMES))


def loads(saver: str, loader: str, model: str = CASE, lost: tuple[Check, ...] = ()) -> JudgedCell:
    plain = attempted(Strategy.PLAIN, TryResult.AGREES, lost=lost)
    return JudgedCell(cell(saver, loader, model), Verdict.SAME, tried=(plain,))


def differs(saver: str, loader: str) -> JudgedCell:
    plain = attempted(Strategy.PLAIN, TryResult.DIFFERS)
    return JudgedCell(cell(saver, loader), Verdict.DIFFERS, tried=(plain,))


def fails(
    saver: str, loader: str, error: str = "ValueError", message: str = "no", model: str = CASE
) -> JudgedCell:
    plain = attempted(Strategy.PLAIN, TryResult.REFUSED, error=ProbeError(error, message))
    return JudgedCell(cell(saver, loader, model), Verdict.FAILS, error=plain.error, tried=(plain,))


def unsaved(saver: str, loader: str, error: str = "NotImplementedError") -> JudgedCell:
    return JudgedCell(cell(saver, loader), Verdict.UNSAVED, error=ProbeError(error, "cannot"))


def cell(saver: str, loader: str, model: str = CASE) -> Cell:
    return Cell(saver, model, Format.SCRIPT, loader)


def claim(expected: Expected | None = Expected.LOADS, **other: object) -> Claim:
    whole = Claim("one", "It is so.", "An article", CASE, expected, where=Where(models=(CASE,)))
    return replace(whole, **other)  # type: ignore[arg-type] # each test names fields of a claim


def judge(one: Claim, *cells: JudgedCell) -> JudgedClaim:
    (answer,) = judge_claims([one], cells, ENVIRONMENTS)
    return answer


def everywhere(
    is_true: Iterable[tuple[str, str]], names: Sequence[str] = tuple(NAMES)
) -> list[JudgedCell]:
    """A cell for each pair: it loads where it is among `is_true`, and fails elsewhere."""
    good = set(is_true)
    return [
        loads(saver, loader) if (saver, loader) in good else fails(saver, loader)
        for saver in names
        for loader in names
    ]
