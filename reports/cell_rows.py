"""Rows of cells, made from judged cells and the attempts that were measured.

Owns the rows of the report document and what they share. `reports.gather` makes the document.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from functools import cache

from crossload.reports.cleaning import clean, clean_end, clean_identifier, clean_line
from crossload.reports.document import AdviceRow, AttemptRow, CellRow, RemedyRow
from crossload.runner.altering import altered
from crossload.runner.analysis import JudgedCell, Tried, advice_for
from crossload.runner.causes import Cause, CellRemedy
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.records import Attempt, CheckOutcome, ProbeError
from crossload.runner.words import Verdict


class CellRows:
    """Makes the rows of cells; what cells have in common is made once.

    Equal judgements share their parts (see `judge_run`), so that most are known by identity.
    """

    def __init__(self, snapshot: RunSnapshot, damaged: AbstractSet[SavedFile]) -> None:
        self._snapshot = snapshot
        self._damaged = damaged
        self._errors: dict[ProbeError, ProbeError] = {}
        self._causes: dict[int, Cause] = {}
        self._advice: dict[tuple[object, ...], tuple[AdviceRow, ...]] = {}
        self._remedies: dict[tuple[int, int], tuple[RemedyRow, ...]] = {}
        self._attempts: dict[tuple[object, ...], AttemptRow] = {}

    def cell(self, one: JudgedCell) -> CellRow:
        cell = one.cell
        saver, model, loader = map(clean_identifier, (cell.saver, cell.model, cell.loader))
        file = SavedFile.of(cell)
        save = self._snapshot.saves.get(file)
        advice = self._advised(one)
        return CellRow(
            id=f"{saver}/{model}.{cell.format}/{loader}",
            saver=saver,
            model=model,
            format=cell.format,
            loader=loader,
            verdict=one.verdict,
            detail=clean(one.detail, 1000),
            strategy=one.strategy,
            lost=one.lost,
            difference=one.difference,
            tolerance=one.tolerance,
            noise=save.noise if save else None,
            baseline=one.baseline,
            error=self._error(one.error),
            advice=advice,
            attempts=self._tried(one),
            cause=self._cause(one.cause),
            behind=self._cause(one.behind),
            remedies=self._remedied(one.remedies, advice),
            sha256=clean_line(save.payload_sha256) if save else "",
            damaged=one.verdict.is_measured and file in self._damaged,
        )

    def _error(self, error: ProbeError | None) -> ProbeError | None:
        if error is None:
            return None
        if error not in self._errors:
            self._errors[error] = ProbeError(
                clean_line(error.type), clean(error.message), clean(error.traceback)
            )
        return self._errors[error]

    def _cause(self, cause: Cause | None) -> Cause | None:
        if cause is None:
            return None
        if id(cause) not in self._causes:
            self._causes[id(cause)] = replace(cause, sentence=clean_line(cause.sentence))
        return self._causes[id(cause)]

    def _advised(self, one: JudgedCell) -> tuple[AdviceRow, ...]:
        ids = (one.cell.format, id(one.tried), id(one.names))
        key = (one.verdict, one.strategy, one.lost, *ids)
        if key not in self._advice:
            self._advice[key] = _advice(one)
        return self._advice[key]

    def _remedied(
        self, remedies: tuple[CellRemedy, ...], advice: tuple[AdviceRow, ...]
    ) -> tuple[RemedyRow, ...]:
        if not remedies:
            return ()
        keeps = {more.code: more.keeps for more in advice if more.code and more.keeps}
        key = (id(remedies), id(advice) if keeps else 0)
        if key not in self._remedies:
            rows = (_remedy(remedy, keeps.get(remedy.code, "")) for remedy in remedies)
            self._remedies[key] = tuple(rows)
        return self._remedies[key]

    def _tried(self, one: JudgedCell) -> tuple[AttemptRow, ...]:
        if not one.tried:
            return ()
        measured = {
            attempt.strategy: attempt for attempt in self._snapshot.attempts.get(one.cell, ())
        }
        return tuple(
            self._attempt(tried, measured[tried.strategy], one)
            for tried in one.tried
            if tried.strategy in measured
        )

    def _attempt(self, tried: Tried, attempt: Attempt, one: JudgedCell) -> AttemptRow:
        outcome, report = attempt.outcome, attempt.outcome.report
        key = (
            *(id(tried), id(one.names), id(report.error), id(report.warnings), id(outcome.checks)),
            *(report.status, report.detail, report.output_tail),
        )
        if key not in self._attempts:
            self._attempts[key] = self._attempt_row(tried, attempt, one.code(tried.strategy))
        return altered(
            self._attempts[key],
            seconds=round(report.total_seconds, 4),
            measured=_day(report.measured),
        )

    def _attempt_row(self, tried: Tried, attempt: Attempt, code: str) -> AttemptRow:
        """All of an attempt but when it ran and how long."""
        report = attempt.outcome.report
        return AttemptRow(
            strategy=tried.strategy,
            result=tried.result,
            status=report.status,
            seconds=0.0,
            difference=tried.difference,
            lost=tried.lost,
            concessions=_lines(tried.concessions),
            notes=_lines(tried.notes),
            error=self._error(tried.error),
            detail=clean(report.detail, 1000),
            output_tail=clean_end(report.output_tail),
            warnings=tuple(clean(text, 500) for text in report.warnings[:20]),
            checks=tuple(map(_check, attempt.outcome.checks)),
            code=code,
        )


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(clean_line(text) for text in texts)


@cache
def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _remedy(remedy: CellRemedy, keeps: str) -> RemedyRow:
    evidence = clean_line(remedy.evidence)
    return RemedyRow(remedy.id, remedy.sentence, remedy.code, remedy.state, evidence, keeps)


def _advice(one: JudgedCell) -> tuple[AdviceRow, ...]:
    """What to do, the verdict's advice first; a strategy's advice is verified if outputs agreed."""
    if one.verdict is Verdict.SAME:
        return ()
    first, *rest = advice_for(one)
    return (
        AdviceRow(first.sentence),
        *(AdviceRow(more.sentence, more.code, verified=True, keeps=more.keeps) for more in rest),
    )


def _check(check: CheckOutcome) -> CheckOutcome:
    if not check.detail:
        return check
    return CheckOutcome(check.check, check.status, check.difference, clean(check.detail, 1000))
