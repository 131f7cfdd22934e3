"""The sentences that summarize a report, shared by the page, Markdown and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from crossload.reports.document import Report
from crossload.runner.prose import counted, joined, plural
from crossload.runner.words import EnvironmentState, Verdict


def headline(counts: Mapping[Verdict, int]) -> str:
    """Return the result in one sentence."""
    measured = sum(count for one, count in counts.items() if one.is_measured)
    if not measured:
        return "Nothing was measured."
    same, differs = counts.get(Verdict.SAME, 0), counts.get(Verdict.DIFFERS, 0)
    works = sum(count for one, count in counts.items() if one.works)
    first = f"{_number(same)} of {_number(measured)} loads are the same"
    if same == measured:
        return f"All {_number(measured)} loads are the same."
    rest = measured - works - differs
    parts = []
    if works > same:
        parts.append(_said(works - same, "works", "work", "with a loss or with help"))
    if differs:
        parts.append(_said(differs, "gives", "give", "different outputs without an error"))
    if rest:
        parts.append(_said(rest, "does", "do", "not load"))
    return f"{first}; {joined(parts)}."


def lead(report: Report) -> str:
    """Return what was measured, when, and with how many environments."""
    ready = sum(one.state is EnvironmentState.READY for one in report.environments)
    total = len(report.environments)
    environments = f"{ready} environments" if ready == total else f"{ready} of {total} environments"
    return (
        f"{environments} saved and loaded {_subjects(report)}: "
        f"{counted(len(report.cells), 'cell')}, measured on {_day(report.run.started)}."
    )


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


def _said(count: int, one: str, many: str, rest: str) -> str:
    return f"{_number(count)} {one if count == 1 else many} {rest}"


def _number(value: int) -> str:
    return f"{value:,}"


def _day(moment: str) -> str:
    day = datetime.fromisoformat(moment)
    return f"{day.day} {day:%B %Y}, {day:%H:%M} UTC"
