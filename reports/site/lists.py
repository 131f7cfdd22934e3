"""The pages that list others: environments, models, causes, runs and data files.

Owns their columns and order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crossload.reports.document import Report
from crossload.reports.labels import WORDS
from crossload.reports.site.data import DATA_FILES
from crossload.reports.site.history import RunEntry
from crossload.reports.site.names import file_name
from crossload.reports.site.pages import CausePage, EnvironmentPage, ModelPage, Page
from crossload.runner.words import Verdict

Row = tuple[str, str, tuple[str, ...]]  # link, name, the other columns


@dataclass(frozen=True)
class ListPage(Page):
    """A table whose first column links to a page."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def list_pages(
    report: Report, found: Sequence[Page], entries: Sequence[RunEntry]
) -> tuple[ListPage, ...]:
    """Return the index of each kind of page; `entries` are the runs, newest first."""
    return (
        _environments(report, [one for one in found if isinstance(one, EnvironmentPage)]),
        _models([one for one in found if isinstance(one, ModelPage)]),
        _causes([one for one in found if isinstance(one, CausePage)]),
        _runs(entries),
        _data(report),
    )


def _environments(report: Report, found: Iterable[EnvironmentPage]) -> ListPage:
    rows: list[Row] = []
    for one in found:
        row = one.row
        made = (row.tensorflow, row.version("keras"), row.version("python") or row.python)
        state = "" if row.problem is None else f"cannot be used: {row.problem.cause}"
        rows.append((one.name, row.id, (*made, row.days or state)))
    return ListPage(
        "environments/index.html",
        "Environments",
        f"The {len(report.environments)} environments whose models were saved and loaded.",
        ("Environment", "TensorFlow", "Keras", "Python", "Measured"),
        tuple(rows[::-1]),
    )


def _models(found: Iterable[ModelPage]) -> ListPage:
    rows: list[Row] = []
    for one in found:
        counts = {verdict: number for verdict, _, _, number in one.counts}
        plain = sum(number for verdict, number in counts.items() if verdict.loads_plainly)
        measured = sum(number for verdict, number in counts.items() if verdict.is_measured)
        numbers = (measured, plain, counts.get(Verdict.DIFFERS, 0), counts.get(Verdict.FAILS, 0))
        rows.append((one.name, one.model, tuple(f"{number:,}" for number in numbers)))
    silent, fails = WORDS[Verdict.DIFFERS].label, WORDS[Verdict.FAILS].label
    return ListPage(
        "models/index.html",
        "Models",
        "The reference models and scripted cases, and how many of their loads work.",
        ("Model", "loads", "as they are", silent, fails),
        tuple(rows),
    )


def _causes(found: Iterable[CausePage]) -> ListPage:
    rows = tuple(
        (
            one.name,
            one.summary.cause.sentence,
            (one.summary.cause.id, f"{one.summary.cells:,}"),
        )
        for one in found
    )
    return ListPage(
        "causes/index.html",
        "Causes",
        "Why saved Keras models do not load, or load with different outputs.",
        ("Cause", "Name", "Cells"),
        rows,
    )


def _runs(entries: Sequence[RunEntry]) -> ListPage:
    rows = tuple(
        (
            "../index.html" if number == 0 else f"{one.key}.json",
            f"{one.started[:10]}, profile {one.profile}" + (" (latest)" if number == 0 else ""),
            (
                f"{one.environments}",
                f"{one.models}",
                f"{one.measured:,}",
                f"{one.as_it_is:,}",
                f"{one.silent:,}",
                one.fact,
            ),
        )
        for number, one in enumerate(entries)
    )
    return ListPage(
        "runs/index.html",
        "Runs",
        "Every run that was published here, the latest first.",
        ("Run", "environments", "models", "loads", "as they are", "silently wrong", ""),
        rows,
    )


def _data(report: Report) -> ListPage:
    rows: list[Row] = [(link, name, (what,)) for link, name, what in DATA_FILES]
    rows += [
        (f"models/{file_name(one)}.json", f"models/{file_name(one)}.json", (f"the cells of {one}",))
        for one in report.models
    ]
    return ListPage(
        "data/index.html",
        "Data",
        "The same results as JSON; schema.json describes every field, with the schema's number.",
        ("File", "What it holds"),
        tuple(rows),
    )
