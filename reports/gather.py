"""Turns one run's snapshot and verdicts into the report document, cleaning every text.

Owns that translation. Decides no verdict and draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime, timezone
from functools import cache, lru_cache

from crossload.reports.claims import claim_rows
from crossload.reports.cleaning import clean, clean_end, clean_line
from crossload.reports.document import (
    AdviceRow,
    AttemptRow,
    CellRow,
    EnvironmentRow,
    ProblemRow,
    RemedyRow,
    Report,
    RunRow,
)
from crossload.reports.measured_days import measured_days
from crossload.reports.summary import summarize
from crossload.runner.altering import altered
from crossload.runner.analysis import JudgedCell, Tried, advice_for, judge_run
from crossload.runner.analysis.advice import Advice
from crossload.runner.cases.claim_model import Claim
from crossload.runner.causes import Cause, CellRemedy
from crossload.runner.causes.values import Family
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, SavedFile
from crossload.runner.records import (
    Attempt,
    CheckOutcome,
    EnvironmentProblem,
    EnvironmentRecord,
    ProbeError,
)
from crossload.runner.words import EnvironmentState, Format, Verdict

_ID_LIMIT = 200


def gather(snapshot: RunSnapshot, claims: Sequence[Claim] = ()) -> Report:
    """Judge one run from the ledger, and the claims about it, and return its document."""
    return gather_judged(snapshot, judge_run(snapshot), claims)


def gather_judged(
    snapshot: RunSnapshot, judged: Sequence[JudgedCell], claims: Sequence[Claim] = ()
) -> Report:
    """Return the document of a run, or of some of its cells, that is already judged."""
    ids = tuple(dict.fromkeys(_identifier(one.id) for one in snapshot.environments))
    models = tuple(dict.fromkeys(_identifier(one.cell.model) for one in judged))
    used = {one.cell.format for one in judged}
    formats = tuple(one for one in Format if one in used)
    gathering = _Rows(snapshot, _damaged_files(judged))
    rows = [gathering.cell(one) for one in judged]
    position = {name: index for index, name in enumerate(ids)}
    model_position = {name: index for index, name in enumerate(models)}
    format_position = {name: index for index, name in enumerate(formats)}
    last = len(ids)
    days = measured_days(snapshot)
    rows.sort(
        key=lambda row: (
            model_position[row.model],
            format_position[row.format],
            position.get(row.saver, last),
            row.saver,
            position.get(row.loader, last),
            row.loader,
        )
    )
    return Report(
        run=_run(snapshot.run),
        environments=tuple(_environment(one, days.get(one.id)) for one in snapshot.environments),
        models=models,
        formats=formats,
        cells=tuple(rows),
        claims=claim_rows(claims, snapshot, judged),
        summary=summarize(rows),
    )


@lru_cache(maxsize=20_000)
def _identifier(text: str) -> str:
    return clean(text, _ID_LIMIT).replace("\n", "\\n").replace("\t", "\\t")


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(clean_line(text) for text in texts)


def _time(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds")


def _run(facts: RunFacts) -> RunRow:
    tolerances = facts.start.tolerances
    return RunRow(
        id=facts.id,
        state=str(facts.state),
        profile=clean_line(facts.start.profile),
        started=_time(facts.start.started),
        finished=_time(facts.finished) if facts.finished else None,
        crossload=clean_line(facts.start.crossload),
        tolerance=tolerances.relative,
        noise_factor=tolerances.noise_factor,
        tolerance_ceiling=tolerances.ceiling,
        command=clean_line(facts.start.command),
    )


def _environment(record: EnvironmentRecord, days: tuple[date, date] | None) -> EnvironmentRow:
    return EnvironmentRow(
        id=_identifier(record.id),
        api=clean_line(record.api),
        backend=clean_line(record.backend),
        python=clean_line(record.python),
        platform=clean_line(record.platform),
        resolve=clean_line(record.resolve),
        state=record.problem.state if record.problem else EnvironmentState.READY,
        versions=tuple((clean_line(n), clean_line(v)) for n, v in record.versions),
        import_seconds=record.import_seconds,
        problem=_problem(record.problem) if record.problem else None,
        measured=(days[0].isoformat(), days[1].isoformat()) if days else None,
    )


def _problem(problem: EnvironmentProblem) -> ProblemRow:
    return ProblemRow(
        cause=problem.cause,
        message=clean(problem.message),
        advice=clean(problem.advice),
        log_tail=clean_end(problem.log_tail),
    )


def _damaged_files(judged: Sequence[JudgedCell]) -> set[SavedFile]:
    """The files that not even their saver reads, because they are damaged.

    Of a file that its saver did not load in this run, what a loader said of it counts.
    """
    measured = [one for one in judged if one.verdict.is_measured]
    reloaded = {SavedFile.of(one.cell) for one in measured if one.is_reload}
    return {
        SavedFile.of(one.cell)
        for one in measured
        if one.cause is not None
        and one.cause.family is Family.DAMAGED_FILE
        and (one.is_reload or SavedFile.of(one.cell) not in reloaded)
    }


class _Rows:
    """Makes the rows of cells; what cells have in common is made once.

    Equal judgements share their parts (see `judge_run`), so that these are known by identity.
    """

    def __init__(self, snapshot: RunSnapshot, damaged: AbstractSet[SavedFile]) -> None:
        self._snapshot = snapshot
        self._damaged = damaged
        self._errors: dict[int, ProbeError] = {}
        self._causes: dict[int, Cause] = {}
        self._advice: dict[tuple[object, ...], tuple[Advice, ...]] = {}
        self._advice_rows: dict[int, tuple[AdviceRow, ...]] = {}
        self._remedies: dict[tuple[int, int], tuple[RemedyRow, ...]] = {}
        self._attempts: dict[tuple[object, ...], AttemptRow] = {}

    def cell(self, one: JudgedCell) -> CellRow:
        cell = one.cell
        saver, model, loader = map(_identifier, (cell.saver, cell.model, cell.loader))
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
            advice=self._advice_row(one, advice),
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
        if id(error) not in self._errors:
            self._errors[id(error)] = ProbeError(
                clean_line(error.type), clean(error.message), clean(error.traceback)
            )
        return self._errors[id(error)]

    def _cause(self, cause: Cause | None) -> Cause | None:
        if cause is None:
            return None
        if id(cause) not in self._causes:
            self._causes[id(cause)] = replace(cause, sentence=clean_line(cause.sentence))
        return self._causes[id(cause)]

    def _advised(self, one: JudgedCell) -> tuple[Advice, ...]:
        ids = (one.cell.format, id(one.tried), id(one.names))
        key = (one.verdict, one.strategy, one.lost, *ids)
        if key not in self._advice:
            self._advice[key] = advice_for(one)
        return self._advice[key]

    def _advice_row(self, one: JudgedCell, advice: tuple[Advice, ...]) -> tuple[AdviceRow, ...]:
        if id(advice) not in self._advice_rows:
            self._advice_rows[id(advice)] = _advice(one, advice)
        return self._advice_rows[id(advice)]

    def _remedied(
        self, remedies: tuple[CellRemedy, ...], advice: tuple[Advice, ...]
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
            error=self._error(tried.error or report.error),
            detail=clean(report.detail, 1000),
            output_tail=clean_end(report.output_tail),
            warnings=tuple(clean(text, 500) for text in report.warnings[:20]),
            checks=tuple(map(_check, attempt.outcome.checks)),
            code=code,
        )


@cache
def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _remedy(remedy: CellRemedy, keeps: str) -> RemedyRow:
    evidence = clean_line(remedy.evidence)
    return RemedyRow(remedy.id, remedy.sentence, remedy.code, remedy.state, evidence, keeps)


def _advice(one: JudgedCell, advice: Sequence[Advice]) -> tuple[AdviceRow, ...]:
    """What to do, the verdict's advice first; a strategy's advice is verified if outputs agreed."""
    if one.verdict is Verdict.SAME:
        return ()
    first, *rest = advice
    return (
        AdviceRow(first.sentence),
        *(AdviceRow(one.sentence, one.code, verified=True, keeps=one.keeps) for one in rest),
    )


def _check(check: CheckOutcome) -> CheckOutcome:
    if not check.detail:
        return check
    return CheckOutcome(check.check, check.status, check.difference, clean(check.detail, 1000))
