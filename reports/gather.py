"""Turns one run's snapshot and verdicts into the report document, cleaning every text.

Owns that translation. Decides no verdict and draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timezone

from crossload.reports.cell_rows import CellRows
from crossload.reports.claims import claim_rows
from crossload.reports.cleaning import clean, clean_end, clean_identifier, clean_line
from crossload.reports.document import (
    CellRow,
    EnvironmentRow,
    ProblemRow,
    Report,
    RunRow,
)
from crossload.reports.measured_days import measured_days
from crossload.reports.summary import summarize
from crossload.runner.analysis import JudgedCell, judge_run
from crossload.runner.cases.claim_model import Claim
from crossload.runner.causes.values import Family
from crossload.runner.ledger.snapshot import RunFacts, RunSnapshot, SavedFile
from crossload.runner.records import (
    EnvironmentProblem,
    EnvironmentRecord,
)
from crossload.runner.words import EnvironmentState, Format


def gather(snapshot: RunSnapshot, claims: Sequence[Claim] = ()) -> Report:
    """Judge one run from the ledger, and the claims about it, and return its document."""
    return gather_judged(snapshot, judge_run(snapshot), claims)


def gather_judged(
    snapshot: RunSnapshot, judged: Sequence[JudgedCell], claims: Sequence[Claim] = ()
) -> Report:
    """Return the document of a run, or of some of its cells, that is already judged."""
    ids = tuple(dict.fromkeys(clean_identifier(one.id) for one in snapshot.environments))
    models = tuple(dict.fromkeys(clean_identifier(one.cell.model) for one in judged))
    used = {one.cell.format for one in judged}
    formats = tuple(one for one in Format if one in used)
    gathering = CellRows(snapshot, _damaged_files(judged))
    rows = [gathering.cell(one) for one in judged]
    days = measured_days(snapshot)
    # Names that are not among the environments come last, in their own order.
    others = {one for row in rows for one in (row.saver, row.loader)}.difference(ids)
    position = {name: index for index, name in enumerate((*ids, *sorted(others)))}
    model_position = {name: index for index, name in enumerate(models)}
    format_position = {name: index for index, name in enumerate(formats)}
    several, all_formats = len(position), len(formats)

    def place(row: CellRow) -> int:
        """One number, which is compared in a fraction of the time of several."""
        file = model_position[row.model] * all_formats + format_position[row.format]
        return (file * several + position[row.saver]) * several + position[row.loader]

    rows.sort(key=place)
    return Report(
        run=_run(snapshot.run),
        environments=tuple(_environment(one, days.get(one.id)) for one in snapshot.environments),
        models=models,
        formats=formats,
        cells=tuple(rows),
        claims=claim_rows(claims, snapshot, judged),
        summary=summarize(rows),
    )


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
        id=clean_identifier(record.id),
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
