"""Rows of cells, made from judged cells and the attempts that were measured.

Owns the rows of the report document and what they share. `reports.gather` makes the document.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from crossload.reports.cleaning import clean, clean_end, clean_identifier, clean_line
from crossload.reports.document import AdviceRow, AttemptRow, CellRow, RemedyRow
from crossload.runner.altering import altered
from crossload.runner.analysis import JudgedCell, Tried, advice_for
from crossload.runner.causes import Cause, CellRemedy
from crossload.runner.ledger.snapshot import RunSnapshot, SavedFile
from crossload.runner.records import Attempt, Cell, CheckOutcome, ProbeError
from crossload.runner.words import Verdict


@dataclass(frozen=True)
class _File:
    """What the rows of one saved file have in common; ids of cells begin with `place`."""

    place: str
    noise: float | None
    sha256: str
    damaged: bool


@dataclass(frozen=True)
class _SharedRow:
    """A row for all cells with an equal judgement; its attempts are those at these positions."""

    row: CellRow
    positions: tuple[int, ...]


class CellRows:
    """Makes the rows of cells; what cells have in common is made once.

    Equal judgements share their parts (see `judge_run`), so that most are known by identity; their
    attempts differ in when they ran and how long they took.
    """

    def __init__(self, snapshot: RunSnapshot, damaged: AbstractSet[SavedFile]) -> None:
        self._snapshot = snapshot
        self._damaged = damaged
        self._files: dict[SavedFile, _File] = {}
        self._alike: dict[tuple[object, ...], _SharedRow] = {}
        self._errors: dict[ProbeError, ProbeError] = {}
        self._checks: dict[int, tuple[CheckOutcome, ...]] = {}
        self._single_checks: dict[int, CheckOutcome] = {}
        self._causes: dict[int, Cause] = {}
        self._advice: dict[tuple[object, ...], tuple[AdviceRow, ...]] = {}
        self._remedies: dict[tuple[int, int], tuple[RemedyRow, ...]] = {}
        self._attempt_rows: dict[tuple[int, int], AttemptRow] = {}

    def cell(self, one: JudgedCell) -> CellRow:
        cell = one.cell
        file = self._file(SavedFile.of(cell))
        shared = self._shared(one)
        saver, model, loader = map(clean_identifier, (cell.saver, cell.model, cell.loader))
        return altered(
            shared.row,
            id=file.place + loader,
            saver=saver,
            model=model,
            loader=loader,
            noise=file.noise,
            attempts=self._timed(cell, shared) if shared.positions else (),
            sha256=file.sha256,
            damaged=file.damaged and one.verdict.is_measured,
        )

    def _file(self, file: SavedFile) -> _File:
        if file not in self._files:
            save = self._snapshot.saves.get(file)
            saver, model = clean_identifier(file.saver), clean_identifier(file.model)
            self._files[file] = _File(
                place=f"{saver}/{model}.{file.format}/",
                noise=save.noise if save else None,
                sha256=clean_line(save.payload_sha256) if save else "",
                damaged=file in self._damaged,
            )
        return self._files[file]

    def _shared(self, one: JudgedCell) -> _SharedRow:
        key = (
            *(one.cell.format, one.verdict, one.strategy, one.lost, one.baseline),
            *(one.difference, one.tolerance, one.detail, id(one.error), id(one.tried)),
            *(id(one.names), id(one.cause), id(one.behind), id(one.remedies)),
        )
        if key not in self._alike:
            strategies = [each.strategy for each in self._attempts(one.cell)]
            tried = [each for each in one.tried if each.strategy in strategies]
            positions = tuple(strategies.index(each.strategy) for each in tried)
            self._alike[key] = _SharedRow(self._row(one, tried), positions)
        return self._alike[key]

    def _row(self, one: JudgedCell, tried: Iterable[Tried]) -> CellRow:
        """All of a row but what differs from cell to cell."""
        advice = self._advised(one)
        return CellRow(
            id="",
            saver="",
            model="",
            format=one.cell.format,
            loader="",
            verdict=one.verdict,
            detail=clean(one.detail, 1000),
            strategy=one.strategy,
            lost=one.lost,
            difference=one.difference,
            tolerance=one.tolerance,
            baseline=one.baseline,
            error=self._error(one.error),
            advice=advice,
            attempts=tuple(self._attempt(each, one) for each in tried),
            cause=self._cause(one.cause),
            behind=self._cause(one.behind),
            remedies=self._remedied(one.remedies, advice),
        )

    def _attempts(self, cell: Cell) -> tuple[Attempt, ...]:
        return self._snapshot.attempts.get(cell, ())

    def _timed(self, cell: Cell, shared: _SharedRow) -> tuple[AttemptRow, ...]:
        """The rows of the attempts, with when they ran and how long they took at this cell."""
        measured = self._attempts(cell)
        rows = []
        for row, at in zip(shared.row.attempts, shared.positions, strict=True):
            report = measured[at].outcome.report
            seconds, day = round(report.total_seconds, 4), _day(report.measured)
            load = report.load_seconds
            rows.append(altered(row, seconds=seconds, load_seconds=load, measured=day))
        return tuple(rows)

    def _error(self, error: ProbeError | None) -> ProbeError | None:
        if error is None:
            return None
        if error not in self._errors:
            self._errors[error] = ProbeError(
                clean_line(error.type), clean(error.message), clean(error.traceback)
            )
        return self._errors[error]

    def _checked(self, checks: tuple[CheckOutcome, ...]) -> tuple[CheckOutcome, ...]:
        if id(checks) not in self._checks:
            self._checks[id(checks)] = tuple(map(self._check, checks))
        return self._checks[id(checks)]

    def _check(self, check: CheckOutcome) -> CheckOutcome:
        if not check.detail:
            return check
        if id(check) not in self._single_checks:
            self._single_checks[id(check)] = CheckOutcome(
                check.check, check.status, check.difference, clean(check.detail, 1000)
            )
        return self._single_checks[id(check)]

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

    def _attempt(self, tried: Tried, one: JudgedCell) -> AttemptRow:
        """All of an attempt but when it ran and how long it took."""
        key = (id(tried), id(one.names))
        if key not in self._attempt_rows:
            self._attempt_rows[key] = self._attempt_row(tried, one.code(tried.strategy))
        return self._attempt_rows[key]

    def _attempt_row(self, tried: Tried, code: str) -> AttemptRow:
        report = tried.attempt.outcome.report
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
            checks=self._checked(tried.attempt.outcome.checks),
            code=code,
        )


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(clean_line(text) for text in texts)


@cache
def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _remedy(remedy: CellRemedy, keeps: str) -> RemedyRow:
    evidence = clean_line(remedy.evidence)
    return RemedyRow(
        remedy.id, remedy.sentence, remedy.code, remedy.state, evidence, keeps, remedy.behind
    )


def _advice(one: JudgedCell) -> tuple[AdviceRow, ...]:
    """What to do, the verdict's advice first; a strategy's advice is verified if outputs agreed."""
    if one.verdict is Verdict.SAME:
        return ()
    first, *rest = advice_for(one)
    return (
        AdviceRow(first.sentence),
        *(AdviceRow(more.sentence, more.code, verified=True, keeps=more.keeps) for more in rest),
    )
