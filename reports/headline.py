"""The sentences that summarize a report, shared by the page, Markdown and the terminal."""

from __future__ import annotations

from datetime import datetime

from crossload.reports.document import Report, Summary
from crossload.runner.ledger.snapshot import RunState
from crossload.runner.prose import counted, joined, plural
from crossload.runner.words import EnvironmentState, Usability

# For one load, and for several.
_SAID = {
    Usability.ONE_LINE: ("with one line", "with one line"),
    Usability.TRANSLATED: ("is translated by crossload", "are translated by crossload"),
    Usability.NEEDS_CODE: ("needs your model's code", "need your model's code"),
    Usability.PREDICTION: ("gives predictions only", "give predictions only"),
    Usability.SILENT: ("is silently different", "are silently different"),
    Usability.NOT_AT_ALL: ("does not work at all", "do not work at all"),
}


def headline(summary: Summary) -> str:
    """Return the result in one sentence, in a user's words."""
    measured = summary.measured
    if not measured:
        return "Nothing was measured."
    good = summary.count(Usability.AS_IT_IS)
    if measured == good == 1:
        first = "The only load works as it is"
    elif good == measured:
        first = f"All {_number(measured)} loads work as they are"
    else:
        first = f"Of {_number(measured)} loads, {_number(good)} work as they are"
    if summary.losing:
        first += f" ({_number(summary.losing)} of them lose something)"
    others = [
        f"{_number(count)} {_SAID[one][count != 1]}"
        for one, count in summary.counts
        if count and one in _SAID
    ]
    return f"{joined([first, *others])}."


def notes(summary: Summary) -> tuple[str, ...]:
    """What the headline leaves out: attempts that end the process, and damaged files."""
    found = []
    if text := _ended(summary):
        found.append(f"{text}.")
    if summary.damaged:
        found.append(f"{counted(summary.damaged, 'load')} of damaged files are counted apart.")
    return tuple(found)


def _ended(summary: Summary) -> str:
    """How many attempts crashed or hung, and how many of them were plain loads."""
    plain, helped = summary.ended, summary.ended_helped
    if plain and helped:
        attempts = counted(plain + helped, "attempt")
        return (
            f"{attempts} crashed or hung: {counted(plain, 'plain load')} and {helped:,} with help"
        )
    if plain:
        return f"{counted(plain, 'plain load')} crashed or hung"
    return f"{counted(helped, 'attempt')} with help crashed or hung" if helped else ""


def lead(report: Report) -> str:
    """Return what was measured, when, and with how many environments."""
    ready = sum(one.state is EnvironmentState.READY for one in report.environments)
    total = len(report.environments)
    environments = counted(total, "environment")
    if ready != total:
        environments = f"{ready} of {environments}"
    subjects, cells = _subjects(report), counted(len(report.cells), "cell")
    if not any(row.verdict.is_measured for row in report.cells):
        return f"{environments} and {subjects}: {cells}, none of them measured."
    return f"{environments} saved and loaded {subjects}: {cells}, measured {_when(report)}."


def unfinished(report: Report) -> str:
    """Return what a reader must know of a run that has not ended, or ended early; else nothing."""
    state = report.run.state
    if state == RunState.FINISHED:
        return ""
    if state == RunState.RUNNING:
        return "This run is still going on: cells that are not measured yet show as not-run."
    # Only the same options ask for the same cells.
    command = report.run.command or "crossload run"
    return f"This run did not finish ({state}); `{command}` continues where it stopped."


def _subjects(report: Report) -> str:
    """What was passed between environments; only readers tell scripted cases from models."""
    cases = len({row.model for row in report.cells if row.format.is_script})
    models = len(report.models) - cases
    formats = sum(not one.is_script for one in report.formats)
    parts = []
    if models:
        many = f"{models} reference {plural('model', models)}"
        parts.append(f"{many} in {formats} {plural('format', formats)}")
    if cases:
        parts.append(f"{cases} scripted {plural('case', cases)}")
    return joined(parts)


def _number(value: int) -> str:
    return f"{value:,}"


def _when(report: Report) -> str:
    """Between which days, since a run may repeat what earlier ones measured, or when it began."""
    days = [day for one in report.environments for day in one.measured or ()]
    first, last = min(days, default=""), max(days, default="")
    if first != last:
        return f"between {_day(first)} and {_day(last)}"
    return f"on {_day(report.run.started)}, {datetime.fromisoformat(report.run.started):%H:%M} UTC"


def _day(moment: str) -> str:
    day = datetime.fromisoformat(moment)
    return f"{day.day} {day:%B %Y}"
